import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { kubectlPath } from "../test/cluster/programs.ts";
import { startCluster } from "../test/cluster/start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "../test/cluster/support/kubernetes-project.ts";
import { startLocalServer } from "../test/support/local-server.ts";
import { findExecutable } from "../tools/executables.ts";
import { ensurePulumi } from "../tools/toolchain.ts";
import { type TimedRun, timedRun } from "./timed-run.ts";

// How the platform on Kubernetes scales, against a real API server whose pods are played, beside `kubectl apply` of the
// same objects. Prints the README's table. `npm run bench:scale [count…]`; needs root, as the tests' clusters do.

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 100, 1000];
const plugin =
  findExecutable("pulumi-resource-kubernetes") === undefined ? "the tests' stand-in" : "the official plugin";

const head = [
  `| algorithms | objects | with | create, s | nothing changed, s | one new version, s | peak memory, MB | state, MB |`,
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
];
const rows: string[] = [];
const server = await startLocalServer();
const { executable } = await ensurePulumi({ onProgress: console.error });
try {
  for (const count of counts) await measure(count);
} finally {
  await server.takeDown();
}
process.stdout.write(`${[`Pulumi with ${plugin} for Kubernetes.`, "", ...head, ...rows].join("\n")}\n`);

async function measure(count: number): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "conduit-bench-"));
  try {
    const manifests = path.join(folder, "objects.json");
    const objects = await measurePulumi(count, manifests);
    await measureKubectl(count, objects, manifests);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measurePulumi(count: number, manifests: string): Promise<number> {
  const cluster = await startCluster();
  const project = await makeKubernetesProject(cluster.kubeconfig, {
    // Without it the engine writes the whole state around each change: the cost is quadratic.
    PULUMI_SKIP_CHECKPOINTS: "true",
  });
  try {
    await project.configure("bench", {
      platform: "kubernetes",
      temporal: { mode: "external", address: server.address },
    });
    await project.pulumi("stack", "init", "bench");
    await project.writeRegistry(registryOf(count, 0));
    const create = await up(project);
    const same = await up(project);
    await project.writeRegistry(registryOf(count, 1));
    const one = await up(project);
    const state = await exported(project);
    const objects = objectsOf(state);
    await writeFile(manifests, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const cells = [count, objects.length, "`pulumi up`", ...seconds(create, same, one), peak(create, same, one)];
    tell([...cells, (JSON.stringify(JSON.parse(state)).length / 1e6).toFixed(1)]);
    return objects.length;
  } finally {
    await project.remove();
    await cluster.stop();
  }
}

async function measureKubectl(count: number, objects: number, manifests: string): Promise<void> {
  const cluster = await startCluster();
  try {
    const kubectl = await kubectlPath();
    const environment = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    const apply = () =>
      timedRun(kubectl, ["apply", "--server-side", "--filename", manifests], { cwd: tmpdir(), environment });
    const create = await apply();
    const same = await apply();
    tell([count, objects, "`kubectl apply --server-side`", ...seconds(create, same), "", peak(create, same), ""]);
  } finally {
    await cluster.stop();
  }
}

function up(project: KubernetesProject): Promise<TimedRun> {
  const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "bench"];
  return timedRun(executable, args, { cwd: project.root, environment: project.environment });
}

/** A registry of images; `version` changes the first of them. */
function registryOf(count: number, version: number): object {
  const entries = Array.from({ length: count }, (_, index) => {
    const digest = (index === 0 ? version : 0).toString(16).padStart(64, "0");
    const image = `registry.example/algorithm-${index}@sha256:${digest}`;
    return [`algorithm-${index}`, { namespace: "bench", owner: "bench", source: { image } }] as const;
  });
  return { namespaces: { bench: { owner: "bench" } }, algorithms: Object.fromEntries(entries) };
}

async function exported(project: KubernetesProject): Promise<string> {
  const file = path.join(project.root, "exported.json");
  const { code, stderr } = await project.pulumi("stack", "export", "--stack", "bench", "--file", file);
  if (code !== 0) throw new Error(stderr);
  return await readFile(file, "utf8");
}

/** What the stack wrote to the API, each object as it was given. */
function objectsOf(state: string): unknown[] {
  const resources: { type: string; inputs?: unknown }[] = JSON.parse(state).deployment.resources;
  const ours = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  // Namespaces first: the others are in them.
  return ours
    .toSorted((left, right) => Number(right.type.endsWith(":Namespace")) - Number(left.type.endsWith(":Namespace")))
    .map(({ inputs }) => inputs);
}

function seconds(...runs: readonly TimedRun[]): string[] {
  return runs.map((run) => run.seconds.toFixed(1));
}

function peak(...runs: readonly TimedRun[]): string {
  return Math.max(...runs.map(({ megabytes }) => megabytes)).toFixed(0);
}

function tell(cells: readonly (string | number)[]): void {
  const row = `| ${cells.join(" | ")} |`;
  rows.push(row);
  process.stderr.write(`${row}\n`);
}
