import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { isInstalled } from "../../tools/command-name.ts";
import { packageFolder, packageVersion } from "../../tools/package.ts";
import { platformRepository, projectName } from "../init/platform-repository.ts";
import { shellWord } from "../shell-word.ts";
import { note } from "../terminal.ts";

/** Files that other tools write too, as `npm install` does: one that is there stays, and what it needs is told. */
const shared: Readonly<Record<string, string>> = {
  "package.json": "`package.json` is left as it is. Run `npm pkg set type=module`, which the project needs.",
  ".gitignore": "`.gitignore` is left as it is. Add `node_modules/`, `.conduit/` and `Pulumi.local.yaml` to it.",
};

/** `init --platform [FOLDER]`: a platform team's own repository, in a new folder or an existing one. Nothing is overwritten. */
export async function initPlatform(given = "."): Promise<number> {
  const folder = path.resolve(given);
  const files = Object.entries(platformRepository(projectName(path.basename(folder)), packageVersion));
  const present = files.map(([file]) => file).filter((file) => existsSync(path.join(folder, file)));
  const taken = present.filter((file) => !(file in shared)).map((file) => `\`${file}\``);
  if (taken.length > 0) {
    throw new UserError(`\`${folder}\` has ${taken.join(", ")} already. Choose another folder, or remove them.`);
  }
  await mkdir(folder, { recursive: true });
  const written = files.filter(([file]) => !present.includes(file));
  for (const [file, content] of written) await writeFile(path.join(folder, file), content);
  note(
    [
      `Wrote ${written.map(([file]) => `\`${file}\``).join(", ")}.`,
      ...present.map((file) => shared[file]),
      "Next, make it run, and write a first algorithm:",
      "",
      ...installation(given).map((command) => `    ${command}`),
      "    npx conduit up",
      "    npx conduit init word-count",
    ].join("\n"),
  );
  return 0;
}

/** A clone packs itself: it may be newer than what the registry of packages has. */
function installation(given: string): string[] {
  const here = path.resolve(given) === process.cwd();
  const enter = here ? [] : [`cd ${shellWord(given)}`];
  if (isInstalled) return [...enter, "npm install"];
  const clone = packageFolder === process.cwd() ? [] : [shellWord(packageFolder)];
  const destination = here ? [] : ["--pack-destination", shellWord(given)];
  return [
    ["npm", "pack", ...clone, ...destination].join(" "),
    ...enter,
    `npm install ./algorithm-conduit-${packageVersion}.tgz`,
  ];
}
