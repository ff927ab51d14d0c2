import type { TemporalTarget } from "../../../components/temporal-access.ts";
import { codeOf, messageOf, UserError } from "../../../errors.ts";
import { quoted } from "../../../registry/wording.ts";
import { credentialVariables } from "./credentials.ts";
import { probeName, probePort, probeTls } from "./probe.ts";
import { hostOf, portOf, type Reached } from "./reach.ts";

/** gRPC's codes (https://grpc.io/docs/guides/status-codes/) for "who are you?" and "not you". */
const refusals = ["7", "16"];

/** Whether Temporal answered that the caller may not do this. */
export function isRefusal(thrown: unknown): boolean {
  return refusals.includes(grpcCode(thrown) ?? "");
}

/**
 * Why Temporal could not be reached, with what mends it. The client's own error tells only that time ran out, so this
 * looks step by step: name, port, TLS, credentials.
 */
export async function explainFailure(thrown: unknown, target: TemporalTarget, reached: Reached): Promise<Error> {
  if (isRefusal(thrown)) return new UserError(explainRefusal(thrown, target, reached));
  const problem = (await findProblem(target, reached)) ?? `does not serve: ${grpcMessage(thrown)}`;
  return new UserError(`Temporal at \`${target.address}\` ${problem}`);
}

/** What a server that lets nobody in without an API key or a certificate refuses. */
export function explainRefusal(thrown: unknown, target: TemporalTarget, { credentials }: Reached): string {
  const { address, key } = target;
  const said = grpcMessage(thrown);
  const { apiKey, certificate } = credentials;
  const used = [apiKey?.variable, certificate?.variable].flatMap((variable) => variable ?? []);
  if (used.length > 0) {
    const name = target.temporalName === undefined ? "" : ` of the namespace \`${target.temporalName}\``;
    return (
      `Temporal at \`${address}\` refuses the caller (${said}). Check that ${quoted(used)} ${used.length > 1 ? "are" : "is"} ` +
      `valid there, and that the name${name} is written in full, as \`speech.a1b2c\` is on Temporal Cloud.`
    );
  }
  const mends = target.tls
    ? `Set ${variablesOf(key, ({ apiKey }) => [apiKey])}, or a client certificate by ${variablesOf(key, certificateNames)}.`
    : `Write \`tls: {}\` ${beside}: without TLS no API key is sent.`;
  return `Temporal at \`${address}\` asks who calls (${said}), and no API key was given. ${mends}`;
}

/** What TLS to Temporal fails by, with what mends it; undefined without TLS, and where it does not fail. */
export async function explainTls(target: TemporalTarget, reached: Reached): Promise<string | undefined> {
  const problem = reached.tls && (await findTlsProblem(target, reached, reached.tls.serverName));
  return problem && `Temporal at \`${target.address}\` ${problem}`;
}

async function findProblem(target: TemporalTarget, reached: Reached): Promise<string | undefined> {
  const broken = reached.problem();
  if (broken !== undefined) return `cannot be reached through the cluster. ${broken}`;
  const [host, port] = [hostOf(reached.dial), portOf(reached.dial)];
  const name = await probeName(host);
  if (!name.ok) {
    return (
      `has a host name that this machine cannot resolve (${name.code}). Correct the address; the name of a Service is ` +
      "known only inside its cluster."
    );
  }
  const open = await probePort(host, port);
  if (!open.ok) return `does not answer (${open.code}). Start it, or correct the address.`;
  return reached.tls ? findTlsProblem(target, reached, reached.tls.serverName) : findMissingTls(host, port, reached);
}

async function findMissingTls(host: string, port: number, { credentials }: Reached): Promise<string | undefined> {
  const tls = await probeTls(host, port, { serverName: host, credentials, trusting: true });
  return tls.ok ? `speaks TLS, and was called without. Write \`tls: {}\` ${beside}.` : undefined;
}

async function findTlsProblem(
  { key }: TemporalTarget,
  { dial, credentials }: Reached,
  serverName: string,
): Promise<string | undefined> {
  const tls = await probeTls(hostOf(dial), portOf(dial), { serverName, credentials });
  if (tls.ok) return undefined;
  const { code } = tls;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG") {
    return `speaks no TLS. Take away \`tls\` and \`apiKey\` ${beside}.`;
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `has a certificate that is not for \`${serverName}\`. Write a name that it is for as \`tls: { serverName }\` ${beside}.`;
  }
  if (code === "CERT_HAS_EXPIRED") return "has a certificate that has expired. Renew it there.";
  if (untrusted.test(code)) {
    const authority = variablesOf(key, ({ authority }) => [authority]);
    return `has a certificate that is not trusted (${code}). Set ${authority} to the file of the authority that signed it.`;
  }
  if (credentials.certificate) {
    return (
      `refuses the client certificate of \`${credentials.certificate.variable}\` (${code}). ` +
      "Use one that is valid, and signed by an authority that the server trusts."
    );
  }
  return (
    `ends a TLS connection without a client certificate (${code}). ` +
    `Give one by ${variablesOf(key, certificateNames)}.`
  );
}

/** Where people say how Temporal is reached. */
const beside = "beside its address in the stack's settings, `conduit:temporal`";

const untrusted = /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED)/;

type Names = ReturnType<typeof credentialVariables>;

const certificateNames = ({ certificate, certificateKey }: Names) => [certificate, certificateKey];

/** "`A` and `B` (for this namespace alone: `A_SPEECH` and `B_SPEECH`)". */
function variablesOf(key: string | undefined, names: (all: Names) => string[]): string {
  const listed = (all: Names) =>
    names(all)
      .map((name) => `\`${name}\``)
      .join(" and ");
  const own = key === undefined ? "" : ` (for this namespace alone: ${listed(credentialVariables(key))})`;
  return `${listed(credentialVariables())}${own}`;
}

/** The client wraps the call's error. */
function grpcError(thrown: unknown): unknown {
  return thrown instanceof Error && codeOf(thrown) === undefined && thrown.cause instanceof Error
    ? thrown.cause
    : thrown;
}

function grpcCode(thrown: unknown): string | undefined {
  return codeOf(grpcError(thrown));
}

/** What a call was answered, without the number and the code that gRPC puts before it. */
export function grpcMessage(thrown: unknown): string {
  return messageOf(grpcError(thrown))
    .replace(/^\d+ [A-Z_]+: /, "")
    .replace(/\.$/, "");
}
