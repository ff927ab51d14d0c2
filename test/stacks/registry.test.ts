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
  expect(await load('export default { namespaces: { a: { owner: "us" } } algorithms: {} };')).toMatch(
    /`algorithms\.config\.ts` cannot be loaded\. Correct it\.\n- <project>\/algorithms\.config\.ts:1:\d+: ERROR: Expected "}" but found "algorithms"$/,
  );
});

test("a registry that throws is one message with its reason", async () => {
  expect(await load('throw new Error("no owner in the environment");')).toMatch(
    /`algorithms\.config\.ts` cannot be loaded\. Correct it\.\n- no owner in the environment$/,
  );
});
