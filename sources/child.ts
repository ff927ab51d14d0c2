import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;
const MAX_ERROR_BYTES = 256 * 1024;

/** How a command is run. */
export interface ChildOptions {
  /** Its whole environment. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
  /** What it reads from its standard input. @default nothing */
  readonly input?: string | Buffer | undefined;
  /** After how many milliseconds it is killed, with its own children. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told each line that it says on standard error, as soon as it is whole. */
  readonly onErrorLine?: ((line: string) => void) | undefined;
}

/** How a command ended. */
export interface Ended {
  /** Undefined when it was killed. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Runs a command without a shell and holds what it prints. Failing is no error here: look at how it ended. */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<Ended & { readonly stdout: Buffer }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const ended = await streamChild(command, args, options, async (stdout) => {
    for await (const chunk of stdout) {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES)
        throw new Error(`${command} ${args[0]} printed more than ${MAX_OUTPUT_BYTES} bytes.`);
      chunks.push(chunk);
    }
  });
  return { ...ended, stdout: Buffer.concat(chunks) };
}

/**
 * Like `runChild`, for output that is read while it comes.
 *
 * @throws what `read` throws, after the command was killed; the signal's reason; an error with code ENOENT when there is no
 *   such command.
 */
export async function streamChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
  read: (stdout: Readable) => Promise<void>,
): Promise<Ended> {
  options.signal?.throwIfAborted();
  const { cwd, env } = options;
  // A group and a session of its own: a time-out ends its helpers too, and nothing can ask on a terminal.
  const child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const watch = new Watch(child, options);
  try {
    child.stdin.on("error", () => undefined); // it may end before it has read everything
    child.stdin.end(options.input ?? "");
    const [exitCode] = await Promise.all([watch.end, read(child.stdout)]);
    options.signal?.throwIfAborted();
    return { exitCode, stderr: watch.stderr(), timedOut: watch.timedOut };
  } catch (thrown) {
    watch.kill();
    options.signal?.throwIfAborted();
    if (watch.timedOut) return { exitCode: undefined, stderr: watch.stderr(), timedOut: true };
    throw thrown;
  } finally {
    watch.stop();
  }
}

/** Kills a child's whole group on time-out and abort, and keeps the start of what it says on standard error. */
class Watch {
  timedOut = false;
  /** The exit code, once all its output is there. */
  readonly end: Promise<number | undefined>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #signal: AbortSignal | undefined;
  readonly #errors: Buffer[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.kill();

  constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    { timeoutMs, signal, onErrorLine }: ChildOptions,
  ) {
    this.#child = child;
    this.#signal = signal;
    this.end = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? undefined));
    });
    let size = 0;
    child.stderr.on("data", (chunk: Buffer) => {
      if (size < MAX_ERROR_BYTES) this.#errors.push(chunk);
      size += chunk.length;
    });
    if (onErrorLine !== undefined) createInterface({ input: child.stderr }).on("line", onErrorLine);
    this.#timer = setTimeout(() => {
      this.timedOut = true;
      this.kill();
    }, timeoutMs);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  stderr(): string {
    return Buffer.concat(this.#errors).toString("utf8");
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The whole group is gone already.
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
