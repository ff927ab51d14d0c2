import { type GitCall, git, gitStream } from "./git.ts";

/** Those of the given objects that are not there. */
export async function missingObjects(call: GitCall, ids: readonly string[]): Promise<string[]> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return [];
  const input = unique.map((id) => `${id}\n`).join("");
  const output = await git(["cat-file", "--batch-check", "--buffer"], { ...call, input });
  return [...output.toString().matchAll(/^([0-9a-f]{40}) missing$/gm)].map(([, id]) => id ?? "");
}

/** One object as it comes out of git. */
export interface Blob {
  /** Its place in the list that was asked for. */
  readonly index: number;
  /** In bytes. */
  readonly size: number;
  /** Its content, in pieces; it must be read to its end. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** Reads objects one after the other, in one process and without holding them in memory. */
export async function readBlobs(
  call: GitCall,
  ids: readonly string[],
  take: (blob: Blob) => Promise<void>,
): Promise<void> {
  if (ids.length === 0) return;
  const input = ids.map((id) => `${id}\n`).join("");
  await gitStream(["cat-file", "--batch", "--buffer"], { ...call, input, timeoutMs: 10 * 60_000 }, async (stdout) => {
    const reader = new Reader(stdout);
    for (const [index, id] of ids.entries()) {
      const header = await reader.line();
      const [, size] = new RegExp(`^${id} blob (\\d+)$`).exec(header) ?? [];
      if (size === undefined) throw new Error(`git cat-file printed \`${header}\` for ${id}.`);
      await take({ index, size: Number(size), pieces: reader.take(Number(size)) });
      await reader.line();
    }
  });
}

/** Takes lines and counted bytes from a stream. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end >= 0) {
        const line = this.#rest.subarray(0, end).toString("latin1");
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
    }
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0) this.#rest = await this.#next();
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#source.next();
    if (done) throw new Error("git cat-file ended early.");
    return value;
  }
}
