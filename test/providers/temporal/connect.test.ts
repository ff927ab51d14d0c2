import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TemporalTarget } from "../../../components/temporal-access.ts";
import { UserError } from "../../../errors.ts";
import { withConnection } from "../../../providers/conduit/temporal/connect.ts";
import { explainTls } from "../../../providers/conduit/temporal/explain-failure.ts";
import { reach } from "../../../providers/conduit/temporal/reach.ts";
import { type Certificate, makeCertificate } from "../../support/certificate.ts";
import { makeFolder, temporaryFolder } from "../../support/folders.ts";
import { type LocalServer, startLocalServer } from "../../support/local-server.ts";
import { freePorts } from "../../support/ports.ts";
import { type Frontend, startTlsFrontend } from "../../support/tls-frontend.ts";

let local: LocalServer;
let certificate: Certificate;
let client: Certificate;
let stranger: Certificate;
let plainTls: Frontend;
let mutualTls: Frontend;
let elsewhere: Frontend;
let authorityElsewhere = "";
let folder = "";

beforeAll(async () => {
  folder = await makeFolder();
  const names = { server: "127.0.0.1", client: "worker", stranger: "stranger", other: "temporal.example" };
  const made = Object.entries(names).map(([name, identity]) => makeCertificate(path.join(folder, name), identity));
  const [server, worker, foreign, other] = await Promise.all(made);
  if (!server || !worker || !foreign || !other) throw new Error("Four certificates were made.");
  [certificate, client, stranger] = [server, worker, foreign];
  local = await startLocalServer();
  plainTls = await startTlsFrontend(local.address, server);
  mutualTls = await startTlsFrontend(local.address, server, worker.authority);
  elsewhere = await startTlsFrontend(local.address, other);
  authorityElsewhere = other.authority;
}, 120_000);

afterAll(async () => {
  await Promise.all([plainTls?.close(), mutualTls?.close(), elsewhere?.close()]);
  await local?.takeDown();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Asks the server for its version with these credentials; the error when that fails. */
async function serverVersion(target: TemporalTarget, environment: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const answer = withConnection(target, { milliseconds: 2000, environment }, async ({ workflowService }) =>
    workflowService.getSystemInfo({}),
  );
  return answer.then(
    ({ serverVersion }) => serverVersion,
    (thrown) => {
      expect(thrown).toBeInstanceOf(UserError);
      return thrown.message;
    },
  );
}

const beside = "beside its address in the stack's settings, `conduit:temporal`";
const version = expect.stringMatching(/^\d+\.\d+\.\d+/);
const trusting = () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificate.authority });
const showing = ({ certificate, key }: Certificate) => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificate,
  TEMPORAL_TLS_CLIENT_KEY_PATH: key,
});

test("a server is reached without TLS, with TLS, and with certificates on both sides", async () => {
  expect(await serverVersion({ address: local.address })).toEqual(version);
  expect(await serverVersion({ address: plainTls.address, tls: true }, trusting())).toEqual(version);
  const mutual = { ...trusting(), ...showing(client) };
  expect(await serverVersion({ address: mutualTls.address, tls: true }, mutual)).toEqual(version);
});

test("a namespace's own certificate counts before that of all", async () => {
  const target = { address: mutualTls.address, tls: true, key: "speech-eu" };
  const { TEMPORAL_TLS_CLIENT_CERT_PATH: certificate, TEMPORAL_TLS_CLIENT_KEY_PATH: key } = showing(client);
  const own = { TEMPORAL_TLS_CLIENT_CERT_PATH_SPEECH_EU: certificate, TEMPORAL_TLS_CLIENT_KEY_PATH_SPEECH_EU: key };
  expect(await serverVersion(target, { ...trusting(), ...showing(stranger), ...own })).toEqual(version);
});

test("the certificate may be for another name than the address", async () => {
  const authority = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: authorityElsewhere };
  const { address } = elsewhere;
  expect(await serverVersion({ address, tls: { serverName: "temporal.example" } }, authority)).toEqual(version);
  expect(await serverVersion({ address, tls: true }, authority)).toBe(
    `Temporal at \`${address}\` has a certificate that is not for \`127.0.0.1\`. ` +
      `Write a name that it is for as \`tls: { serverName }\` ${beside}.`,
  );
});

test("a server that wants TLS, and one that has none, are told apart", async () => {
  expect(await serverVersion({ address: plainTls.address })).toBe(
    `Temporal at \`${plainTls.address}\` speaks TLS, and was called without. Write \`tls: {}\` ${beside}.`,
  );
  expect(await serverVersion({ address: mutualTls.address })).toBe(
    `Temporal at \`${mutualTls.address}\` speaks TLS, and was called without. Write \`tls: {}\` ${beside}.`,
  );
  expect(await serverVersion({ address: local.address, tls: true })).toBe(
    `Temporal at \`${local.address}\` speaks no TLS. Take away \`tls\` and \`apiKey\` ${beside}.`,
  );
});

