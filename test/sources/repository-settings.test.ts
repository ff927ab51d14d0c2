import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { readRepositorySettings } from "../../sources/repository-settings.ts";
import { temporaryFolder } from "../support/folders.ts";

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

test("settings come from pyproject.toml, else from conduit.toml, with requires-python", async () => {
  const pyproject =
    '[project]\nrequires-python = ">=3.12"\n[tool.conduit]\ncpu = "2"\n[tool.conduit.timeouts]\nstartup = "5m"\n';
  expect(await readRepositorySettings(await folderWith({ "pyproject.toml": pyproject }))).toEqual({
    settings: { cpu: "2", timeouts: { startup: "5m" } },
    origin: "pyproject.toml",
    requiresPython: ">=3.12",
  });
  const files = { "pyproject.toml": '[project]\nname = "x"\n', "conduit.toml": "concurrency = 4\n" };
  expect(await readRepositorySettings(await folderWith(files))).toEqual({
    settings: { concurrency: 4 },
    origin: "conduit.toml",
    requiresPython: undefined,
  });
  expect(await readRepositorySettings(await folderWith({}))).toEqual({
    settings: {},
    origin: undefined,
    requiresPython: undefined,
  });
});

test("settings in both files, and a malformed file, are errors", async () => {
  const both = await folderWith({ "pyproject.toml": "[tool.conduit]\n", "conduit.toml": "" });
  await expect(readRepositorySettings(both)).rejects.toThrow(
    new UserError("Both `pyproject.toml` (`[tool.conduit]`) and `conduit.toml` have settings. Keep one of them."),
  );
  const malformed = await folderWith({ "pyproject.toml": "[project]\nname = \n" });
  await expect(readRepositorySettings(malformed)).rejects.toThrow(
    new UserError("`pyproject.toml` is no TOML: line 2, column 8: invalid value. Correct that line."),
  );
});
