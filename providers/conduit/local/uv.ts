import { existsSync } from "node:fs";
import { codeOf, UserError } from "../../../errors.ts";
import { runChild } from "../../../sources/child.ts";
import { namedIndexes, pipIndexes } from "./uv-configuration.ts";
import { separateCredentials, withStoredCredentials } from "./uv-credentials.ts";

const TIMEOUT_MS = 20 * 60_000;

/** uv ended with an error. */
export class UvFailure extends Error {
  constructor(
    readonly args: readonly string[],
    readonly stderr: string,
    readonly timedOut: boolean,
  ) {
    super(`uv ${args.join(" ")} failed${timedOut ? " (time-out)" : ""}: ${stderr.trim()}`);
  }
}

/** How uv is run. */
export interface UvCall {
  /** The path of uv. */
  readonly uv: string;
  /** Whose `[tool.uv]` counts. */
  readonly cwd: string;
  /** Variables beside the user's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told of what takes long: a big download, a build. */
  readonly onProgress?: ((what: string) => void) | undefined;
}

/**
 * Runs uv and gives what it prints. Builds of packages run in it, so it sees no variable that it does not
 * need, and gets the passwords of package indexes from a file.
 *
 * @throws UvFailure when it exits with anything but 0.
 */
export async function runUv(
  args: readonly string[],
  { uv, cwd, environment, signal, onProgress }: UvCall,
): Promise<string> {
  const user = { ...uvEnvironment(process.env), ...(await pipIndexes(process.env)) };
  const { variables, credentials } = separateCredentials(user, await namedIndexes(cwd, process.env));
  const all = ["--no-progress", "--color", "never", ...args];
  const onErrorLine = (line: string) => {
    const step = longStep(line);
    if (step !== undefined) onProgress?.(step);
  };
  try {
    const run = (store: Readonly<Record<string, string>>) => {
      const env = { ...variables, ...store, ...environment };
      return runChild(uv, all, { env, cwd, timeoutMs: TIMEOUT_MS, signal, onErrorLine });
    };
    const { exitCode, stdout, stderr, timedOut } = await withStoredCredentials(
      credentials,
      { uv, env: variables },
      run,
    );
    if (exitCode === 0 && !timedOut) return stdout.toString("utf8");
    throw new UvFailure(args, withoutProgress(stderr), timedOut);
  } catch (thrown) {
    // A working directory that is not there gives the same error.
    if (codeOf(thrown) === "ENOENT" && existsSync(cwd))
      throw new UserError(`\`uv\` is not at \`${uv}\` any more. Run this again.`);
    throw thrown;
  }
}

/** The download or build that a line of uv tells of: `downloading numpy (16.1MiB)`. */
export function longStep(line: string): string | undefined {
  const [, doing, what] = line.match(/^ *(Downloading|Building) (.+)$/) ?? [];
  return doing === undefined ? undefined : `${doing.toLowerCase()} ${what}`;
}

/** What uv says but for its progress. */
export function withoutProgress(said: string): string {
  return said.replace(
    /^ *(Using Python|Resolved|Prepared|Installed|Uninstalled|Audited|Downloading|Downloaded|Building|Built) .*\n?/gm,
    "",
  );
}

/** What a package manager and the compilers that it calls may need of a user's environment; no keys of a deployer. */
const NEEDED = new RegExp(
  `^(${[
    "PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TZ|LANG|LC_\\w+|XDG_\\w+|NETRC",
    "UV_\\w+|PYENV_\\w+|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY",
    "SSH_AUTH_SOCK|GIT_SSH_COMMAND|GIT_SSL_\\w+|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)",
    "CC|CXX|FC|AR|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|LD_LIBRARY_PATH|LIBRARY_PATH|CPATH|PKG_CONFIG_PATH|CUDA_\\w+",
    "SDKROOT|DEVELOPER_DIR|MACOSX_DEPLOYMENT_TARGET|DYLD_LIBRARY_PATH|JAVA_HOME|CARGO_HOME|RUSTUP_HOME",
  ].join("|")})$`,
);

/** Variables of uv that would send it to another project, interpreter or place than ours. */
const REDIRECTING =
  /^UV_(PROJECT|PROJECT_ENVIRONMENT|WORKING_DIR\w*|PYTHON|SYSTEM_PYTHON|CONSTRAINT|OVERRIDE|REQUIRE_HASHES|FROZEN|LOCKED|NO_SYNC|ENV_FILE|EXTRA|GROUP|NO_DEFAULT_GROUPS|VENV_\w+)$/;

/** The environment of uv and of the builds in it. */
export function uvEnvironment(user: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(user).filter(([name]) => NEEDED.test(name) && !REDIRECTING.test(name));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: "0" };
}