test("an authority that nobody named is told with the variable that names it", async () => {
  expect(await serverVersion({ address: plainTls.address, tls: true, key: "speech" })).toBe(
    `Temporal at \`${plainTls.address}\` has a certificate that is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). ` +
      "Set `TEMPORAL_TLS_SERVER_CA_CERT_PATH` (for this namespace alone: `TEMPORAL_TLS_SERVER_CA_CERT_PATH_SPEECH`) " +
      "to the file of the authority that signed it.",
  );
});

test("a client certificate that is missing or refused is told as that", async () => {
  const { address } = mutualTls;
  expect(await serverVersion({ address, tls: true }, trusting())).toBe(
    `Temporal at \`${address}\` ends a TLS connection without a client certificate ` +
      "(ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED). " +
      "Give one by `TEMPORAL_TLS_CLIENT_CERT_PATH` and `TEMPORAL_TLS_CLIENT_KEY_PATH`.",
  );
  expect(await serverVersion({ address, tls: true }, { ...trusting(), ...showing(stranger) })).toMatch(
    /^Temporal at `[\d.:]+` refuses the client certificate of `TEMPORAL_TLS_CLIENT_CERT_PATH` \(\w+\)\. Use one that is valid, and signed by an authority that the server trusts\.$/,
  );
});

test("a certificate without its key, one that is not theirs, and a file that is not there are one clear error", async () => {
  const target = { address: mutualTls.address, tls: true };
  const { TEMPORAL_TLS_CLIENT_CERT_PATH } = showing(client);
  expect(await serverVersion(target, { TEMPORAL_TLS_CLIENT_CERT_PATH })).toBe(
    "`TEMPORAL_TLS_CLIENT_CERT_PATH` is set, but `TEMPORAL_TLS_CLIENT_KEY_PATH` is not. Set both, or none.",
  );
  expect(await serverVersion(target, { ...showing(stranger), TEMPORAL_TLS_CLIENT_CERT_PATH })).toBe(
    "The key of `TEMPORAL_TLS_CLIENT_KEY_PATH` is not that of the certificate of `TEMPORAL_TLS_CLIENT_CERT_PATH`. " +
      "Correct one.",
  );
  const noPem = { ...showing(client), TEMPORAL_TLS_CLIENT_KEY_PATH: certificate.certificate };
  expect(await serverVersion(target, noPem)).toBe(
    "The file that `TEMPORAL_TLS_CLIENT_KEY_PATH` names holds none in PEM, or a locked one. Correct it.",
  );
  const file = path.join(await temporaryFolder(), "ca.pem");
  expect(await serverVersion(target, { TEMPORAL_TLS_SERVER_CA_CERT_PATH: file })).toBe(
    `\`TEMPORAL_TLS_SERVER_CA_CERT_PATH\` is \`${file}\`, which cannot be read (ENOENT). Correct it.`,
  );
  await writeFile(file, "no certificate");
  expect(await serverVersion(target, { TEMPORAL_TLS_SERVER_CA_CERT_PATH: file })).toMatch("is not trusted");
});

test("an address where nothing listens, and a name that nobody knows, are told as that", async () => {
  const [port] = await freePorts(1);
  expect(await serverVersion({ address: `127.0.0.1:${port}` })).toBe(
    `Temporal at \`127.0.0.1:${port}\` does not answer (ECONNREFUSED). Start it, or correct the address.`,
  );
  expect(await serverVersion({ address: "temporal-frontend.temporal.invalid:7233" })).toMatch(
    /^Temporal at `temporal-frontend.temporal.invalid:7233` has a host name that this machine cannot resolve \(\w+\)\. Correct the address; the name of a Service is known only inside its cluster\.$/,
  );
});

test("what TLS fails by is told of a way that is open, too; nothing is where it stands", async () => {
  const target = { address: mutualTls.address, tls: true };
  const said = async (shown: Certificate) =>
    explainTls(target, await reach(target, { environment: { ...trusting(), ...showing(shown) } }));
  expect(await said(stranger)).toMatch(/ refuses the client certificate of `TEMPORAL_TLS_CLIENT_CERT_PATH` /);
  expect(await said(client)).toBeUndefined();
  expect(await explainTls({ address: local.address }, await reach({ address: local.address }, {}))).toBeUndefined();
});
