import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { UserError } from "../errors.ts";
import { type ChildOptions, type Ended, runChild, streamChild } from "./child.ts";

const DEFAULT_TIMEOUT_MS = 60_000;

/** How one call of git is made. */
export interface GitCall {
  /** The working directory, when it matters. */
  readonly cwd?: string | undefined;
  /** Variables such as GIT_DIR; all other GIT_* variables of this process are dropped. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** The protocols that this call may use. @default none, so a call cannot reach the network unless it says so */
  readonly protocols?: readonly string[] | undefined;
  /** What git reads from its standard input. @default nothing */
  readonly input?: string | Buffer | undefined;
  /** After how many milliseconds git and its children are killed. @default 60000 */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** git ended with an error, was stopped or ran out of time. What it says goes to users through `explainGitFailure`. */
export class GitFailure extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | undefined,
    readonly stderr: string,
    readonly timedOut: boolean,
  ) {
    super(`git ${command} failed${timedOut ? " (time-out)" : ""}: ${stderr.trim()}`);
  }
}

/**
 * Runs git and gives its standard output. No shell, no prompts, no hooks, no protocols but those named.
 *
 * @throws GitFailure when git exits with anything but 0; UserError when there is no git.
 */
export async function git(args: readonly string[], call: GitCall = {}): Promise<Buffer> {
  return await running(args, call, async (all, options) => {
    const { stdout, ...ended } = await runChild("git", all, options);
    return { ended, result: stdout };
  });
}

/** Like `git`, for output that is read while it comes. What `read` throws ends git and is thrown on. */
export async function gitStream(
  args: readonly string[],
  call: GitCall,
  read: (stdout: Readable) => Promise<void>,
): Promise<void> {
  return await running(args, call, async (all, options) => {
    return { ended: await streamChild("git", all, options, read), result: undefined };
  });
}

async function running<T>(
  args: readonly string[],
  call: GitCall,
  run: (args: readonly string[], options: ChildOptions) => Promise<{ ended: Ended; result: T }>,
): Promise<T> {
  const { environment = {}, protocols = [], timeoutMs = DEFAULT_TIMEOUT_MS, ...options } = call;
  const env = gitEnvironment(process.env, protocols, environment);
  try {
    const { ended, result } = await run([...SAFE_CONFIGURATION, ...args], { ...options, env, timeoutMs });
    if (ended.exitCode === 0 && !ended.timedOut) return result;
    throw new GitFailure(args.join(" "), ended.exitCode, ended.stderr, ended.timedOut);
  } catch (thrown) {
    throw isMissing(thrown, call) ? gitIsMissing() : thrown;
  }
}

/** What a repository, a server or the user's own settings must not change about our calls. */
const SAFE_CONFIGURATION: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.askPass=",
  "core.splitIndex=false",
  "protocol.ext.allow=never",
  "protocol.version=2",
  "gc.auto=0",
  "maintenance.auto=false",
  "fetch.writeCommitGraph=false",
  "submodule.recurse=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=30",
].flatMap((setting) => ["-c", setting]);

/** Variables with which users hand git its configuration and keys; every other GIT_* variable is dropped. */
const KEPT = /^GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|SSL_\w+|SSH_COMMAND|EXEC_PATH)$/;

/** The environment of one call of git: the user's own, without what could redirect git or make it ask. */
export function gitEnvironment(
  user: NodeJS.ProcessEnv,
  protocols: readonly string[],
  extra: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const kept = Object.entries(user).filter(([name]) => !name.startsWith("GIT_") || KEPT.test(name));
  const { SSH_ASKPASS: _, LANGUAGE: __, ...environment } = Object.fromEntries(kept);
  return {
    ...environment,
    LC_ALL: "C", // we read git's messages
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: protocols.length > 0 ? protocols.join(":") : "none",
    ...extra,
  };
}

function isMissing(thrown: unknown, call: GitCall): boolean {
  const missing = thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" && "syscall" in thrown;
  // A working directory that is not there gives the same error.
  return missing && String(thrown.syscall).startsWith("spawn") && (call.cwd === undefined || existsSync(call.cwd));
}

function gitIsMissing(): UserError {
  return new UserError("`git` is not on the PATH. Install git 2.30 or later (https://git-scm.com) and run this again.");
}
