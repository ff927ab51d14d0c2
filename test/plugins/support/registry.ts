import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { Reference } from "./reference.ts";

/** Name and password for a registry. */
export interface Account {
  /** The registry, as it was written: with or without `https://`. */
  readonly address: string;
  readonly username: string;
  readonly password: string;
}

/** Kinds of manifests, so that the registry answers with the digest that is pulled. */
const manifests = [
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");

/**
 * The digest that a reference stands for in its registry; undefined when the registry does not have it.
 *
 * @throws Error when the registry cannot be reached, or does not let these accounts in.
 */
export async function digestOf(reference: Reference, accounts: readonly Account[]): Promise<string | undefined> {
  const response = await ask(reference, "HEAD", reference.digest ?? reference.tag, accounts);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${reference.registry} answers with ${response.status}`);
  return response.headers.get("docker-content-digest") ?? undefined;
}

/** Takes a manifest away by its digest. Whether it was there. */
export async function deleteManifest(
  reference: Reference,
  digest: string,
  accounts: readonly Account[],
): Promise<boolean> {
  const response = await ask(reference, "DELETE", digest, accounts);
  if (response.status === 404) return false;
  if (!response.ok) throw new Error(`${reference.registry} answers with ${response.status}`);
  return true;
}

async function ask(
  { registry, repository }: Reference,
  method: string,
  what: string,
  accounts: readonly Account[],
): Promise<Response> {
  const account = accounts.find(({ address }) => hostOf(address) === registry) ?? (await storedAccount(registry));
  const address = `${isLoopback(registry) ? "http" : "https"}://${registry}/v2/${repository}/manifests/${what}`;
  const request = (authorization: string | undefined) =>
    fetch(address, { method, headers: { accept: manifests, ...(authorization && { authorization }) } });
  const first = await request(undefined);
  if (first.status !== 401) return first;
  return await request(await authorizationFor(first.headers.get("www-authenticate") ?? "", account));
}

/** Answers the registry's challenge: with the account itself, or with a token that its token server gives for it. */
async function authorizationFor(challenge: string, account: Account | undefined): Promise<string | undefined> {
  const basic = account && `Basic ${Buffer.from(`${account.username}:${account.password}`).toString("base64")}`;
  if (!/^bearer/i.test(challenge)) return basic;
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const url = new URL(fields.get("realm") ?? "");
  for (const key of ["service", "scope"]) url.searchParams.set(key, fields.get(key) ?? "");
  const answer = await fetch(url, { headers: basic ? { authorization: basic } : {} });
  const { token, access_token } = JSON.parse(await answer.text());
  return `Bearer ${token ?? access_token}`;
}

/** What `docker login` has left for a registry. */
async function storedAccount(registry: string): Promise<Account | undefined> {
  const folder = process.env.DOCKER_CONFIG ?? path.join(homedir(), ".docker");
  const text = await readFile(path.join(folder, "config.json"), "utf8").catch(() => "{}");
  const { auths = {} } = JSON.parse(text);
  const found = Object.entries<{ auth?: string }>(auths).find(([address]) => hostOf(address) === registry);
  const [username = "", ...password] = Buffer.from(found?.[1].auth ?? "", "base64")
    .toString()
    .split(":");
  return found && { address: registry, username, password: password.join(":") };
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function isLoopback(registry: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry);
}
