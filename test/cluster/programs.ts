import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../errors.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { findExecutable, isExecutable } from "../../tools/executables.ts";
import { goBuild, goEnvironment, tellingProgress } from "../../tools/go-build.ts";
import { installOnce } from "../../tools/install-once.ts";
import { run } from "../../tools/run.ts";
import { debianPackage } from "../support/debian-package.ts";
import { copyForeignDefinitions, definitionModules } from "./foreign-definitions.ts";

/** What a cluster is run with: absolute paths. */
export interface Programs {
  /** All of Kubernetes; its first argument names the component. */
  readonly kubernetes: string;
  /** The same under another name. */
  readonly kubectl: string;
  readonly kwok: string;
  readonly etcd: string;
  /** The folder of the foreign custom resource definitions, as YAML files. */
  readonly definitions: string;
}

const goFolder = fileURLToPath(new URL("go", import.meta.url));
const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)/.exec(
  readFileSync(path.join(goFolder, "kubernetes", "go.mod"), "utf8"),
);
const versionVariables = { gitVersion: version?.[1], gitMajor: version?.[2], gitMinor: version?.[3] };
const linkerFlags = Object.entries(versionVariables)
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(" ");

/**
 * The programs of a cluster: those of the cache, else built there from pinned Go modules, which takes 4 to 10 minutes.
 *
 * @throws UserError without Go
 */
export async function clusterPrograms(onProgress: (line: string) => void): Promise<Programs> {
  const go = goForCluster();
  const directory = path.join(cacheDirectory(), "cluster", await buildKey(go));
  const programs = programsIn(directory);
  const isComplete = () =>
    [programs.kubernetes, programs.kubectl, programs.kwok, programs.etcd].every(isExecutable) &&
    existsSync(programs.definitions);
  const onWait = () => onProgress("Another process is building Kubernetes for tests; waiting for it.");
  await installOnce({ directory, isComplete, make: (temporary) => build(go, temporary, onProgress), onWait });
  return programs;
}

/**
 * The path of Go.
 *
 * @throws UserError when it is not on the PATH
 */
export function goForCluster(): string {
  const go = findExecutable("go");
  if (go !== undefined) return go;
  throw new UserError("Kubernetes is built from its source for tests, and `go` is not on the PATH. Install Go.");
}

/** The path of a `kubectl` of the cluster's own version, named so: its folder may be put on a PATH. */
export async function kubectlPath(onProgress: (line: string) => void = () => undefined): Promise<string> {
  return (await clusterPrograms(onProgress)).kubectl;
}

function programsIn(directory: string): Programs {
  const program = (name: string) => path.join(directory, "bin", name);
  const definitions = path.join(directory, "definitions");
  const [kubernetes, kubectl] = [program("kubernetes"), program("kubectl")];
  return { kubernetes, kubectl, kwok: program("kwok"), etcd: program("etcd"), definitions };
}

async function buildKey(go: string): Promise<string> {
  const goVersion = await run(go, ["env", "GOVERSION"], { cwd: goFolder });
  const decisive = [process.arch, goVersion, goEnvironment, linkerFlags, definitionModules];
  const hash = createHash("sha256").update(JSON.stringify(decisive));
  for (const file of ["kubernetes/go.mod", "kubernetes/go.sum", "kubernetes/main.go", "kwok/go.mod", "kwok/go.sum"]) {
    hash.update(readFileSync(path.join(goFolder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function build(go: string, directory: string, onProgress: (line: string) => void): Promise<void> {
  onProgress(
    `Kubernetes ${version?.[1]} is built from its source with Go, for tests. About 1,800 packages are compiled, which ` +
      "takes several minutes; this is done once, and the result is kept.",
  );
  const programs = programsIn(directory);
  await mkdir(path.dirname(programs.etcd), { recursive: true });
  await copyFile(path.join(await debianPackage("etcd-server"), "usr", "bin", "etcd"), programs.etcd);
  await copyForeignDefinitions(go, programs.definitions);
  const part = (name: string) => ({ go, folder: path.join(goFolder, name) });
  const main = "sigs.k8s.io/kwok/cmd/kwok";
  await tellingProgress("Kubernetes", onProgress, async (onLine) => {
    const kubernetes = { main: "algorithm-conduit/cluster/kubernetes", output: programs.kubernetes, linkerFlags };
    await goBuild({ ...part("kubernetes"), ...kubernetes, onLine });
    await symlink(path.basename(programs.kubernetes), programs.kubectl);
    await goBuild({ ...part("kwok"), main, output: programs.kwok, linkerFlags: "", onLine });
  });
}
