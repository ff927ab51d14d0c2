import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namespaceHandler } from "../../providers/conduit/temporal/namespace.ts";
import { makeCertificate } from "../support/certificate.ts";
import { type CloudFrontend, startCloudFrontend } from "../support/cloud-frontend.ts";
import { makeFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { filesWith } from "../support/planted.ts";
import type { Outcome } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { everyObject, nameOf } from "./support/every-object.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { imageOf } from "./support/three-algorithms.ts";
import { restrictedNamespace } from "./support/workloads.ts";

/** What is in Secrets of the cluster, and in the environment and the files of whoever deploys. */
const planted = {
  token: "planted-hugging-face-3f9c1e",
  cloudKey: "planted-temporal-key-of-pods-8a02d7",
  pull: "planted-pull-password-51be60",
  apiKey: "planted-temporal-key-of-deployer-c4417a",
  login: "planted-docker-login-90aa3d",
  aws: "planted-aws-2b7f18",
  git: "planted-git-token-77d0e5",
  passphrase: "planted-passphrase-e2c96b",
};
const base64 = (text: string) => Buffer.from(text).toString("base64");
const pullLogin = JSON.stringify({ auths: { "registry.test": { username: "ada", password: planted.pull } } });
const hidden = [
  ...Object.values(planted).flatMap((value) => [value, base64(value), base64(`ada:${value}`)]),
  base64(pullLogin),
];

let place: string;
let cluster: Cluster;
let server: LocalServer;
let cloud: CloudFrontend;
let project: KubernetesProject;
const outcomes: Outcome[] = [];
let exported: Outcome;

beforeAll(async () => {
  place = await makeFolder();
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  await writeSecrets(new Objects(cluster.kubeconfig));
  const certificate = await makeCertificate(path.join(place, "certificate"));
  const namespace = { temporalName: "speech.a1b2c", owner: "speech", description: "", retentionSeconds: 86_400 };
  await namespaceHandler().create({
    ...{ ...namespace, address: server.address, key: "speech", managedBy: "its owner", searchAttributes: {} },
    ...{ manage: true, adopt: false, deleteWithStack: false },
  });
  const { apiKey } = planted;
  cloud = await startCloudFrontend({ behind: server.address, certificate, apiKey, namespaces: ["speech.a1b2c"] });
  project = await makeKubernetesProject(cluster.kubeconfig, {
    CONDUIT_CACHE: path.join(place, "cache"),
    DOCKER_CONFIG: await dockerConfiguration(),
    TEMPORAL_API_KEY: apiKey,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate.authority,
    AWS_SECRET_ACCESS_KEY: planted.aws,
    GITHUB_TOKEN: planted.git,
    PULUMI_CONFIG_PASSPHRASE: planted.passphrase,
  });
  await project.configure("prod", {
    platform: "kubernetes",
    kubernetes: { namespaces: { speech: { name: "team-speech" } } },
    temporal: { mode: "external", address: cloud.address, tls: {}, apiKey: { name: "temporal-cloud", key: "api-key" } },
    images: { pullSecrets: ["registry-login"] },
  });
  await must(project.pulumi("stack", "init", "prod"));
  for (const [digit, ...command] of commands) {
    await project.writeRegistry(registry(digit));
    outcomes.push(await project.pulumi(...command, "--stack", "prod", "--non-interactive"));
  }
  exported = await must(project.pulumi("stack", "export", "--show-secrets", "--stack", "prod"));
});

afterAll(async () => {
  await project?.remove();
  await cloud?.close();
  await server?.takeDown();
  await cluster?.stop();
  if (place) await rm(place, { recursive: true, force: true });
});

/** The first digit of the image's digest, and what is run with it. */
const commands: [string, ...string[]][] = [
  ["a", "up", "--yes", "--diff"],
  ["b", "preview", "--diff", "--show-reads", "--show-config"],
  ["b", "preview", "--logtostderr", "-v=9"],
  ["b", "up", "--yes", "--skip-preview", "--refresh", "--json"],
  ["b", "refresh", "--preview-only", "--diff"],
];

/** One that works, and one whose image no registry has. */
function registry(digit: string) {
  const entry = { namespace: "speech", owner: "speech", secrets: { HF_TOKEN: { name: "hugging-face", key: "token" } } };
  return {
    namespaces: { speech: { owner: "speech", temporalName: "speech.a1b2c", manage: false } },
    algorithms: {
      ranker: { ...entry, source: { image: imageOf("ranker", digit) } },
      missing: { ...entry, source: { image: "127.0.0.1:1/team/missing:1" } },
    },
  };
}

/** A namespace that is there before the stack, with the Secrets that its pods need. */
async function writeSecrets(objects: Objects): Promise<void> {
  await objects.create(restrictedNamespace("team-speech"));
  const secret = (name: string, stringData: Record<string, string>, type = "Opaque") =>
    objects.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace: "team-speech" },
      type,
      stringData,
    });
  await secret("hugging-face", { token: planted.token });
  await secret("temporal-cloud", { "api-key": planted.cloudKey });
  await secret("registry-login", { ".dockerconfigjson": pullLogin }, "kubernetes.io/dockerconfigjson");
}

/** What `docker login` leaves. */
async function dockerConfiguration(): Promise<string> {
  const folder = path.join(place, "docker");
  await mkdir(folder);
  const auths = { "127.0.0.1:1": { auth: base64(`ada:${planted.login}`) } };
  await writeFile(path.join(folder, "config.json"), JSON.stringify({ auths }), { mode: 0o600 });
  return folder;
}

test("the algorithm that can be deployed is, with the deployer's credentials", async () => {
  expect(outcomes.map(({ code }) => code === 0)).toEqual([false, true, true, false, true]);
  expect(outcomes[0]?.stdout).toContain("The registry gives no digest for `127.0.0.1:1/team/missing:1`");
  expect(cloud.calls).toContain("DescribeNamespace");
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "ranker", namespace: "team-speech" },
  };
  const found = JSON.stringify(await new Objects(cluster.kubeconfig).get(deployment));
  expect(found).toContain(imageOf("ranker", "b"));
  expect(found).toContain("hugging-face");
});

test("no command prints a secret, its log included", () => {
  const said = outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
  expect(said).toContain("hugging-face");
  expect(hidden.filter((value) => said.includes(value))).toEqual([]);
});

test("no state, cache or file of the project holds a secret", async () => {
  expect(exported.stdout).toContain("hugging-face");
  expect(hidden.filter((value) => exported.stdout.includes(value))).toEqual([]);
  expect(await filesWith(hidden, project.root)).toEqual([]);
  expect(await filesWith(hidden, path.join(place, "cache"))).toEqual([]);
});

test("no object but the Secrets themselves holds a secret", async () => {
  const objects = await everyObject(cluster.kubeconfig);
  const holders = objects.filter((object) => hidden.some((value) => JSON.stringify(object).includes(value)));
  expect(holders.map(nameOf).toSorted()).toEqual([
    "Secret team-speech/hugging-face",
    "Secret team-speech/registry-login",
    "Secret team-speech/temporal-cloud",
  ]);
});
