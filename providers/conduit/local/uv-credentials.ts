import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { runChild } from "../../../sources/child.ts";
import { isLoopback } from "../../../sources/remote.ts";
import { isRunning } from "../../../tools/is-running.ts";

/** Name and password of a package index. */
export interface IndexCredentials {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** The variables in which uv finds the addresses of indexes, and with them perhaps passwords. */
const ADDRESSES: readonly string[] = [
  "UV_DEFAULT_INDEX",
  "UV_INDEX",
  "UV_INDEX_URL",
  "UV_EXTRA_INDEX_URL",
  "UV_FIND_LINKS",
];

/**
 * Takes the credentials of package indexes out of the variables for uv: builds of packages run other people's code in uv's
 * environment. What uv's store refuses (a password without a name, an index in plain text on another machine) stays.
 *
 * @param named The addresses of the indexes that configuration files name. Credentials for any others are dropped.
 */
export function separateCredentials(
  variables: NodeJS.ProcessEnv,
  named: ReadonlyMap<string, string>,
): { variables: NodeJS.ProcessEnv; credentials: IndexCredentials[] } {
  const credentials: IndexCredentials[] = [];
  const indexes = new Map(named);
  const bare = (_match: string, name = "", address = "") => {
    const url = withoutCredentials(address, credentials);
    if (name !== "") indexes.set(name.slice(0, -1), url);
    return name + url;
  };
  const kept: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(variables)) {
    if (ADDRESSES.includes(name)) kept[name] = value?.replace(/([\w.-]+=)?(https?:\/\/[^\s,]+)/g, bare);
    else if (!/^UV_\w*(USERNAME|PASSWORD|TOKEN)$/.test(name)) kept[name] = value;
  }
  for (const [name, url] of indexes) {
    const prefix = `UV_INDEX_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
    const [username, password] = [variables[`${prefix}_USERNAME`], variables[`${prefix}_PASSWORD`]];
    if (username && password && isStorable(url)) credentials.push({ url, username, password });
    else
      Object.assign(
        kept,
        username && { [`${prefix}_USERNAME`]: username },
        password && { [`${prefix}_PASSWORD`]: password },
      );
  }
  return { variables: kept, credentials };
}

/**
 * Runs an action while uv's store, a copy of the user's own in a private folder, has these credentials. They are in no
 * environment and in no list of processes.
 *
 * @param action Given the variables that lead uv to the store.
 */
export async function withStoredCredentials<T>(
  credentials: readonly IndexCredentials[],
  { uv, env }: { uv: string; env: NodeJS.ProcessEnv },
  action: (variables: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (credentials.length === 0) return await action({});
  await forgetAbandonedStores();
  const folder = await mkdtemp(path.join(tmpdir(), `${storePrefix}${process.pid}-`));
  const store = { UV_CREDENTIALS_DIR: folder };
  try {
    await copyFile(path.join(ownStore(env), "credentials.toml"), path.join(folder, "credentials.toml")).catch(
      () => undefined,
    );
    for (const { url, username, password } of credentials) {
      const args = ["auth", "login", "--quiet", "--username", username, "--password", "-", "--", url];
      const { exitCode, stderr } = await runChild(uv, args, {
        env: { ...env, ...store },
        input: password,
        timeoutMs: 60_000,
      });
      if (exitCode !== 0) throw new Error(`\`uv auth login ${url}\` failed: ${stderr.trim()}`);
    }
    return await action(store);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const storePrefix = "conduit-uv-";

/** A process that was killed leaves its store behind, with the passwords in it. */
async function forgetAbandonedStores(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = /^(\d+)-/.exec(name.startsWith(storePrefix) ? name.slice(storePrefix.length) : "") ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined); // another user's
  }
}

function ownStore({ UV_CREDENTIALS_DIR, XDG_DATA_HOME }: NodeJS.ProcessEnv): string {
  return UV_CREDENTIALS_DIR || path.join(XDG_DATA_HOME || path.join(homedir(), ".local", "share"), "uv", "credentials");
}

function withoutCredentials(address: string, credentials: IndexCredentials[]): string {
  if (!URL.canParse(address) || !isStorable(address)) return address;
  const url = new URL(address);
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (!username || !password) return address;
  url.username = "";
  url.password = "";
  credentials.push({ url: url.href, username, password });
  return url.href;
}

/** A percent sign that was not escaped stands for itself. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}

/** `uv auth login` takes https, and http on this machine. */
function isStorable(address: string): boolean {
  return URL.canParse(address) && (new URL(address).protocol === "https:" || isLoopback(address));
}
