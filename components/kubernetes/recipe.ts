import type { Recipe } from "../../sources/version.ts";
import { imageRecipe } from "./image-recipe.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";

/**
 * What the platform on Kubernetes adds to the recipe of every version: a change of it is a new version of every algorithm.
 *
 * @param contextDigest Digest of what images of ours are built from (`workerImageContext()`).
 */
export function kubernetesRecipe({ images }: Pick<KubernetesStackSettings, "images">, contextDigest: string): Recipe {
  return { platform: "kubernetes", ...imageRecipe(images, contextDigest) };
}
