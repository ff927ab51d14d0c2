import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, type PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import { ensurePulumi } from "../../../tools/toolchain.ts";
import { repository } from "../../support/project.ts";
import { pathWithPlugins } from "./stand-ins.ts";

export interface StackOptions {
  /** A folder for the state, made when it is not there. */
  readonly folder: string;
  /** The plugins that the program uses. */
  readonly plugins: readonly string[];
  /** Variables for the engine and its plugins. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A stack of the real engine on a file backend, with a program in this process. Two of one folder are two machines. */
export async function testStack(program: PulumiFn, { folder, plugins, environment }: StackOptions): Promise<Stack> {
  const backend = path.join(folder, "state");
  await mkdir(backend, { recursive: true });
  const project = path.join(folder, "project");
  await mkdir(project, { recursive: true });
  await writeFile(path.join(project, "Pulumi.yaml"), projectFile(pathToFileURL(backend).href));
  const { command, environment: toolchain } = await ensurePulumi({ onProgress: console.log });
  const workspace = await LocalWorkspace.create({
    workDir: project,
    pulumiCommand: command,
    envVars: {
      PATH: pathWithPlugins(plugins, toolchain.PATH),
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_CONTINUE_ON_ERROR: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...environment,
    },
  });
  workspace.program = program;
  return await Stack.createOrSelect("test", workspace);
}

/** JSON is YAML too. */
function projectFile(url: string): string {
  const conduit = { name: "conduit", path: path.join(repository, "providers", "conduit") };
  return JSON.stringify({
    name: "platform",
    runtime: "nodejs",
    backend: { url },
    plugins: { providers: [conduit] },
  });
}
