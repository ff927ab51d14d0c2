import path from "node:path";
import { startGitServer } from "../../sources/support/git-server.ts";
import { makeFolder } from "../../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../../support/project.ts";
import type { Cluster } from "../cluster.ts";
import { installKeda } from "../node/keda.ts";
import { kedaFiles } from "../node/keda-programs.ts";
import { importTemporalImage } from "../node/temporal-image.ts";
import { startCluster } from "../start-cluster.ts";
import { ensureBuildah, removeStores } from "./buildah.ts";
import { type KubernetesProject, makeKubernetesProject } from "./kubernetes-project.ts";
import { letNodePull } from "./let-node-pull.ts";
import { must } from "./must.ts";
import { pushPythonImage } from "./python-image.ts";
import { type Registry, startRegistry } from "./registry.ts";

/** A stack on a real node with nothing played: Temporal, and algorithms out of git. */
export interface RealStack {
  readonly cluster: Cluster;
  readonly project: KubernetesProject;
  /** Holds the images that are built. */
  readonly registry: Registry;
  /** The stack's, by their names without `conduit:`. */
  readonly settings: object;
  /** The algorithms', by name. */
  readonly repositories: Readonly<Record<string, AlgorithmRepository>>;
  /** `./conduit` for the stack, whose failure is the test's; answers what it prints. */
  readonly conduit: (...args: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** An algorithm in the namespace `speech`. */
export interface RealAlgorithm {
  /** Its first commit. */
  readonly files: Readonly<Record<string, string>>;
  /** Fields of its entry in the registry. */
  readonly entry?: object;
}

export interface RealStackOptions {
  /** By name. */
  readonly algorithms: Readonly<Record<string, RealAlgorithm>>;
  /** Whether KEDA is installed and scales the workers. */
  readonly keda?: boolean;
  /** Its name. @default "dev" */
  readonly name?: string;
  /** More settings of the stack, or others. */
  readonly settings?: object;
  /** Gives the cluster what the stack's Temporal is made of. @default the image of the dev server */
  readonly provide?: (cluster: Cluster, onProgress: (line: string) => void) => Promise<void>;
}

/** Starts a cluster with a node that has all images but the algorithm's, and configures the stack; it is not brought up yet. */
export async function openRealStack(options: RealStackOptions): Promise<RealStack> {
  const { algorithms, keda = false, name: stack = "dev", settings, provide = provideDevServer } = options;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    await ensureBuildah();
    const folder = await makeFolder();
    closing.push(() => removeStores(folder));
    const registry = await startRegistry(path.join(folder, "registry"));
    closing.push(registry.close);
    await pushPythonImage(registry);
    const onProgress = (line: string) => console.log(line);
    const cluster = await startCluster({ node: true, onProgress });
    closing.push(cluster.stop);
    closing.push((await letNodePull(cluster, registry)).close);
    await provide(cluster, onProgress);
    if (keda) await installKeda(cluster, await kedaFiles(onProgress));
    const git = await startGitServer(path.join(folder, "repositories"));
    closing.push(git.close);
    const repositories: Record<string, AlgorithmRepository> = {};
    const entries: Record<string, object> = {};
    for (const [name, { files, entry }] of Object.entries(algorithms)) {
      repositories[name] = await makeRepository(path.join(folder, "repositories", name), files);
      entries[name] = { namespace: "speech", owner: "us", source: { git: git.url(`${name}/.git`) }, ...entry };
    }
    const project = await makeKubernetesProject(cluster.kubeconfig, {
      CONDUIT_TEST_BUILDAH: path.join(folder, "builds"),
    });
    closing.push(project.remove);
    await project.writeRegistry({ namespaces: { speech: { owner: "us" } }, algorithms: entries });
    const configured = {
      platform: "kubernetes",
      autoscaler: keda ? "keda" : "none",
      temporal: { mode: "dev-server", persistence: { size: "1Gi" } },
      images: {
        registry: `${registry.host}/algorithms`,
        python: `${registry.host}/python:{version}`,
        secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" } },
      },
      ...settings,
    };
    await project.configure(stack, configured);
    await must(project.pulumi("stack", "init", stack));
    const conduit = async (...args: string[]) => (await must(project.conduit(...args, "--stack", stack))).stdout;
    return { cluster, project, registry, settings: configured, repositories, conduit, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

async function provideDevServer({ folder }: Cluster, onProgress: (line: string) => void): Promise<void> {
  await importTemporalImage(folder, onProgress);
}
