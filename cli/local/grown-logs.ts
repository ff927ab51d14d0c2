import { open } from "node:fs/promises";
import { sizeOf } from "../../providers/conduit/local/logs.ts";

/** How long each log is now. */
export async function sizesOf(files: readonly string[]): Promise<Map<string, number>> {
  return new Map(await Promise.all(files.map(async (file) => [file, await sizeOf(file)] as const)));
}

/** What was added since the positions, which move on. A log that was rotated starts anew. */
export async function additions(files: readonly string[], positions: Map<string, number>): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      const size = await sizeOf(file);
      const known = positions.get(file) ?? 0;
      const from = size < known ? 0 : known;
      if (size === from) return "";
      const handle = await open(file);
      try {
        const { buffer } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
        const end = buffer.lastIndexOf("\n") + 1;
        positions.set(file, from + end);
        return buffer.subarray(0, end).toString("utf8");
      } finally {
        await handle.close();
      }
    }),
  );
}
