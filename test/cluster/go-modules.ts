import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { goEnvironment } from "../../tools/go-build.ts";
import { run } from "../../tools/run.ts";

/** The folder of one of the Go modules from which programs for tests are built. */
export function goModuleFolder(name: string): string {
  return fileURLToPath(new URL(`go/${name}`, import.meta.url));
}

/**
 * The version at which one of them has another module, as `v1.2.3`.
 *
 * @throws Error when it does not have it
 */
export function pinnedVersion(name: string, module: string): string {
  const lines = readFileSync(path.join(goModuleFolder(name), "go.mod"), "utf8").split("\n");
  const version = lines.map((line) => line.trim().split(" ")).find(([first]) => first === module)?.[1];
  if (version === undefined) throw new Error(`The Go module \`${name}\` has no \`${module}\`.`);
  return version;
}

const listed = z.object({ Dir: z.string() });

/** Where the files of another module are that one of them has. */
export async function sourcesOf(go: string, name: string, module: string): Promise<string> {
  const env = { ...process.env, ...goEnvironment };
  // It may not be on this machine yet, which `go list` does not mind.
  const answer = await run(go, ["mod", "download", "-json", module], { cwd: goModuleFolder(name), env });
  return listed.parse(JSON.parse(answer)).Dir;
}
