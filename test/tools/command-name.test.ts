import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { commandName, isInstalledAt } from "../../tools/command-name.ts";
import { repository } from "../support/project.ts";

test("an installed package is called through npx, a clone by its launcher", () => {
  expect(commandName).toBe("./conduit");
  expect([repository, "/srv/platform/node_modules/algorithm-conduit"].map(isInstalledAt)).toEqual([false, true]);
});

test("every text says `commandName`, which holds in a clone and in an installed package", async () => {
  const folders = ["cli", "components", "providers", "registry", "runtime", "sources", "stacks", "tools"];
  const literal: string[] = [];
  for (const folder of folders) {
    const files = await readdir(path.join(repository, folder), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts") && name !== "command-name.ts")) {
      const lines = (await readFile(path.join(repository, folder, file), "utf8")).split("\n");
      const texts = lines.filter((line) => line.includes("./conduit") && !/^\s*(\/\/|\/?\*)/.test(line));
      literal.push(...texts.map((line) => `${folder}/${file}: ${line.trim()}`));
    }
  }
  expect(literal).toEqual([]);
});
