import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { projectRoot } from "../../stacks/project.ts";
import { temporaryFolder } from "../support/folders.ts";

async function project(packageJson?: string): Promise<string> {
  const root = path.join(await temporaryFolder(), "team");
  await mkdir(path.join(root, "below"), { recursive: true });
  await writeFile(path.join(root, "algorithms.config.ts"), "");
  if (packageJson !== undefined) await writeFile(path.join(root, "package.json"), packageJson);
  return root;
}

test("the root is the nearest folder with a registry, from any folder below it", async () => {
  const root = await project('{ "type": "module" }');
  expect(projectRoot(root)).toBe(root);
  expect(projectRoot(path.join(root, "below"))).toBe(root);
});

test("a package.json above the project says how its files are read, as Node has it", async () => {
  const root = await project();
  await writeFile(path.join(path.dirname(root), "package.json"), '{ "type": "module" }');
  expect(projectRoot(root)).toBe(root);
});

test("where there is no registry, the error says so", async () => {
  const folder = await temporaryFolder();
  expect(() => projectRoot(folder)).toThrow(
    new UserError(
      `There is no \`algorithms.config.ts\` in \`${folder}\` or above it. Change to your project's folder.`,
    ),
  );
});

test.each(["{}", '{ "type": "commonjs" }'])("a project with %s is told what to write", async (packageJson) => {
  const root = await project(packageJson);
  expect(() => projectRoot(root)).toThrow(
    new UserError(
      `\`${root}/package.json\` has no \`"type": "module"\`, so Node cannot read \`algorithms.config.ts\` as the ES module ` +
        'that it is. Write `"type": "module"` into it, and run this again.',
    ),
  );
});

test("a project without a package.json, or with a broken one, is told what to do", async () => {
  const bare = await project();
  expect(() => projectRoot(bare)).toThrow(
    new UserError(
      `\`${bare}\` has no \`package.json\`. Write \`"type": "module"\` into a new one, and run this again.`,
    ),
  );
  const broken = await project("{");
  expect(() => projectRoot(broken)).toThrow(/package\.json` cannot be read: .*\. Correct it\.$/s);
});
