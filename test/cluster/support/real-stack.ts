import path from "node:path";
import { startGitServer } from "../../sources/support/git-server.ts";
import { makeFolder } from "../../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../../support/project.ts";
import type { Cluster } from "../cluster.ts";
import { importTemporalImage } from "../node/temporal-image.ts";
import { startCluster } from "../start-cluster.ts";
import { ensureBuildah, removeStores } from "./buildah.ts";
import { type KubernetesProject, makeKubernetesProject } from "./kubernetes-project.ts";
import { letNodePull } from "./let-node-pull.ts";
import { must } from "./must.ts";
import { pushPythonImage } from "./python-image.ts";
import { startRegistry } from "./registry.ts";

/** A stack `dev` on a real node with nothing played: Temporal's dev server, and one algorithm, `ranker`, out of git. */
export interface RealStack {
  readonly cluster: Cluster;
  readonly project: KubernetesProject;
  /** The algorithm's. */
  readonly repository: AlgorithmRepository;
  /** `./conduit` for the stack, whose failure is the test's; answers what it prints. */
  readonly conduit: (...args: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface RealStackOptions {
  /** The algorithm's first commit. */
  readonly files: Readonly<Record<string, string>>;
  /** Fields of its entry in the registry. */
  readonly entry?: object;
  /** Settings of the stack. */
  readonly settings: object;
}

/** Starts a cluster with a node that has all images but the algorithm's, and configures the stack; it is not brought up yet. */
export async function openRealStack({ files, entry, settings }: RealStackOptions): Promise<RealStack> {
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
    await importTemporalImage(cluster.folder, onProgress);
    const repository = await makeRepository(path.join(folder, "repositories", "ranker"), files);
    const git = await startGitServer(path.join(folder, "repositories"));
    closing.push(git.close);
    const project = await makeKubernetesProject(cluster.kubeconfig, {
      CONDUIT_TEST_BUILDAH: path.join(folder, "builds"),
    });
    closing.push(project.remove);
    const source = { git: git.url("ranker/.git") };
    await project.writeRegistry({
      namespaces: { speech: { owner: "us" } },
      algorithms: { ranker: { namespace: "speech", owner: "us", source, ...entry } },
    });
    await project.configure("dev", {
      platform: "kubernetes",
      temporal: { mode: "dev-server", persistence: { size: "1Gi" } },
      images: {
        registry: `${registry.host}/algorithms`,
        python: `${registry.host}/python:{version}`,
        secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" } },
      },
      ...settings,
    });
    await must(project.pulumi("stack", "init", "dev"));
    const conduit = async (...args: string[]) => (await must(project.conduit(...args, "--stack", "dev"))).stdout;
    return { cluster, project, repository, conduit, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
