import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findExecutable } from "../../tools/executables.ts";
import { makeFolder, temporaryFolder } from "../support/folders.ts";
import { script, waitForFile } from "./support.ts";

const root = path.resolve(import.meta.dirname, "../..");
const launched = ["conduit", "cli/start.mjs", "tools/install-dependencies.sh", "tools/dependencies-match.mjs"];
const commandLine =
  "console.log(JSON.stringify({ cwd: process.cwd(), words: process.argv.slice(2) satisfies string[] }));\n";
const installing = "Installing the dependencies with npm (once for each version of package-lock.json).\n";
const waiting = "Another process is installing the dependencies; waiting for it.\n";

let locked: { packageJson: string; packageLock: string };
let scratch: string;

beforeAll(async () => {
  scratch = await makeFolder();
  const { dependencies } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  const packageJson = JSON.stringify({ name: "clone", type: "module", dependencies: { tsx: dependencies.tsx } });
  await writeFile(path.join(scratch, "package.json"), packageJson);
  await promisify(execFile)("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], { cwd: scratch });
  locked = { packageJson, packageLock: await readFile(path.join(scratch, "package-lock.json"), "utf8") };
}, 120_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A folder that holds the launcher, a command line that prints what reached it, and a lock file. */
async function clone(name = "clone"): Promise<string> {
  const folder = path.join(await temporaryFolder(), name);
  await putLauncher(folder);
  await writeFile(path.join(folder, "package.json"), locked.packageJson);
  await writeFile(path.join(folder, "package-lock.json"), locked.packageLock);
  return folder;
}

async function putLauncher(folder: string): Promise<void> {
  await mkdir(path.join(folder, "cli"), { recursive: true });
  await mkdir(path.join(folder, "tools"));
  for (const file of launched) await copyFile(path.join(root, file), path.join(folder, file));
  await writeFile(path.join(folder, "cli/main.ts"), commandLine);
}

/** A folder for the PATH with an `npm` that notes each call in `calls`, does `work`, then links what is installed here, and
 * leaves the notes that the real one does. */
async function fakeNpm(work = ""): Promise<{ bin: string; calls: () => Promise<string> }> {
  const bin = await temporaryFolder();
  const notes = path.join(bin, "calls");
  const link = `rm -rf node_modules; mkdir node_modules; ln -s '${root}/node_modules/tsx' node_modules/tsx`;
  const note = "cp package-lock.json node_modules/.package-lock.json";
  await script(path.join(bin, "npm"), [`echo "npm $1" >> '${notes}'`, work, link, note].join("\n"));
  return { bin, calls: () => readFile(notes, "utf8").catch(() => "") };
}

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

function launch(file: string, words: string[] = [], { cwd = root, PATH = process.env.PATH } = {}) {
  const child = spawn(file, words, { cwd, env: { ...process.env, PATH }, stdio: ["ignore", "pipe", "pipe"] });
  const result: Result = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (result.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (result.stderr += text));
  const done = once(child, "close").then(([code]): Result => ({ ...result, code }));
  return { done, result };
}

function inFront(folder: string): string {
  return [folder, process.env.PATH].join(path.delimiter);
}

test("a fresh clone installs what its lock file pins, once", { timeout: 120_000 }, async () => {
  const folder = await clone();
  const conduit = path.join(folder, "conduit");
  const printed = `${JSON.stringify({ cwd: root, words: ["up"] })}\n`;
  expect(await launch(conduit, ["up"]).done).toEqual({ code: 0, stdout: printed, stderr: installing });
  expect(await launch(conduit, ["up"]).done).toEqual({ code: 0, stdout: printed, stderr: "" });

  // What was installed by hand counts as well: npm's own notes say that it is the same.
  await rm(path.join(folder, "node_modules/.conduit-lock.json"));
  const npm = await fakeNpm();
  const byHand = await launch(conduit, ["up"], { PATH: inFront(npm.bin) }).done;
  expect(byHand).toEqual({ code: 0, stdout: printed, stderr: "" });
  expect(await npm.calls()).toBe("");
});

test("the working directory and the arguments arrive as given, also through links and odd folder names", async () => {
  const folder = await clone("a b#c%20d");
  const { bin } = await fakeNpm();
  const elsewhere = await temporaryFolder();
  await symlink(path.join(folder, "conduit"), path.join(elsewhere, "absolute"));
  await symlink("absolute", path.join(elsewhere, "relative"));
  const words = ["call", "two words", "", "*", "--json"];
  const { code, stdout } = await launch("./relative", words, { cwd: elsewhere, PATH: inFront(bin) }).done;
  expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, cwd: elsewhere, words });
});

