import { type ChildProcess, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callerPython } from "../../cli/caller-python.ts";
import { connectSchema } from "../../cli/json/others.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { withConnection } from "../../providers/conduit/temporal/connect.ts";
import { describeNamespace } from "../../providers/conduit/temporal/describe-namespace.ts";
import { namespaceHandler } from "../../providers/conduit/temporal/namespace.ts";
import { isListening } from "../../tools/is-listening.ts";
import { makeCertificate } from "../support/certificate.ts";
import { type CloudFrontend, startCloudFrontend } from "../support/cloud-frontend.ts";
import { makeFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { Objects } from "./support/objects.ts";

let cluster: Cluster;
let local: LocalServer;
let cloud: CloudFrontend;
let project: KubernetesProject;
let folder = "";

const apiKey = "planted-key";
const source = { image: `registry.test/ranker:1@sha256:${"a".repeat(64)}` };
const registry = (speech: object) => ({
  namespaces: { speech: { owner: "speech", ...speech } },
  algorithms: { ranker: { namespace: "speech", owner: "us", source } },
});

beforeAll(async () => {
  folder = await makeFolder();
  const [certificate, server] = await Promise.all([makeCertificate(folder), startLocalServer()]);
  local = server;
  cloud = await startCloudFrontend({ behind: local.address, certificate, apiKey, namespaces: ["speech.a1b2c"] });
  cluster = await startCluster({ portForwards: [{ namespace: "temporal", port: 7233, address: local.address }] });
  project = await makeKubernetesProject(cluster.kubeconfig, {
    TEMPORAL_API_KEY_SPEECH: apiKey,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate.authority,
  });
}, 300_000);

afterAll(async () => {
  await project?.remove();
  await cloud?.close();
  await cluster?.stop();
  await local?.takeDown();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

test("with Temporal Cloud's shape `up` makes all but the namespace, and says what to write where it was to be made", async () => {
  const secret = { name: "temporal", key: "api-key" };
  const temporal = { mode: "external", address: cloud.address, apiKey: secret };
  await project.configure("cloud", { platform: "kubernetes", temporal });
  await project.writeRegistry(registry({ temporalName: "speech.a1b2c" }));
  await project.pulumi("stack", "init", "cloud");
  const refused = await project.conduit("up", "--stack", "cloud");
  expect(refused.code).toBe(1);
  expect(refused.stderr + refused.stdout).toContain("write `manage: false` and the full name");

  // As its owner makes it in Temporal Cloud.
  await namespaceHandler().create(namespaceOf(local.address, "speech.a1b2c"));
  await project.writeRegistry(registry({ temporalName: "speech.a1b2c", manage: false }));
  const { code, stdout, stderr } = await project.conduit("up", "--stack", "cloud");
  expect({ code, said: stdout + stderr }).toMatchObject({ code: 0 });
  const objects = new Objects(cluster.kubeconfig);
  const worker = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ranker", namespace: "speech" } };
  expect(JSON.stringify(await objects.get(worker))).toContain('{"name":"TEMPORAL_NAMESPACE","value":"speech.a1b2c"}');

  const state = await project.pulumi("stack", "export", "--stack", "cloud");
  expect(state.stdout).toContain("speech.a1b2c");
  expect(state.stdout + stdout + stderr + refused.stdout + refused.stderr).not.toContain(apiKey);

  const connect = await project.conduit("connect", "--stack", "cloud", "--json");
  expect(connectSchema.parse(JSON.parse(connect.stdout))).toMatchObject({
    variables: { TEMPORAL_ADDRESS: cloud.address, TEMPORAL_NAMESPACE: "speech.a1b2c", TEMPORAL_TLS: "true" },
    apiKeyVariable: "TEMPORAL_API_KEY_SPEECH",
    forwarded: false,
  });
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "cloud");
  expect(destroyed.code).toBe(0);
}, 300_000);

test("a server inside the cluster is reached through its API: by `up`, and by whoever connects until they stop", async () => {
  const temporal = { mode: "dev-server", ui: false };
  await project.configure("dev", { platform: "kubernetes", temporal });
  await project.writeRegistry(registry({}));
  await project.pulumi("stack", "init", "dev");
  const up = await project.conduit("up", "--stack", "dev");
  expect({ code: up.code, said: up.stdout + up.stderr }).toMatchObject({ code: 0 });
  expect(
    await withConnection({ address: local.address }, { milliseconds: 5000 }, (connection) =>
      describeNamespace(connection, "speech"),
    ),
  ).toMatchObject({ namespaceInfo: { ownerEmail: "speech" } });

  const connect = project.start("connect", "--stack", "dev", "--json");
  let printed = "";
  connect.child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await eventually(async () => printed.endsWith("}\n"), { seconds: 60 });
  const { variables, forwarded } = connectSchema.parse(JSON.parse(printed));
  expect({ variables, forwarded }).toEqual({
    variables: { TEMPORAL_ADDRESS: expect.stringMatching(/^127\.0\.0\.1:\d+$/), TEMPORAL_NAMESPACE: "speech" },
    forwarded: true,
  });
  const address = variables.TEMPORAL_ADDRESS ?? "";
  const connection = await Connection.connect({ address });
  expect(await describeNamespace(connection, "speech")).toBeDefined();
  await connection.close();

  // Another process stands for the pods, which are only played here.
  const worker = await startWorker(variables);
  const call = await project.conduit("call", "ranker", "double", "21", "--stack", "dev");
  expect(call).toMatchObject({ code: 0, stdout: "42\n" });
  worker.kill("SIGTERM");
  expect(await project.conduit("call", "ranker", "--stack", "dev")).toMatchObject({
    code: 1,
    stderr: "Say which activity: `./conduit call ranker <activity> …`.\n",
  });

  connect.child.kill("SIGINT");
  expect(await connect.outcome).toMatchObject({
    code: 0,
    stderr: "The way through the cluster is open until this is interrupted (Ctrl-C).\n",
  });
  expect(await isListening(address)).toBe(false);
  await project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev");
}, 300_000);

/** A worker of the task queue `ranker`, as the variables say where. */
async function startWorker(variables: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const { python, runtime } = await callerPython();
  const module = path.join(folder, "activities.py");
  await writeFile(
    module,
    "from temporalio import activity\n\n\n@activity.defn\ndef double(number: int) -> int:\n    return number * 2\n",
  );
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PYTHONPATH: runtime, ...variables, CONDUIT_TASK_QUEUE: "ranker" };
  return spawn(python, ["-m", "algorithm_conduit", "run", module], { env: { ...env }, stdio: "ignore" });
}

function namespaceOf(address: string, temporalName: string) {
  const plain = { owner: "speech", description: "", retentionSeconds: 72 * 3600, searchAttributes: {} };
  return { address, temporalName, ...plain, adopt: false, deleteWithStack: false, managedBy: "its/owner" };
}
