import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { codeOf } from "../../errors.ts";

/** A disk of its own, in memory. */
export interface SmallDisk {
  /** Leaves no byte free. */
  readonly fill: () => void;
  readonly free: () => void;
  readonly remove: () => void;
}

/** Mounts one at a folder; undefined where this process may not: only root may, and not in every container. */
export function mountSmallDisk(place: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(place, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", place], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const filler = path.join(place, "filler");
  return {
    fill: () => fillWith(filler),
    free: () => rmSync(filler, { force: true }),
    remove: () => execFileSync("umount", ["--lazy", place]),
  };
}

function fillWith(filler: string): void {
  const file = openSync(filler, "w");
  try {
    for (let size = 1024 * 1024; size > 0; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (thrown) {
        if (codeOf(thrown) !== "ENOSPC") throw thrown;
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
