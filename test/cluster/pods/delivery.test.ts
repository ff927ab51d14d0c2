import { afterAll, beforeAll, expect, test } from "vitest";
import { commitAnnotation } from "../../../components/kubernetes/metadata.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { parseIdentity } from "../../../providers/conduit/temporal/task-queue.ts";
import { working } from "../../support/algorithms.ts";
import { startLoad } from "../../support/load.ts";
import { type OpenTemporal, openTemporal } from "../support/open-temporal.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { manifestOf, type RegistryRequest } from "../support/registry.ts";
import { type PodTimes, type PodWatch, watchPods } from "../support/watch-pods.ts";

// What a commit moves, and what running workflows notice of it: registry, Temporal and pods on a real node are asked.

const commits = 3;

/** At least; more are started while commits go live. */
const workflows = 150;

let stack: RealStack;
let temporal: OpenTemporal | undefined;
let watch: PodWatch | undefined;
/** The version that is live. */
let version = "";

beforeAll(async () => {
  stack = await openRealStack({ algorithms: { ranker: { files: working("0") } } });
  version = (await deployed("up")).version;
  watch = await watchPods(stack.cluster.kubeconfig, "speech");
});

afterAll(async () => {
  watch?.close();
  await temporal?.close();
  await stack?.close();
});

test("a commit that changes code alone moves its code alone", async () => {
  const before = (await stack.registry.requests()).length;
  const old = await imageOf(version);
  await stack.repositories.ranker?.commit(working("1"));
  version = (await deployed("deploy")).version;
  const requests = (await stack.registry.requests()).slice(before);
  const image = await imageOf(version);

  // The base, the worker and the dependencies are the layers that they were: what has been installed anew has other files.
  const code = image.layers.filter((layer) => !old.layers.includes(layer));
  expect(image.layers.slice(0, -code.length)).toEqual(old.layers.slice(0, -code.length));
  const moved = [...code, image.config].toSorted();
  expect(uploaded(requests)).toEqual(moved);
  const pulled = requests.filter(
    ({ agent, method, path }) => isNode(agent) && method === "GET" && blobIn(path) !== undefined,
  );
  expect(pulled.map(({ path }) => blobIn(path)).toSorted()).toEqual(moved);
  expect(pulled.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(32 * 1024);
});

test(`no workflow notices ${commits} commits: each new pod imports its code while the old one works`, async () => {
  temporal = await openTemporal(stack.project, "dev");
  const { address } = temporal;
  const load = await startLoad({
    ...{ address, namespace: "speech", queue: "ranker", count: workflows },
    ...{ shortest: 0.2, longest: 1, within: 75 },
  });
  const live: string[] = [];
  for (let number = 1; number <= commits; number++) {
    // It takes its time to be imported.
    const { "algorithm.py": text, ...others } = working(`load ${number}`);
    await stack.repositories.ranker?.commit({ ...others, "algorithm.py": `import time\n\ntime.sleep(3)\n${text}` });
    live.push((await deployed("deploy")).commit);
  }
  const facts = await load.enough();

  expect(facts.length).toBeGreaterThanOrEqual(workflows);
  expect(facts.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  expect(new Set(facts.map(({ identity }) => parseIdentity(identity)?.commit)).size).toBe(commits + 1);
  for (const commit of live) {
    const next = workerOf(commit);
    const old = oldOf(next);
    await eventually(async () => old.stopping !== undefined, { seconds: 60 });
    const { started = 0, ready = 0 } = next;
    expect(old.stopping).toBeGreaterThanOrEqual(ready);
    const meanwhile = facts.filter(({ startedAt }) => startedAt > started && startedAt < ready);
    expect(meanwhile.filter(({ identity }) => identity.includes(`@${old.name}:`))).not.toEqual([]);
  }
  await stack.conduit("down", "--yes");
});

/** Runs `up` or `deploy`, and answers what it made live. */
async function deployed(verb: "up" | "deploy"): Promise<{ readonly version: string; readonly commit: string }> {
  return JSON.parse(await stack.conduit(verb, "--json")).deployed[0];
}

/** The digests of an image in the registry. */
async function imageOf(tag: string): Promise<{ readonly config: string; readonly layers: readonly string[] }> {
  const manifest = await manifestOf(stack.registry, "algorithms/ranker", tag);
  const { config, layers } = manifest as { config: { digest: string }; layers: { digest: string }[] };
  return { config: config.digest, layers: layers.map(({ digest }) => digest) };
}

/** The blobs that were sent to the registry. */
function uploaded(requests: readonly RegistryRequest[]): string[] {
  const sent = requests.filter(({ method, path }) => method === "PUT" && path.includes("/blobs/uploads/"));
  return sent.map(({ path }) => new URL(path, stack.registry.url).searchParams.get("digest") ?? "").toSorted();
}

function isNode(agent: string): boolean {
  return agent.startsWith("containerd/");
}

function blobIn(path: string): string | undefined {
  return /\/blobs\/(sha256:[0-9a-f]+)(\?|$)/.exec(path)?.[1];
}

const workers = () => watch?.pods().filter(({ labels }) => labels["app.kubernetes.io/component"] === "worker") ?? [];

/** The pod of the worker of a commit. */
function workerOf(commit: string): PodTimes {
  const found = workers().find(({ annotations }) => annotations[commitAnnotation] === commit);
  if (found === undefined) throw new Error(`No pod of ${commit} was seen.`);
  return found;
}

/** The pod that another one has replaced. */
function oldOf(next: PodTimes): PodTimes {
  const old = workers()[workers().indexOf(next) - 1];
  if (old === undefined) throw new Error(`Before ${next.name} no pod was seen.`);
  return old;
}
