import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cacheDirectory } from "../../tools/cache.ts";
import { goBuild, goEnvironment, tellingProgress } from "../../tools/go-build.ts";
import { installOnce } from "../../tools/install-once.ts";
import { run } from "../../tools/run.ts";
import { goModuleFolder } from "./go-modules.ts";
import { goForCluster } from "./programs.ts";

/**
 * Builds a main package into a file.
 *
 * @param folder Of the Go module. @default the one below `go`
 */
export type BuildPackage = (main: string, output: string, folder?: string) => Promise<void>;

/** What is built out of one of the Go modules below `go`. */
export interface Built {
  /** The module's folder, by which the one in the cache is named too. */
  readonly module: string;
  /** What people are told is being built. */
  readonly what: string;
  /** What decides the result besides the module. */
  readonly decisive: readonly unknown[];
  /** Which files are there when all of it is. */
  readonly files: readonly string[];
  /** Fills an empty folder, which is then moved. */
  readonly make: (directory: string, build: BuildPackage, go: string) => Promise<void>;
}

/**
 * Builds something out of a pinned Go module into the cache, once for each state of the module, and gives the folder.
 *
 * @throws UserError without Go
 */
export async function builtOnce(built: Built, onProgress: (line: string) => void): Promise<string> {
  const { module, what, files, make } = built;
  const go = goForCluster();
  const own = goModuleFolder(module);
  const directory = path.join(cacheDirectory(), "cluster", `${module}-${await buildKey(go, own, built.decisive)}`);
  const isComplete = () => files.every((name) => existsSync(path.join(directory, name)));
  const onWait = () => onProgress(`Another process is building ${what} for tests; waiting for it.`);
  const makeAll = (temporary: string) =>
    tellingProgress(what, onProgress, (onLine) => {
      const build: BuildPackage = (main, output, folder = own) =>
        goBuild({ go, folder, main, output, linkerFlags: "", onLine });
      return make(temporary, build, go);
    });
  await installOnce({ directory, isComplete, make: makeAll, onWait });
  return directory;
}

async function buildKey(go: string, folder: string, decisive: readonly unknown[]): Promise<string> {
  const goVersion = await run(go, ["env", "GOVERSION"], { cwd: folder });
  const hash = createHash("sha256").update(JSON.stringify([process.arch, goVersion, goEnvironment, decisive]));
  for (const name of readdirSync(folder).toSorted()) hash.update(readFileSync(path.join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
