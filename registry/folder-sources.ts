import { UserError } from "../errors.ts";
import { isFolderAddress } from "./locations.ts";
import type { Algorithm, Registry } from "./resolve.ts";
import { placeInRegistry, shown } from "./wording.ts";

/**
 * Sees to it that folders of this machine are sources only where workers run on it too: elsewhere what goes live would
 * depend on who deploys.
 *
 * @param platform Where the stack's workers run.
 * @throws UserError naming each source that is a folder.
 */
export function refuseFolderSources({ algorithms }: Registry, platform: string): void {
  if (platform === "local") return;
  const problems = algorithms.flatMap((algorithm) => {
    const [field, address] = folderOf(algorithm);
    if (field === undefined) return [];
    const place = placeInRegistry(["algorithms", algorithm.name, "source", field]);
    return [`${place} is ${shown(address)}, a folder of this machine. Give an https or ssh address.`];
  });
  if (problems.length === 0) return;
  throw new UserError(
    `On the platform \`${platform}\`, sources cannot be folders of the machine that deploys.`,
    problems,
  );
}

function folderOf({ source }: Algorithm): ["git" | "path", string] | [undefined] {
  if (source.kind === "path") return ["path", source.path];
  return source.kind === "git" && isFolderAddress(source.git) ? ["git", source.git] : [undefined];
}
