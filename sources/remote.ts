import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { redacted, UserError } from "../errors.ts";
import { git } from "./git.ts";
import { printable } from "./nearest.ts";

/** A repository that git can reach, with what a call of git to it may use. */
export interface Remote {
  /** What git is given. */
  readonly url: string;
  /** What users are shown: the URL without credentials. */
  readonly label: string;
  readonly protocols: readonly string[];
  /** Variables for calls that reach the network. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Reads the `git` field of a source.
 *
 * @param ssh The user's ssh command, asked for when the remote may need it.
 * @throws UserError for anything but https, ssh and local folders, and for a password inside the URL.
 */
export async function openRemote(
  address: string,
  projectDirectory: string,
  ssh: () => Promise<string> = sshCommand,
): Promise<Remote> {
  const { url, protocols } = parseAddress(address, projectDirectory);
  const environment = protocols.includes("ssh") ? { GIT_SSH_COMMAND: await ssh() } : {};
  return { url, label: redacted(url), protocols, environment };
}

/** Which URL and which protocols an address stands for. Pure, but for the look whether a local folder is there. */
export function parseAddress(address: string, projectDirectory: string): { url: string; protocols: readonly string[] } {
  if (/[\p{Cc}\s]/u.test(address) || address.startsWith("-") || address === "") throw refused(address);
  if (/^https:\/\//i.test(address)) return webAddress(address, ["https", "ssh"]);
  if (/^http:\/\//i.test(address) && isLoopback(address)) return webAddress(address, ["http"]);
  if (/^ssh:\/\/[^/-]/i.test(address)) return webAddress(address, ["https", "ssh"]);
  if (/^file:\/\/\//i.test(address)) return { url: address, protocols: ["file"] };
  if (/^[\w+.-]+:(:|\/\/)/.test(address)) throw refused(address);
  if (/^([\w.+-]+@)?[\w[][\w.:[\]-]*:[^:]/.test(address) && !/^[.~/]/.test(address)) {
    return { url: address, protocols: ["https", "ssh"] };
  }
  return localFolder(address, projectDirectory);
}

function webAddress(address: string, protocols: readonly string[]): { url: string; protocols: readonly string[] } {
  if (!URL.canParse(address)) throw refused(address);
  const { password, hostname, protocol } = new URL(address);
  // As written: of a host that is not ASCII, `hostname` is another spelling.
  if (hostname === "" || /^[a-z]+:\/\/([^/]*@)?-/i.test(address)) throw refused(address);
  if (password !== "" || (protocol !== "ssh:" && new URL(address).username.length > 39)) {
    throw new UserError(
      `\`git\` is \`${redacted(address)}\`, with a secret in the address. Leave it out, and give the credentials to git ` +
        "itself: a credential helper (`git help credentials`) or an ssh key.",
    );
  }
  return { url: address, protocols };
}

/** Whether an address is one of this machine's own. */
export function isLoopback(address: string): boolean {
  return URL.canParse(address) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);
}

function localFolder(address: string, projectDirectory: string): { url: string; protocols: readonly string[] } {
  const folder = path.resolve(projectDirectory, address);
  if (!existsSync(folder)) {
    throw new UserError(
      `\`git\` is \`${printable(address)}\`, which is read as a folder, and there is no \`${printable(folder)}\`. ` +
        "Give an https or ssh address, or the path of a repository on this machine.",
    );
  }
  return { url: pathToFileURL(folder).href, protocols: ["file"] };
}

function refused(address: string): UserError {
  return new UserError(
    `\`git\` is \`${redacted(printable(address))}\`, which is no address that Algorithm Conduit takes. Give ` +
      "`https://host/path`, `ssh://user@host/path`, `user@host:path`, or for development the path of a local repository.",
  );
}

/** The user's own ssh command, told never to ask. */
export async function sshCommand(signal?: AbortSignal): Promise<string> {
  const own = process.env.GIT_SSH_COMMAND || (await configuredSshCommand(signal)) || "ssh";
  return /^["']?(\S*\/)?ssh(\.exe)?["']?(\s|$)/.test(own) ? `${own} -o BatchMode=yes` : own;
}

async function configuredSshCommand(signal?: AbortSignal): Promise<string> {
  // `--default ""` makes an absent setting no error.
  return (await git(["config", "--default", "", "--get", "core.sshCommand"], { cwd: "/", signal })).toString().trim();
}
