import type { Algorithm } from "../../registry/resolve.ts";
import type { Settings } from "../../registry/settings.ts";

/** Whether the local platform can run an algorithm at all: a container image it cannot. */
export function runsOnLocal({ source }: Algorithm): boolean {
  return source.kind !== "image";
}

/** What an entry asks for and the local platform does not do, in a word or two each. */
export function unappliedOnLocal(entry: Algorithm, settings: Settings | undefined): string[] {
  const lanes = entry.lanes.filter((lane) => lane.name !== "default");
  const words: [boolean, string][] = [
    [!runsOnLocal(entry), "source.image"],
    [(settings?.gpu ?? 0) > 0, "gpu"],
    [entry.state !== undefined, "state"],
    [lanes.length > 0, `lanes (${lanes.map((lane) => lane.name).join(", ")})`],
    [entry.scaling.min > 1, "scaling"],
    [entry.rollout === "replace", "rollout"],
    [Object.keys(entry.secrets).length > 0, "secrets"],
    [Object.keys(entry.identity.annotations).length > 0, "identity"],
  ];
  return words.flatMap(([applies, word]) => (applies ? [word] : []));
}
