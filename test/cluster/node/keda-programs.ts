import { chmod, copyFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { goEnvironment } from "../../../tools/go-build.ts";
import { run } from "../../../tools/run.ts";
import { type BuildPackage, builtOnce } from "../built-once.ts";
import { kubectlPath } from "../programs.ts";
import { writeImage } from "./image-archive.ts";

/** KEDA as files: its images, and its manifests as it publishes them. */
export interface KedaFiles {
  readonly images: readonly string[];
  readonly manifests: string;
}

/** KEDA's two programs: the package of each, its place in its image, and its image's name in KEDA's manifests. */
export const kedaPrograms = [
  { main: "operator", file: "keda", image: "ghcr.io/kedacore/keda" },
  { main: "adapter", file: "keda-adapter", image: "ghcr.io/kedacore/keda-metrics-apiserver" },
] as const;

/** The tag of KEDA's images here: whatever they are, no registry has it. */
export const kedaTag = "built-here";

const module = z.object({ Dir: z.string() });

/**
 * KEDA's images and manifests: those of the cache, else built there, which takes 7 to 20 minutes.
 *
 * @throws UserError without Go
 */
export async function kedaFiles(onProgress: (line: string) => void): Promise<KedaFiles> {
  const [images, manifests] = [kedaPrograms.map(({ file }) => `${file}.tar`), "manifests.yaml"];
  const make = async (folder: string, build: BuildPackage, moduleFolder: string, go: string) => {
    for (const { main, file, image } of kedaPrograms) {
      const program = path.join(folder, file);
      await build(`github.com/kedacore/keda/v2/cmd/${main}`, program);
      // The user that KEDA's own images have.
      const properties = { name: `${image}:${kedaTag}`, entrypoint: [`/${file}`], user: "65532:65532" };
      await writeImage(path.join(folder, `${file}.tar`), properties, async (root) => {
        await copyFile(program, path.join(root, file));
        await chmod(path.join(root, file), 0o755);
      });
      await rm(program);
    }
    await writeFile(path.join(folder, manifests), await renderedManifests(go, moduleFolder));
  };
  const files = [...images, manifests];
  const decisive = [kedaPrograms, kedaTag];
  const directory = await builtOnce({ module: "keda", what: "KEDA", decisive, files, make }, onProgress);
  const place = (name: string) => path.join(directory, name);
  return { images: images.map(place), manifests: place(manifests) };
}

/** Without its webhooks, which only refuse what the kinds' own rules do not. */
async function renderedManifests(go: string, moduleFolder: string): Promise<string> {
  const answer = await run(go, ["list", "-m", "-json", "github.com/kedacore/keda/v2"], {
    cwd: moduleFolder,
    env: { ...process.env, ...goEnvironment },
  });
  return await run(await kubectlPath(), [
    "kustomize",
    path.join(module.parse(JSON.parse(answer)).Dir, "config", "minimal"),
  ]);
}
