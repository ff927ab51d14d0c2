import path from "node:path";
import { debianPackage, hasDebianPackages } from "./debian-package.ts";

/** Whether the real recordings can be had: they are a package of Debian's. */
export const hasRecordings = hasDebianPackages;

/** The folder of Debian's package of spoken test phrases (real voices). */
export async function recordings(): Promise<string> {
  return path.join(await debianPackage("pocketsphinx-testdata"), "usr", "share", "pocketsphinx", "test", "data");
}
