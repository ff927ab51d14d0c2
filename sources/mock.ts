import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../errors.ts";
import { exists, inTemporaryFolder } from "./cache-place.ts";
import { printable } from "./nearest.ts";
import { MOCK_COMMIT, type ResolvedSource, type SourceOptions } from "./types.ts";

/**
 * Puts a mock into a folder of its own in the cache: only that one file, so that nothing beside it is found or imported.
 *
 * @param file Relative to the project, or absolute.
 * @throws UserError when it is not one Python file.
 */
export async function resolveMock(file: string, options: SourceOptions): Promise<ResolvedSource> {
  const place = path.resolve(options.projectDirectory, file);
  const status = await stat(place).catch(() => undefined);
  if (status === undefined || !status.isFile() || !place.endsWith(".py")) {
    const what = status === undefined ? "is not there" : "is not one Python file";
    throw new UserError(
      `\`mock\` is \`${printable(file)}\`, and \`${printable(place)}\` ${what}. Give the path of a \`.py\` file.`,
    );
  }
  const content = await readFile(place);
  const name = path.basename(place);
  const key = createHash("sha256")
    .update(JSON.stringify([name]))
    .update(content)
    .digest("hex")
    .slice(0, 40);
  const directory = path.join(options.cache, "checkouts", key);
  if (!(await exists(directory))) {
    await inTemporaryFolder(directory, (temporary) => writeFile(path.join(temporary, name), content));
  }
  return { commit: MOCK_COMMIT, committedAt: undefined, tree: blobId(content).slice(0, 12), dirty: false, directory };
}

/** What git calls a file with this content. */
function blobId(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
