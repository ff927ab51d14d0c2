import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { installable, localPathOf, logicalLines, readRequirementsFile } from "../../sources/requirements-file.ts";
import { temporaryFolder } from "../support/folders.ts";

test.each([
  ["six", undefined],
  ["six==1.16.0 ; python_version < '3.12'", undefined],
  ["six==1.16.0 --hash=sha256:00/11", undefined],
  ["uvicorn[standard]>=0.30", undefined],
  ["x @ https://example.org/x.whl", undefined],
  ["x @ git+ssh://git@example.org/x.git@main#subdirectory=a/b", undefined],
  ["-e git+https://example.org/x.git#egg=x", undefined],
  ["git+https://example.org/x", undefined],
  ["--index-url https://example.org/simple", undefined],
  ["--find-links ./wheels", undefined],
  ["-e ../shared", "../shared"],
  ["-e../shared", "../shared"],
  ["--editable=../shared[extra]", "../shared"],
  ["-e .", "."],
  ["./local", "./local"],
  ["local/pkg", "local/pkg"],
  ["/abs/pkg", "/abs/pkg"],
  ["wheels/x-1.0-py3-none-any.whl", "wheels/x-1.0-py3-none-any.whl"],
  ["x-1.0.tar.gz", "x-1.0.tar.gz"],
  ["x @ ../shared", "../shared"],
  ["x[extra] @ file:../shared ; sys_platform == 'linux'", "../shared"],
  ["x @ file:///abs/shared%20x", "/abs/shared x"],
  ["x @ file://$" + "{PROJECT_ROOT}/shared", "./shared"],
  ["file:../shared#egg=x", "../shared"],
])("%j asks for %j on this machine", (line, place) => {
  expect(localPathOf(line)).toBe(place);
});

test.each([
  ["six==1.16.0 --hash=sha256:00", "six==1.16.0 --hash=sha256:00"],
  ["-e ../shared[extra] ; python_version > '3'", "/top/shared[extra] ; python_version > '3'"],
  ["x @ file:../shared", "x @ /top/shared"],
  ["-e git+https://example.org/x.git#egg=x", "git+https://example.org/x.git#egg=x"],
  ["--extra-index-url https://example.org/simple", "--extra-index-url https://example.org/simple"],
])("%j is installed as %j", (line, installed) => {
  expect(installable(line, "/top/algorithm")).toBe(installed);
});

test("lines are joined, and comments and blanks are gone", () => {
  const text = "\ufeff# first\nsix \\\n    --hash=sha256:0 # why\r\n\n  a#b==1\t\n";
  expect(logicalLines(text)).toEqual(["six --hash=sha256:0", "a#b==1"]);
});

test("included files take the place of the line, each once, and constraints stay constraints", async () => {
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, "requirements"));
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  write(
    "requirements.txt",
    "-r requirements/base.txt\n-c requirements/limits.txt\nsix\n--requirement=requirements/base.txt\n",
  );
  write("requirements/base.txt", "iniconfig\n-r more.txt\n-r ../requirements.txt\n");
  write("requirements/more.txt", "-e ./local\n");
  write("requirements/limits.txt", "six<2\n-r more.txt\n");
  const { files, lines } = await readRequirementsFile(folder, "requirements.txt");
  expect(files).toEqual([
    "requirements.txt",
    "requirements/base.txt",
    "requirements/more.txt",
    "requirements/limits.txt",
  ]);
  expect(lines.map(({ text, role, localPath }) => [text, role, localPath])).toEqual([
    ["iniconfig", "requirement", undefined],
    ["-e ./local", "requirement", "./local"],
    ["six<2", "constraint", undefined],
    ["-e ./local", "constraint", "./local"],
    ["six", "requirement", undefined],
  ]);
});

test("an included file that is not there, or outside the bounds, is an error", async () => {
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, "a"));
  writeFileSync(path.join(folder, "a/requirements.txt"), "-r ../common.txt\n");
  const read = (bounds?: { top: string; hasInclude: boolean }) =>
    readRequirementsFile(path.join(folder, "a"), "requirements.txt", bounds);
  const what = "`requirements.txt` includes `../common.txt`, which is not in what is checked out.";
  await expect(read()).rejects.toThrow(new UserError(`${what} Correct the path.`));
  await expect(read({ top: folder, hasInclude: true })).rejects.toThrow(
    new UserError(`${what} Correct the path, or add \`common.txt\` to \`include\`.`),
  );
  writeFileSync(path.join(folder, "common.txt"), "six\n");
  expect((await read({ top: folder, hasInclude: true })).lines).toHaveLength(1);
  await expect(read({ top: path.join(folder, "a"), hasInclude: false })).rejects.toThrow(what);
});
