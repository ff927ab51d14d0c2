import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory } from "../../../tools/cache.ts";
import { isExecutable } from "../../../tools/executables.ts";
import { goBuild, goEnvironment, tellingProgress } from "../../../tools/go-build.ts";
import { installOnce } from "../../../tools/install-once.ts";
import { run } from "../../../tools/run.ts";
import { debianPackage } from "../../support/debian-package.ts";
import { goForCluster } from "../programs.ts";
import { baseImage, makeBaseImage } from "./base-image.ts";

/** What a node is run with, beside the cluster's programs: absolute paths. */
export interface NodePrograms {
  /** The folder of containerd, its client and its shims. */
  readonly containerd: string;
  readonly runc: string;
  /** The folder of the plugins that join pods to networks. */
  readonly plugins: string;
  readonly coredns: string;
  /** The base image, as a file. */
  readonly image: string;
}

const goFolder = fileURLToPath(new URL("../go/coredns", import.meta.url));

/**
 * The programs of a node: those of the cache, else Debian's packages, which are unpacked and not installed, and CoreDNS, which
 * is built there from a pinned Go module in 2 to 4 minutes.
 *
 * @throws UserError without Go
 */
export async function nodePrograms(onProgress: (line: string) => void): Promise<NodePrograms> {
  const go = goForCluster();
  const directory = path.join(cacheDirectory(), "cluster", `node-${await buildKey(go)}`);
  const made = { coredns: path.join(directory, "coredns"), image: path.join(directory, "base-image.tar") };
  const isComplete = () => isExecutable(made.coredns) && existsSync(made.image);
  const onWait = () => onProgress("Another process is building CoreDNS for tests; waiting for it.");
  const make = async (temporary: string) => {
    await makeBaseImage(path.join(temporary, "base-image.tar"));
    const output = path.join(temporary, "coredns");
    await tellingProgress("CoreDNS", onProgress, (onLine) =>
      goBuild({ go, folder: goFolder, main: "algorithm-conduit/cluster/coredns", output, linkerFlags: "", onLine }),
    );
  };
  await installOnce({ directory, isComplete, make, onWait });
  return {
    ...made,
    containerd: path.join(await debianPackage("containerd"), "usr", "bin"),
    runc: path.join(await debianPackage("runc"), "usr", "sbin", "runc"),
    plugins: path.join(await debianPackage("containernetworking-plugins"), "usr", "lib", "cni"),
  };
}

async function buildKey(go: string): Promise<string> {
  const goVersion = await run(go, ["env", "GOVERSION"], { cwd: goFolder });
  const hash = createHash("sha256").update(JSON.stringify([process.arch, goVersion, goEnvironment, baseImage]));
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(path.join(goFolder, file)));
  return hash.digest("hex").slice(0, 16);
}
