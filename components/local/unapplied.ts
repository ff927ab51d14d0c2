import type { Algorithm } from "../../registry/resolve.ts";
import type { Settings } from "../../registry/settings.ts";

/** What an entry asks for and the local platform does not do, in a word or two each. */
export function unappliedOnLocal(algorithm: Algorithm, settings: Settings | undefined): string[] {
  const lanes = algorithm.lanes.filter((lane) => lane.name !== "default");
  const words: [boolean, string][] = [
    [(settings?.gpu ?? 0) > 0, "gpu"],
    [algorithm.state !== undefined, "state"],
    [lanes.length > 0, `lanes ${lanes.map((lane) => lane.name).join(", ")}`],
    [algorithm.scaling.min > 1, "scaling"],
    [Object.keys(algorithm.secrets).length > 0, "secrets"],
    [algorithm.source.kind === "image", "image"],
  ];
  return words.flatMap(([applies, word]) => (applies ? [word] : []));
}
