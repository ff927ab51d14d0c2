import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { isName, nameRule } from "../../registry/names.ts";
import { commandName } from "../../tools/command-name.ts";
import { note } from "../terminal.ts";

/** `init NAME`: a runnable algorithm repository in a new folder NAME, and the registry entry that makes it live. */
export async function init(name: string): Promise<number> {
  if (!isName(name)) {
    throw new UserError(`\`${name}\` is not a name for an algorithm. ${nameRule()}`);
  }
  const folder = path.resolve(name);
  if (existsSync(folder)) throw new UserError(`\`${folder}\` exists already. Choose another name, or remove it.`);
  await mkdir(folder);
  for (const [file, content] of Object.entries(algorithmRepository(name))) {
    await writeFile(path.join(folder, file), content);
  }
  note(
    [
      `Wrote the algorithm repository \`${name}\`: its code is in ${moduleOf(name)}.py.`,
      `To make it live, add this to \`algorithms\` in \`algorithms.config.ts\`, then run \`${commandName} up\`:`,
      "",
      `    ${JSON.stringify(name)}: { namespace: "…", owner: "…", source: { path: ${JSON.stringify(name)} } },`,
      "",
      `Then: ${commandName} call ${name} '"hello"'`,
    ].join("\n"),
  );
  return 0;
}

function moduleOf(name: string): string {
  return name.replaceAll("-", "_");
}

/** The files of a new algorithm repository, by name. */
export function algorithmRepository(name: string): Record<string, string> {
  const module = moduleOf(name);
  return {
    [`${module}.py`]: `from dataclasses import dataclass

from temporalio import activity


@dataclass
class Result:
    words: int


@activity.defn
def ${module}(text: str) -> Result:
    return Result(words=len(text.split()))
`,
    "pyproject.toml": `[project]
name = "${name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["temporalio"]

# What the worker of this algorithm needs; all of it may be left out.
[tool.conduit]
cpu = "250m"
memory = "1Gi"

[tool.conduit.timeouts]
startToClose = "1m"
`,
    "README.md": `# ${name}

An algorithm as Temporal activities: \`${module}.py\`. Each commit that changes it goes live by itself.
`,
    ".gitignore": "__pycache__/\n.venv/\n",
  };
}
