import { rm } from "node:fs/promises";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { UserError } from "../../../errors.ts";
import { namespaceHandler } from "../../../providers/conduit/temporal/namespace.ts";
import { type Certificate, makeCertificate } from "../../support/certificate.ts";
import { type CloudFrontend, startCloudFrontend } from "../../support/cloud-frontend.ts";
import { makeFolder } from "../../support/folders.ts";
import { type LocalServer, startLocalServer } from "../../support/local-server.ts";

let local: LocalServer;
let certificate: Certificate;
let cloud: CloudFrontend;
let folder = "";

const namespaces = namespaceHandler();
const apiKey = "planted-key";

beforeAll(async () => {
  folder = await makeFolder();
  [certificate, local] = await Promise.all([makeCertificate(folder), startLocalServer()]);
  // As its owner made it in Temporal Cloud.
  await namespaces.create({ ...speech(), address: local.address, tls: false, manage: true });
  cloud = await startCloudFrontend({ behind: local.address, certificate, apiKey, namespaces: ["speech.a1b2c"] });
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud?.close();
  await local?.takeDown();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const speech = () => ({
  address: cloud?.address,
  tls: true,
  key: "speech",
  temporalName: "speech.a1b2c",
  owner: "speech-platform",
  description: "Speech.",
  retentionSeconds: 72 * 3600,
  searchAttributes: {},
  manage: false,
  adopt: false,
  deleteWithStack: false,
  managedBy: "project/stack",
});

function credentials(variables: Record<string, string>): void {
  vi.unstubAllEnvs();
  vi.stubEnv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", certificate.authority);
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

test("a namespace with `manage: false` is only asked for: with the API key, by its full name", async () => {
  credentials({ TEMPORAL_API_KEY: apiKey });
  cloud.calls.length = 0;
  const created = await namespaces.create(speech());
  expect(created).toMatchObject({ namespaceId: expect.stringMatching(/^[-0-9a-f]{36}$/) });
  expect(JSON.stringify(created)).not.toContain(apiKey);
  expect(await namespaces.diff(created, speech())).toEqual({ changes: false });
  expect(await namespaces.read(created)).toEqual(created);
  await namespaces.delete({ ...created, deleteWithStack: true });
  expect(await namespaces.read(created)).toEqual(created);
  expect(new Set(cloud.calls)).toEqual(new Set(["GetSystemInfo", "DescribeNamespace"]));
});

test("a namespace's own API key counts before that of all; an empty one is none", async () => {
  credentials({ TEMPORAL_API_KEY: "another", TEMPORAL_API_KEY_SPEECH: apiKey });
  await namespaces.create(speech());
  credentials({ TEMPORAL_API_KEY: apiKey, TEMPORAL_API_KEY_SPEECH: "" });
  await namespaces.create(speech());
});

test("without `manage: false` the error says what to write", async () => {
  credentials({ TEMPORAL_API_KEY: apiKey });
  await expect(namespaces.create({ ...speech(), manage: true })).rejects.toThrow(
    new UserError(
      `Temporal at \`${cloud.address}\` lets nobody make or change the namespace \`speech.a1b2c\` from here ` +
        "(Request unauthorized). Where others make namespaces, as on Temporal Cloud, write " +
        '`manage: false` and the full name, such as `temporalName: "speech.a1b2c"`, in `namespaces.speech` of ' +
        "`algorithms.config.ts`.",
    ),
  );
});

test("a name that is not written in full is told as that", async () => {
  credentials({ TEMPORAL_API_KEY: apiKey });
  await expect(namespaces.create({ ...speech(), temporalName: "speech" })).rejects.toThrow(
    new UserError(
      `Temporal at \`${cloud.address}\` does not let this caller see the namespace \`speech\` ` +
        "(Request unauthorized). Write its full name, such as `speech.a1b2c`, as `temporalName` of " +
        "`namespaces.speech` in `algorithms.config.ts`, or give the caller a role in it.",
    ),
  );
});

test("a namespace that nobody made is told as that", async () => {
  const unmade = { ...speech(), address: local.address, tls: false, temporalName: "unmade" };
  await expect(namespaces.create(unmade)).rejects.toThrow(
    new UserError(
      `Temporal at \`${local.address}\` has no namespace \`unmade\`, and \`manage: false\` says that others make it. ` +
        "Let them, or correct `temporalName` of `namespaces.speech` in `algorithms.config.ts`.",
    ),
  );
});

test("an API key that is missing or refused is told with the variable that holds it, and never shown", async () => {
  credentials({});
  await expect(namespaces.create(speech())).rejects.toThrow(
    `Temporal at \`${cloud.address}\` asks who calls (Request unauthorized), and no API key was given. ` +
      "Set `TEMPORAL_API_KEY` (for this namespace alone: `TEMPORAL_API_KEY_SPEECH`), or a client certificate by ",
  );
  credentials({ TEMPORAL_API_KEY_SPEECH: "wrong-key" });
  const refused = await namespaces.create(speech()).catch((thrown) => thrown);
  expect(refused.message).toBe(
    `Temporal at \`${cloud.address}\` refuses the caller (Request unauthorized). Check that \`TEMPORAL_API_KEY_SPEECH\` is ` +
      "valid there, and that the name of the namespace `speech.a1b2c` is written in full, as `speech.a1b2c` is on Temporal Cloud.",
  );
});

test("without TLS no credential leaves this machine", async () => {
  credentials({ TEMPORAL_API_KEY: apiKey });
  const connection = vi.spyOn(Connection, "lazy");
  await namespaces.create({ ...speech(), address: local.address, tls: false });
  expect(connection.mock.lastCall?.[0]).toMatchObject({ address: local.address });
  expect(connection.mock.lastCall?.[0]).not.toHaveProperty("apiKey");
  connection.mockRestore();
});
