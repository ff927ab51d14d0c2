import path from "node:path";
import { packageFolder } from "./package.ts";

/** Whether this is an installed package; else it is a clone. */
export const isInstalled = isInstalledAt(packageFolder);

/** How people call the command line, for every text that tells them to. */
export const commandName = isInstalled ? "npx conduit" : "./conduit";

/** @param folder Where the package lies. */
export function isInstalledAt(folder: string): boolean {
  return folder.split(path.sep).includes("node_modules");
}
