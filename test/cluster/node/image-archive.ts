import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../../tools/run.ts";

/** An image, besides what is in it. */
export interface Image {
  /** With the registry and the tag. */
  readonly name: string;
  /** What a pod runs that names no command; its arguments are added. */
  readonly entrypoint: readonly string[];
  /** The numbers of its user and group, as `65532:65532`. @default root */
  readonly user?: string;
  /** Where it starts. @default the root */
  readonly workingDirectory?: string;
  /** What it is asked to end with. @default SIGTERM */
  readonly stopSignal?: string;
}

/** Go's names of the architectures that Node names otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64" };

/**
 * Writes an image of one layer as a file in the form of `docker save`, which every container runtime takes.
 *
 * @param fill Fills the folder that is the image's root.
 */
export async function writeImage(archive: string, image: Image, fill: (root: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "conduit-image-"));
  try {
    const root = path.join(folder, "root");
    await mkdir(root);
    await chmod(root, 0o755);
    await fill(root);
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    await run("tar", [...same, "-C", root, "-cf", path.join(folder, "layer.tar"), "."]);
    const layer = createHash("sha256")
      .update(await readFile(path.join(folder, "layer.tar")))
      .digest("hex");
    const { entrypoint, user = "", workingDirectory, stopSignal } = image;
    const configuration = {
      architecture: architectures[process.arch] ?? process.arch,
      os: "linux",
      config: { Entrypoint: entrypoint, User: user, WorkingDir: workingDirectory, StopSignal: stopSignal },
      rootfs: { type: "layers", diff_ids: [`sha256:${layer}`] },
    };
    const manifest = [{ Config: "config.json", RepoTags: [image.name], Layers: ["layer.tar"] }];
    await writeFile(path.join(folder, "config.json"), JSON.stringify(configuration));
    await writeFile(path.join(folder, "manifest.json"), JSON.stringify(manifest));
    await run("tar", ["-C", folder, "-cf", archive, "manifest.json", "config.json", "layer.tar"]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
