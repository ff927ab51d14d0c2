import path from "node:path";
import { fileURLToPath } from "node:url";

/** How people call the command line, for every text that tells them to: `npx conduit` of an installed package, else `./conduit`. */
export const commandName = commandNameOf(fileURLToPath(import.meta.url));

/** @param file A file of this package, where it lies. */
export function commandNameOf(file: string): string {
  return file.split(path.sep).includes("node_modules") ? "npx conduit" : "./conduit";
}
