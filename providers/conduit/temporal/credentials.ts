import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { codeOf, UserError } from "../../../errors.ts";

/** What proves to a Temporal server who calls; each with the variable that it came from, for messages. */
export interface TemporalCredentials {
  readonly apiKey?: { readonly value: string; readonly variable: string } | undefined;
  readonly certificate?: { readonly pem: Buffer; readonly key: Buffer; readonly variable: string } | undefined;
  /** The authority that signed the server's certificate. @default the system's */
  readonly authority?: Buffer | undefined;
  /** The files that were read: absolute paths by the SDKs' own variables. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/**
 * The names of the variables, as Temporal's SDKs have them. A namespace's own have its key behind them, in capitals:
 * `TEMPORAL_API_KEY_SPEECH`.
 */
export function credentialVariables(key?: string) {
  const suffix = key === undefined ? "" : `_${key.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
  return {
    apiKey: `TEMPORAL_API_KEY${suffix}`,
    certificate: `TEMPORAL_TLS_CLIENT_CERT_PATH${suffix}`,
    certificateKey: `TEMPORAL_TLS_CLIENT_KEY_PATH${suffix}`,
    authority: `TEMPORAL_TLS_SERVER_CA_CERT_PATH${suffix}`,
  };
}

/**
 * Reads the credentials of the environment. A namespace that has an API key or a certificate of its own uses nothing of
 * the others'; the server's authority is looked up by itself.
 *
 * @param key The namespace's key in the registry.
 * @throws UserError for a file that cannot be read, and for a certificate without its key
 */
export async function readCredentials(
  environment: NodeJS.ProcessEnv,
  key: string | undefined,
): Promise<TemporalCredentials> {
  const own = await readCaller(environment, credentialVariables(key));
  const caller = own.apiKey || own.certificate ? own : await readCaller(environment, credentialVariables());
  const authorities = [credentialVariables(key).authority, credentialVariables().authority];
  const authority = authorities.find((variable) => isSet(environment[variable]));
  if (authority === undefined) return caller;
  const files = { ...caller.files, [credentialVariables().authority]: path.resolve(environment[authority] ?? "") };
  return { ...caller, authority: await readNamed(environment, authority), files };
}

type Variables = ReturnType<typeof credentialVariables>;

async function readCaller(environment: NodeJS.ProcessEnv, variables: Variables): Promise<TemporalCredentials> {
  const { apiKey: keyVariable, certificate, certificateKey } = variables;
  const value = environment[keyVariable];
  const apiKey = isSet(value) ? { value: value.trim(), variable: keyVariable } : undefined;
  const [hasCertificate, hasKey] = [isSet(environment[certificate]), isSet(environment[certificateKey])];
  if (!hasCertificate && !hasKey) return { apiKey };
  if (!hasCertificate || !hasKey) {
    const [there, missing] = hasCertificate ? [certificate, certificateKey] : [certificateKey, certificate];
    throw new UserError(`\`${there}\` is set, but \`${missing}\` is not. Set both, or none.`);
  }
  const [pem, key] = await Promise.all([readNamed(environment, certificate), readNamed(environment, certificateKey)]);
  refuseStrangers(pem, key, variables);
  const plain = credentialVariables();
  const files = {
    [plain.certificate]: path.resolve(environment[certificate] ?? ""),
    [plain.certificateKey]: path.resolve(environment[certificateKey] ?? ""),
  };
  return { apiKey, certificate: { pem, key, variable: certificate }, files };
}

/** What TLS would only say in numbers. */
function refuseStrangers(pem: Buffer, key: Buffer, { certificate, certificateKey }: Variables): void {
  const fits = ifReadable(certificate, () => new X509Certificate(pem)).checkPrivateKey(
    ifReadable(certificateKey, () => createPrivateKey(key)),
  );
  if (fits) return;
  throw new UserError(
    `The key of \`${certificateKey}\` is not that of the certificate of \`${certificate}\`. Correct one.`,
  );
}

function ifReadable<T>(variable: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new UserError(`The file that \`${variable}\` names holds none in PEM, or a locked one. Correct it.`);
  }
}

/** CI systems set a secret that is not there to an empty text. */
function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}

async function readNamed(environment: NodeJS.ProcessEnv, variable: string): Promise<Buffer> {
  const file = environment[variable] ?? "";
  return readFile(file).catch((thrown) => {
    throw new UserError(`\`${variable}\` is \`${file}\`, which cannot be read (${codeOf(thrown)}). Correct it.`);
  });
}
