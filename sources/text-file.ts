import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { codeOf, UserError } from "../errors.ts";
import { printable } from "./nearest.ts";

/** Larger than any lock file, in bytes; what goes beyond is refused, so that no repository can take all memory. */
const LARGEST = 20 * 1024 * 1024;

/** A file's text; undefined when there is no such file. */
export async function readText(file: string): Promise<string | undefined> {
  return (await readBytes(file))?.toString("utf8");
}

/**
 * The text of a file that a researcher wrote; undefined when there is no such file.
 *
 * @throws UserError when it is not UTF-8, or too large.
 */
export async function readWrittenText(directory: string, name: string): Promise<string | undefined> {
  const file = path.resolve(directory, name);
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LARGEST) {
    throw new UserError(
      `\`${printable(name)}\` has ${Math.round(size / 1024 / 1024)} MB. Make it smaller: at most 20 MB are read.`,
    );
  }
  const bytes = await readBytes(file);
  if (bytes === undefined || isUtf8(bytes)) return bytes?.toString("utf8");
  const utf16 = ["fffe", "feff"].includes(bytes.subarray(0, 2).toString("hex"));
  const line = bytes.subarray(0, validLength(bytes)).toString("latin1").split("\n").length;
  throw new UserError(
    `\`${printable(name)}\` is not UTF-8 but ${utf16 ? "UTF-16" : `something else from line ${line} on`}. Save it as UTF-8.`,
  );
}

async function readBytes(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(thrown) ?? "")) return undefined;
    throw thrown;
  }
}

/** How many bytes at the start are UTF-8: what is before the first character that is none. */
function validLength(bytes: Buffer): number {
  return Buffer.byteLength(bytes.toString("utf8").split("\ufffd", 1)[0] ?? "");
}
