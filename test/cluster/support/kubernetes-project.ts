import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ensurePulumi } from "../../../tools/toolchain.ts";
import { makeFolder } from "../../support/folders.ts";
import { type Outcome, type Running, repository, runIn, startIn } from "../../support/project.ts";
import { pathWithPlugins } from "./stand-ins.ts";

/** A platform team's project whose stacks run on a cluster, in a temporary folder. */
export interface KubernetesProject {
  readonly root: string;
  /** Variables that its commands get: the cluster, the plugins, the backend. */
  readonly environment: NodeJS.ProcessEnv;
  /** Writes the registry: the object given to `defineAlgorithms`. */
  readonly writeRegistry: (registry: object) => Promise<void>;
  /** Writes `stacks/Pulumi.<stack>.yaml`: each setting by its name without `conduit:`. */
  readonly configure: (stack: string, settings: object) => Promise<void>;
  /** Runs `./conduit` in the project. */
  readonly conduit: (...args: string[]) => Promise<Outcome>;
  /** Starts `./conduit` in the project. */
  readonly start: (...args: string[]) => Running;
  /** Runs plain `pulumi` in the project. */
  readonly pulumi: (...args: string[]) => Promise<Outcome>;
  /** Removes the folder; what its stacks made stays on the cluster. */
  readonly remove: () => Promise<void>;
}

/** The plugins that a stack on Kubernetes uses. */
const plugins = ["kubernetes", "docker", "docker-build"];

/**
 * @param kubeconfig The file of the cluster.
 * @param variables More variables for its commands.
 */
export async function makeKubernetesProject(
  kubeconfig: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<KubernetesProject> {
  const root = await makeFolder();
  await symlink(path.join(repository, "node_modules"), path.join(root, "node_modules"));
  await mkdir(path.join(root, "stacks"));
  await mkdir(path.join(root, "state"));
  const file = (name: string, text: string) => writeFile(path.join(root, name), text);
  const provider = { name: "conduit", path: path.join(repository, "providers", "conduit") };
  await file("package.json", JSON.stringify({ name: "platform", private: true, type: "module" }));
  // JSON is YAML too.
  await file(
    "Pulumi.yaml",
    `${JSON.stringify({
      name: "platform",
      runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--import tsx" } },
      main: "stacks/index.ts",
      stackConfigDir: "stacks",
      plugins: { providers: [provider] },
    })}\n`,
  );
  await file("stacks/index.ts", `export { program as default } from "${repository}stacks/program.ts";\n`);
  const toolchain = await ensurePulumi({ onProgress: console.log });
  const environment = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    PATH: pathWithPlugins(plugins, toolchain.environment.PATH),
    PULUMI_BACKEND_URL: pathToFileURL(path.join(root, "state")).href,
    PULUMI_CONFIG_PASSPHRASE: "",
    PULUMI_CONTINUE_ON_ERROR: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...variables,
  };
  const start = (...args: string[]) => startIn(root, path.join(repository, "conduit"), args, environment);
  return {
    root,
    environment,
    writeRegistry: (registry) => file("algorithms.config.ts", `export default ${JSON.stringify(registry, null, 2)};\n`),
    configure: (stack, settings) => {
      const config = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`conduit:${name}`, value]));
      return file(`stacks/Pulumi.${stack}.yaml`, `${JSON.stringify({ config })}\n`);
    },
    conduit: (...args) => start(...args).outcome,
    start,
    pulumi: (...args) => runIn(root, toolchain.executable, args, environment),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
