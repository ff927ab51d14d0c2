import path from "node:path";
import { debianPackage } from "../../support/debian-package.ts";
import { builtOnce } from "../built-once.ts";
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

/**
 * The programs of a node: those of the cache, else Debian's packages, which are unpacked and not installed, and CoreDNS, which
 * is built there in 2 to 4 minutes.
 *
 * @throws UserError without Go
 */
export async function nodePrograms(onProgress: (line: string) => void): Promise<NodePrograms> {
  const [coredns, image] = ["coredns", "base-image.tar"];
  const what = { module: "coredns", what: "CoreDNS", decisive: [baseImage], files: [coredns, image] };
  const directory = await builtOnce(
    {
      ...what,
      make: async (folder, build) => {
        await makeBaseImage(path.join(folder, image));
        await build("algorithm-conduit/cluster/coredns", path.join(folder, coredns));
      },
    },
    onProgress,
  );
  return {
    coredns: path.join(directory, coredns),
    image: path.join(directory, image),
    containerd: await containerdPrograms(),
    runc: path.join(await debianPackage("runc"), "usr", "sbin", "runc"),
    plugins: path.join(await debianPackage("containernetworking-plugins"), "usr", "lib", "cni"),
  };
}

/** The folder of containerd and its client. */
export async function containerdPrograms(): Promise<string> {
  return path.join(await debianPackage("containerd"), "usr", "bin");
}
