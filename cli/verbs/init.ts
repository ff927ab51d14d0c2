import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { isName, nameRule } from "../../registry/names.ts";
import { runtimeRequirements } from "../../runtime/worker-runtime.ts";
import { findUpward, registryFile } from "../../stacks/project.ts";
import { commandName } from "../../tools/command-name.ts";
import { algorithmRepository } from "../init/algorithm-repository.ts";
import { note } from "../terminal.ts";

/** `init NAME`: a runnable algorithm repository in a new folder NAME, and the registry entry that makes it live. */
export async function init(name: string): Promise<number> {
  if (!isName(name)) {
    throw new UserError(`\`${name}\` is not a name for an algorithm. ${nameRule()}`);
  }
  if ((await workerPackages()).includes(name)) {
    throw new UserError(`\`${name}\` is a Python package that every worker needs. Choose another name.`);
  }
  const folder = path.resolve(name);
  if (existsSync(folder)) throw new UserError(`\`${folder}\` exists already. Choose another name, or remove it.`);
  await mkdir(folder);
  for (const [file, content] of Object.entries(algorithmRepository(name))) {
    await writeFile(path.join(folder, file), content);
  }
  const root = findUpward(".", registryFile);
  const source = JSON.stringify(root === undefined ? folder : path.relative(root, folder));
  note(
    [
      `Wrote the algorithm repository \`${name}\`: its code is in \`${path.join(name, "activities.py")}\`.`,
      `To make it live, add this to \`algorithms\` in \`${registryFile}\`, then run \`${commandName} up\`:`,
      "",
      `    ${JSON.stringify(name)}: { namespace: "…", owner: "…", source: { path: ${source} } },`,
      "",
      `Then: ${commandName} call ${name} '"hello"'`,
    ].join("\n"),
  );
  return 0;
}

/** A project of such a name would depend on itself. */
async function workerPackages(): Promise<string[]> {
  const requirements = await readFile(runtimeRequirements, "utf8");
  return ["algorithm-conduit", ...[...requirements.matchAll(/^([-a-z0-9]+)==/gm)].map(([, name]) => name ?? "")];
}
