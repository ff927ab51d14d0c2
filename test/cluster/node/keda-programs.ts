import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";
import { type BuildPackage, builtOnce } from "../built-once.ts";
import { sourcesOf } from "../go-modules.ts";
import { kubectlPath } from "../programs.ts";
import { addProgram } from "./add-program.ts";
import { writeImage } from "./image-archive.ts";
import { kedaModule, kedaTriggers, makeKedaModule } from "./keda-module.ts";

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

/**
 * KEDA's images and manifests: those of the cache, else built there, which takes 4 to 10 minutes.
 *
 * @throws UserError without Go
 */
export async function kedaFiles(onProgress: (line: string) => void): Promise<KedaFiles> {
  const [images, manifests] = [kedaPrograms.map(({ file }) => `${file}.tar`), "manifests.yaml"];
  const make = async (folder: string, build: BuildPackage, go: string) => {
    const sources = await sourcesOf(go, "keda", kedaModule);
    const own = path.join(folder, "module");
    await mkdir(own);
    await makeKedaModule(own, sources, go);
    for (const { main, file, image } of kedaPrograms) {
      const program = path.join(folder, file);
      await build(`${kedaModule}/cmd/${main}`, program, own);
      // The user that KEDA's own images have.
      const properties = { name: `${image}:${kedaTag}`, entrypoint: [`/${file}`], user: "65532:65532" };
      await writeImage(path.join(folder, `${file}.tar`), properties, (root) => addProgram(root, file, program));
      await rm(program);
    }
    await rm(own, { recursive: true });
    await writeFile(path.join(folder, manifests), await renderedManifests(sources));
  };
  const files = [...images, manifests];
  const decisive = [kedaPrograms, kedaTag, kedaTriggers];
  const directory = await builtOnce({ module: "keda", what: "KEDA", decisive, files, make }, onProgress);
  const place = (name: string) => path.join(directory, name);
  return { images: images.map(place), manifests: place(manifests) };
}

/** Without its webhooks, which only refuse what the kinds' own rules do not. */
async function renderedManifests(sources: string): Promise<string> {
  return await run(await kubectlPath(), ["kustomize", path.join(sources, "config", "minimal")]);
}
