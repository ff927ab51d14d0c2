import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";
import { debianPackage } from "../../support/debian-package.ts";

/** Makes Debian's base system with some packages in a folder that is not there. */
export async function makeDebianRoot(root: string, packages: readonly string[]): Promise<void> {
  const unpacked = await debianPackage("debootstrap");
  const args = ["--variant=minbase", `--include=${packages.join(",")}`, "bookworm", root];
  const DEBOOTSTRAP_DIR = path.join(unpacked, "usr", "share", "debootstrap");
  await run(path.join(unpacked, "usr", "sbin", "debootstrap"), args, { env: { ...process.env, DEBOOTSTRAP_DIR } });
  for (const name of ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/locale", "usr/share/man"]) {
    await rm(path.join(root, name), { recursive: true, force: true });
    await mkdir(path.join(root, name), { recursive: true });
  }
}
