import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { upSchema } from "../../cli/json/deploy.ts";
import { doctorSchema } from "../../cli/json/others.ts";
import { statusSchema } from "../../cli/json/status.ts";
import { kubernetesApi } from "../support/kubernetes-api.ts";
import { startLocalServer } from "../support/local-server.ts";
import { repository, runIn } from "../support/project.ts";
import { startCluster } from "./start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";

let cluster: Awaited<ReturnType<typeof startCluster>>;
let server: Awaited<ReturnType<typeof startLocalServer>>;
let project: KubernetesProject;

const digest = `@sha256:${"a".repeat(64)}`;
const speech = { namespace: "speech", owner: "asr" };

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  project = await makeKubernetesProject(cluster.kubeconfig);
  await project.configure("dev", { platform: "kubernetes", temporal: { mode: "external", address: server.address } });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: {
      ranker: { ...speech, source: { image: `registry.test/ranker:1${digest}` }, lanes: { online: {}, offline: {} } },
      // Its gate fails.
      broken: { ...speech, source: { image: `registry.test/broken-test-fail:1${digest}` } },
    },
  });
});
afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

const json = (text: string): unknown => JSON.parse(text);

test("`up` makes live what can be, and tells of each algorithm that failed why, and with which command more is told", async () => {
  const { code, stdout, stderr } = await project.conduit("up", "--stack", "dev", "--json");
  const told = upSchema.parse(json(stdout));
  expect({ code, failed: Object.keys(told.failures) }, stderr).toEqual({ code: 1, failed: ["broken"] });
  expect(told.failures.broken).toMatch(
    /^Its new version failed when it was tried, and no worker was changed: .*\. See `kubectl logs --namespace speech job\/broken-[-0-9a-f]+`\.$/,
  );
  expect(told.deployed).toMatchObject([{ name: "ranker" }]);
  expect(stderr).toContain("  ranker: trying its new version");
  const [broken, ranker] = [...told.status.algorithms].sort((a, b) => (a.name < b.name ? -1 : 1));
  expect(ranker).toMatchObject({ state: "live", upToDate: true, workers: { wanted: 2, ready: 2 }, problem: null });
  expect(ranker?.lanes.map(({ taskQueue }) => taskQueue)).toEqual(["ranker.online", "ranker.offline"]);
  expect(broken).toMatchObject({ state: "down", upToDate: false });
  expect(broken?.problem).toContain("failed when it was tried");
}, 300_000);

test("a limited run leaves the others as they are, and the verbs that look agree", async () => {
  const only = await project.conduit("up", "--stack", "dev", "--only", "ranker");
  expect(only).toMatchObject({ code: 0 });
  expect(only.stderr).toContain("Nothing changed");
  const status = await project.conduit("status", "ranker", "--stack", "dev");
  expect(status.stdout).toContain("Nothing waits: 2 workers are ready");
  const all = statusSchema.parse(json((await project.conduit("status", "--stack", "dev", "--json")).stdout));
  expect(all).toMatchObject({ address: server.address, ui: null });
  const logs = await project.conduit("logs", "ranker", "--stack", "dev");
  expect(logs).toMatchObject({ code: 0, stdout: expect.stringContaining("No container runs here") });
  const doctor = await project.conduit("doctor", "--stack", "dev", "--json");
  const findings = doctorSchema.parse(json(doctor.stdout)).findings;
  const found = new Map(findings.map(({ part, ok, says }) => [part, `${ok} ${says}`]));
  expect(found.get("cluster")).toMatch(/^true Kubernetes v1\.34/);
  expect(found.get("KEDA")).toBe("true its definitions are there");
  expect(found.get("Temporal serves")).toContain("enableCancelWorkerPollsOnShutdown");
  expect(found.get("broken")).toContain("false ");
}, 300_000);

test("`down` takes nothing away where the kubeconfig leads to another cluster, and says so", async () => {
  await kubernetesApi({
    "/api/v1/namespaces/kube-system": { apiVersion: "v1", kind: "Namespace", metadata: { uid: "another" } },
  });
  const elsewhere = { ...project.environment, KUBECONFIG: process.env.KUBECONFIG };
  const down = ["down", "--stack", "dev", "--yes"];
  const refused = await runIn(project.root, path.join(repository, "conduit"), down, elsewhere);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("and this one is `another`") });
  expect(refused.stderr).toContain("What this stack made is on the cluster `");
  const status = await project.conduit("status", "ranker", "--stack", "dev");
  expect(status.stdout).toContain("2 workers are ready");
}, 300_000);

test("what is not for a cluster ends with 2, and `down` says what it takes and keeps before it does", async () => {
  expect(await project.conduit("watch", "--stack", "dev")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("`watch` is for the platform `local`."),
  });
  const asked = await project.conduit("down", "--stack", "dev");
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("the Temporal namespaces `speech`") });
  expect(asked.stderr).toContain("`./conduit down --stack dev --yes`");
  const done = await project.conduit("down", "--stack", "dev", "--yes");
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining("Everything is down") });
}, 300_000);