test("a lock file that pins something else is installed; one that was only rewritten is not", async () => {
  const folder = await clone();
  const { bin, calls } = await fakeNpm();
  const start = async (packageLock: string) => {
    await writeFile(path.join(folder, "package-lock.json"), packageLock);
    return (await launch(path.join(folder, "conduit"), [], { PATH: inFront(bin) }).done).stderr;
  };
  const [version] = /"version": "[^"]+",\s+"integrity"/.exec(locked.packageLock) ?? [];
  const other = locked.packageLock.replace(version ?? "", '"version": "9.9.9", "integrity"');
  expect(await start(locked.packageLock)).toBe(installing);
  expect(await start(locked.packageLock)).toBe("");
  expect(await start(locked.packageLock.replace('"name": "clone"', '"name": "copy"'))).toBe("");
  expect(await start(other)).toBe(installing);
  await rm(path.join(folder, "node_modules/.package-lock.json"));
  expect(await start(other)).toBe("");
  expect(await calls()).toBe("npm ci\nnpm ci\n");
});

test("of two launchers at once one installs and the other waits", { timeout: 30_000 }, async () => {
  const folder = await clone();
  const gate = path.join(folder, "gate");
  const { bin, calls } = await fakeNpm(`until [ -e '${gate}' ]; do sleep 0.1; done`);
  const conduit = path.join(folder, "conduit");
  const first = launch(conduit, ["first"], { PATH: inFront(bin) });
  await waitForFile(path.join(bin, "calls"));
  const second = launch(conduit, ["second"], { PATH: inFront(bin) });
  await vi.waitFor(() => expect(second.result.stderr).toBe(waiting), { timeout: 10_000 });
  await writeFile(gate, "");
  expect([(await first.done).code, (await second.done).code]).toEqual([0, 0]);
  expect(await calls()).toBe("npm ci\n");
  expect(await readdir(path.join(folder, ".conduit"))).toEqual(["npm-ci.log"]);
});

test("the lock of a killed launcher holds nobody up", async () => {
  const folder = await clone();
  const { bin, calls } = await fakeNpm();
  const dead = spawn("true");
  await once(dead, "close");
  await mkdir(path.join(folder, ".conduit"));
  await symlink(String(dead.pid), path.join(folder, ".conduit/install.lock"));
  expect((await launch(path.join(folder, "conduit"), [], { PATH: inFront(bin) }).done).code).toBe(0);
  expect(await calls()).toBe("npm ci\n");
});

test("a failed installation shows what npm printed, and the next run tries again", async () => {
  const folder = await clone();
  const { bin, calls } = await fakeNpm("echo 'npm error: no network'; exit 7");
  const failure = `${installing}npm error: no network\n\`npm ci\` failed in \`${folder}\`; what it printed is above.\n`;
  const failed = { code: 1, stdout: "", stderr: failure };
  expect(await launch(path.join(folder, "conduit"), [], { PATH: inFront(bin) }).done).toEqual(failed);
  expect(await launch(path.join(folder, "conduit"), [], { PATH: inFront(bin) }).done).toEqual(failed);
  expect(await calls()).toBe("npm ci\nnpm ci\n");
});

test("an installed package has no lock file and just runs", async () => {
  const modules = path.join(await temporaryFolder(), "node_modules");
  await putLauncher(path.join(modules, "algorithm-conduit"));
  await symlink(path.join(root, "node_modules/tsx"), path.join(modules, "tsx"));
  await mkdir(path.join(modules, ".bin"));
  await symlink("../algorithm-conduit/conduit", path.join(modules, ".bin/conduit"));
  await writeFile(path.join(modules, "algorithm-conduit/package.json"), '{ "type": "module" }');
  const { code, stderr } = await launch(path.join(modules, ".bin/conduit")).done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

/** A folder with the few commands that the launcher uses besides `node`. */
async function withoutNode(): Promise<string> {
  const bin = await temporaryFolder();
  for (const name of ["dirname", "readlink", "cmp"]) await symlink(findExecutable(name) ?? name, path.join(bin, name));
  return bin;
}

test("a machine without Node is told so", async () => {
  const stderr =
    "`node` is not on the PATH. Install Node.js 22 or later (20.19 is the oldest that serves), " +
    "see https://nodejs.org/, and run this again.\n";
  const folder = await clone();
  const PATH = await withoutNode();
  expect(await launch(path.join(folder, "conduit"), [], { PATH }).done).toEqual({ code: 1, stdout: "", stderr });
});

test.each(["v18.20.4", "v20.18.1"])("Node %s is refused by name", async (version) => {
  const PATH = await withoutNode();
  await script(path.join(PATH, "node"), `echo ${version}`);
  const stderr =
    `\`node\` is ${version}, but 20.19 or later is needed. Install Node.js 22 or later, ` +
    "see https://nodejs.org/, and run this again.\n";
  const folder = await clone();
  expect(await launch(path.join(folder, "conduit"), [], { PATH }).done).toEqual({ code: 1, stdout: "", stderr });
});
