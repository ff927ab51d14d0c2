import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { run } from "../../tools/run.ts";
import { temporaryFolder } from "../support/folders.ts";
import { repository } from "../support/project.ts";

/** Loads a registry as the command line does: by tsx, in a process of its own. */
async function load(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(path.join(folder, "algorithms.config.ts"), text);
  const program = `const { loadRegistry } = await import(${JSON.stringify(`${repository}stacks/registry.ts`)});
    await loadRegistry(${JSON.stringify(folder)}, "local").then(
      (registry) => console.log(registry.algorithms.length + " algorithms"), (error) => console.log(error.name + " " + error.message));`;
  const output = await run("node", ["--import", "tsx", "--input-type=module", "--eval", program], { cwd: repository });
  return output.replaceAll(folder, "<project>").trim();
}

test("a registry that compiles is resolved", async () => {
  const text = 'const owner: string = "us"; export default { namespaces: { a: { owner } }, algorithms: {} };';
  expect(await load(text)).toBe("0 algorithms");
});

test("a registry that does not compile is one message with the place", async () => {
  expect(await load('\nexport default { namespaces: { a: { owner: "us" } } algorithms: {} };')).toBe(
    'Error `algorithms.config.ts` cannot be loaded. Correct it.\n- `algorithms.config.ts:2:52`: Expected "}" but found "algorithms".',
  );
});

test.each([
  ['\nthrow new Error("no owner in the environment");', "`algorithms.config.ts:2:7`: no owner in the environment."],
  [
    "const owners: string[] = [];\n\nexport default { namespaces: { a: { owner: owner } } };",
    "`algorithms.config.ts:3:37`: ReferenceError: owner is not defined.",
  ],
  ['import "./teams.ts";', "Cannot find module 'teams.ts' imported from algorithms.config.ts."],
  ['throw "no owner"', "no owner."],
  ["\nprocess.exit(0);", "`algorithms.config.ts:2:9`: It ends the process: `process.exit(0)`."],
])("a registry that throws, %j, is one message with place and reason", async (text, problem) => {
  expect(await load(text)).toBe(`Error \`algorithms.config.ts\` cannot be loaded. Correct it.\n- ${problem}`);
});
