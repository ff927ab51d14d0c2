import { appendFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { askVersion, findExecutable, isAtLeast, parseVersion } from "../../tools/executables.ts";
import { temporaryFolder } from "../support/folders.ts";
import { script } from "./support.ts";

test.each([
  ["v3.250.0", [3, 250, 0]],
  ["v3.260.0-alpha.xabc", [3, 260, 0]],
  ["uv 0.13.9 (x86_64-unknown-linux-gnu)", [0, 13, 9]],
  ["temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)", [1, 9, 1]],
  ["pyenv: uv: command not found", undefined],
  ["", undefined],
] as const)("the version in %j is %j", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test.each([
  [[3, 200, 0], true],
  [[3, 200, 1], true],
  [[3, 1000, 0], true],
  [[4, 0, 0], true],
  [[3, 199, 9], false],
  [[2, 999, 9], false],
] as const)("whether %j is at least 3.200.0: %j", (version, expected) => {
  expect(isAtLeast(version, [3, 200, 0])).toBe(expected);
});

test("an executable is the first on the path that can be run", async () => {
  const folder = await temporaryFolder();
  const [empty, dead, plain, folderOfThatName, good] = ["empty", "dead", "plain", "nested", "good"].map((name) =>
    path.join(folder, name),
  );
  for (const one of [empty, dead, plain, folderOfThatName, good]) await mkdir(one ?? "");
  await symlink("/nowhere/pulumi", `${dead}/pulumi`);
  await writeFile(`${plain}/pulumi`, "");
  await mkdir(`${folderOfThatName}/pulumi`);
  await script(`${good}/pulumi`, "");
  const searchPath = ["", ".", empty, dead, plain, folderOfThatName, good].join(path.delimiter);
  expect(findExecutable("pulumi", searchPath)).toBe(`${good}/pulumi`);
  expect(findExecutable("pulumi", path.relative(process.cwd(), `${good}`))).toBeUndefined();
  expect(findExecutable("pulumi", empty)).toBeUndefined();
  expect(findExecutable("pulumi", "")).toBeUndefined();
});

test("a program is asked for its version once for as long as its file stays the same", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv("CONDUIT_CACHE", path.join(folder, "cache"));
  const program = path.join(folder, "tool");
  const calls = path.join(folder, "calls");
  const asked = async () => (await readFile(calls, "utf8")).length;
  const filling = `#${" ".repeat(1_000_000)}`;
  await script(program, `printf x >> '${calls}'; echo "v1.2.$1"\n${filling}`);
  expect([await askVersion(program, ["3"]), await askVersion(program, ["3"])]).toEqual(["v1.2.3", "v1.2.3"]);
  expect(await asked()).toBe(1);
  expect(await askVersion(program, ["4"])).toBe("v1.2.4");
  expect(await asked()).toBe(2);
  await appendFile(program, "#");
  await askVersion(program, ["3"]);
  expect(await asked()).toBe(3);
});

test("a small script, whose answer may depend on anything, is asked each time", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv("CONDUIT_CACHE", path.join(folder, "cache"));
  await script(path.join(folder, "shim"), `cat '${folder}/selected'`);
  await writeFile(path.join(folder, "selected"), "1.0.0");
  expect(await askVersion(path.join(folder, "shim"), [])).toBe("1.0.0");
  await writeFile(path.join(folder, "selected"), "2.0.0");
  expect(await askVersion(path.join(folder, "shim"), [])).toBe("2.0.0");
});

test("a program that fails has no version", async () => {
  const folder = await temporaryFolder();
  await script(path.join(folder, "broken"), "echo 1.2.3; exit 1");
  expect(await askVersion(path.join(folder, "broken"), ["version"])).toBeUndefined();
});
