import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answering } from "../../support/algorithms.ts";
import { type Certificate, makeCertificate } from "../../support/certificate.ts";
import { makeFolder } from "../../support/folders.ts";
import { type Outcome, repository, runIn } from "../../support/project.ts";
import type { Cluster } from "../cluster.ts";
import { everyLog } from "../support/every-log.ts";
import { must } from "../support/must.ts";
import { type MutualTlsServer, startMutualTlsServer } from "../support/mutual-tls-server.ts";
import { Objects } from "../support/objects.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { untilWorkers } from "../support/workers.ts";

// Temporal is a server of others that wants a certificate of everybody: of the workers, of KEDA and of who deploys.

let folder: string;
let client: Certificate;
let stranger: Certificate;
let stack: RealStack;
let server: MutualTlsServer;
/** What was printed. */
let said = "";

beforeAll(async () => {
  folder = await makeFolder();
  client = await makeCertificate(path.join(folder, "client"), "speech");
  stranger = await makeCertificate(path.join(folder, "stranger"), "stranger");
  const scaling = { min: 0, max: 1, idleAfter: "10s" };
  const entry = { scaling, cpu: "10m", timeouts: { startup: "20s" } };
  const algorithms = { ranker: { files: answering("first"), entry } };
  const provide = async (cluster: Cluster) => {
    server = await startMutualTlsServer(cluster, folder, client);
  };
  stack = await openRealStack({ algorithms, keda: true, provide });
  const { cluster, project, settings } = stack;
  const objects = new Objects(cluster.kubeconfig);
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "speech" } });
  const authority = { "ca.crt": await readFile(server.authority, "utf8") };
  await objects.create({ apiVersion: "v1", kind: "Secret", ...inSpeech("temporal-authority"), stringData: authority });
  await giveWorkers(client);
  const tls = { ca: { name: "temporal-authority", key: "ca.crt" }, clientCertificate: "temporal-client" };
  const temporal = { mode: "external", address: server.address, tls };
  await project.configure("dev", { ...settings, temporal, kubernetes: { namespaces: { speech: { name: "speech" } } } });
});

afterAll(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});

test("the gate, KEDA, the worker and who deploys each get in by a certificate", async () => {
  await must(conduit(client, "up"));
  await untilWorkers(new Objects(stack.cluster.kubeconfig), "ranker", 0);
  expect((await must(conduit(client, "call", "ranker", "answer"))).stdout).toBe('"first"\n');
  const { stdout } = await must(conduit(client, "status", "ranker", "--json"));
  const state = expect.stringMatching(/^(live|asleep)$/);
  expect(JSON.parse(stdout).algorithms[0]).toMatchObject({ state, upToDate: true });
});

test("who calls with a certificate that the server does not know is told so", async () => {
  const problem = `Temporal at \`${server.address}\` refuses the client certificate of \`TEMPORAL_TLS_CLIENT_CERT_PATH\``;
  const { code, stderr } = await conduit(stranger, "call", "ranker", "answer");
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(problem) });
  expect((await must(conduit(stranger, "status"))).stdout).toContain(problem);
});

test("a worker that the server does not know fails the next version's gate, which says so; with the right one it passes", async () => {
  await stack.repositories.ranker?.commit(answering("second"));
  await giveWorkers(stranger);
  const { code, stderr } = await conduit(client, "up");
  const reason = `Temporal at \`${server.address}\`, namespace \`speech\`, cannot be used: `;
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) });
  await giveWorkers(client);
  await must(conduit(client, "up"));
  expect((await must(conduit(client, "call", "ranker", "answer"))).stdout).toBe('"second"\n');
});

test("nothing of a certificate or a key is in the state, in what was said or in a pod's log", async () => {
  said += await stateOf(stack.project.root);
  expect(said).toContain("temporal-client");
  expect(said).not.toContain("DeprecationWarning");
  const logs = await everyLog(stack.cluster.kubeconfig);
  for (const pod of ["speech/ranker-", "keda/keda-operator-"]) expect(logs).toContain(pod);
  said += logs;
  const keys = [client.key, client.certificate, stranger.key].map((file) => readFile(file, "utf8"));
  for (const line of (await Promise.all(keys)).flatMap((text) => text.split("\n"))) {
    if (line.length < 40 || line.startsWith("---")) continue;
    expect(said.includes(line)).toBe(false);
    // A Secret holds it encoded once more; what stands before it shifts it by up to two bytes.
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.from(line.slice(shift)).toString("base64").slice(0, 40);
      expect(said.includes(encoded)).toBe(false);
    }
  }
  await must(conduit(client, "down", "--yes"));
});

/** Runs `./conduit` with a client certificate. */
async function conduit({ certificate, key }: Certificate, ...args: string[]): Promise<Outcome> {
  const { root, environment } = stack.project;
  const outcome = await runIn(root, path.join(repository, "conduit"), [...args, "--stack", "dev"], {
    ...environment,
    TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
    TEMPORAL_TLS_CLIENT_KEY_PATH: key,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: server.authority,
  });
  said += outcome.stdout + outcome.stderr;
  return outcome;
}

/** Puts a certificate where the workers' pods look for theirs. */
async function giveWorkers({ certificate, key }: Certificate): Promise<void> {
  const [pem, secret] = [await readFile(certificate, "utf8"), await readFile(key, "utf8")];
  const data = { "tls.crt": Buffer.from(pem).toString("base64"), "tls.key": Buffer.from(secret).toString("base64") };
  const manifest = {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    ...inSpeech("temporal-client"),
    data,
  };
  await new Objects(stack.cluster.kubeconfig).apply(manifest);
}

function inSpeech(name: string) {
  return { metadata: { name, namespace: "speech" } };
}

/** All files of Pulumi's state: what is, what was, and the histories of the runs. */
async function stateOf(root: string): Promise<string> {
  const entries = await readdir(path.join(root, "state"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}
