import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ImagesSettings, SecretReference } from "./image-settings.ts";

/** Where the programs of a build look for what a secret holds. */
const places = {
  pip: "/etc/pip.conf",
  uv: "/etc/uv/uv.toml",
  netrc: "/root/.netrc",
  ca: "/run/secrets/ca",
} as const;

const installing = ["pip", "uv", "netrc", "ca"] as const;

/**
 * The start of a `RUN` that installs packages: each secret where it is looked for, and uv's cache beside it.
 *
 * @param cache Whose cache it is. What packages run while they are built may write to it: nobody else may use what they left.
 */
export function runWithSecrets(secrets: ImagesSettings["secrets"], cache: string): string {
  const names = installing.filter((name) => secrets[name] !== undefined);
  const mounts = names.map((name) => `--mount=type=secret,id=${name},target=${places[name]},required=true`);
  const told = names.length === 0 ? [] : [`CONDUIT_SECRETS="${names.join(" ")}"`];
  return ["RUN", ...mounts, `--mount=type=cache,id=conduit-uv-${cache},target=/root/.cache/uv`, ...told].join(" ");
}

/** What a build is given of secrets. */
export interface BuildSecrets {
  readonly secrets: Record<string, pulumi.Output<string>>;
  /** All of them: another value, or none on this machine, is no reason to build anew. */
  readonly ignoreSecretsInDiffCalculation: string[];
}

/**
 * Reads the secrets of a build from where the settings say they are. One that is not there is empty, which only a build
 * that needs it refuses: whoever builds nothing needs none.
 *
 * @param withGit Whether the build fetches from a repository.
 */
export function buildSecrets(settings: ImagesSettings["secrets"], withGit: boolean): BuildSecrets {
  const named = Object.entries({
    ...Object.fromEntries(installing.map((name) => [name, settings[name]])),
    // The name is BuildKit's own.
    GIT_AUTH_TOKEN: withGit ? settings.gitToken : undefined,
  }).flatMap(([name, reference]) => (reference === undefined ? [] : [[name, reference] as const]));
  const secrets = named.map(([name, reference]) => [name, pulumi.secret(readSecret(reference))]);
  return { secrets: Object.fromEntries(secrets), ignoreSecretsInDiffCalculation: named.map(([name]) => name) };
}

async function readSecret(reference: SecretReference): Promise<string> {
  if ("env" in reference) return process.env[reference.env] ?? "";
  const file = reference.file.replace(/^~\//, () => `${homedir()}${path.sep}`);
  return await readFile(file, "utf8").catch(() => "");
}
