import { shortHash } from "../../sources/lock.ts";
import type { GitRelease } from "../../sources/release-source.ts";
import type { Recipe } from "../../sources/version.ts";
import { algorithmDockerfile, workerBaseDockerfile } from "./dockerfile.ts";
import type { ImagesSettings } from "./image-settings.ts";

/**
 * What the platform on Kubernetes adds to the recipe of every version: with another registry, another base, another
 * platform or another template, all algorithms get a new version.
 *
 * @param context Digest over what the worker base image is built from.
 */
export function kubernetesRecipe(images: ImagesSettings, context: string): Recipe {
  const { secrets, registry = "", platforms } = images;
  const samples = [[], ["shared"]].map((include) =>
    algorithmDockerfile({ algorithm: "", base: "", secrets, source: sample(include) }),
  );
  const decides = [workerBaseDockerfile("", images), samples, registry, platforms];
  return { platform: "kubernetes", runtime: context, image: shortHash(JSON.stringify(decides), 16) };
}

function sample(include: string[]): Pick<GitRelease, "subdir" | "include" | "requires"> {
  return { subdir: "a", include, requires: { kind: "uv.lock", files: ["uv.lock"], localPackages: [] } };
}
