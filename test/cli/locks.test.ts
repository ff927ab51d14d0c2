import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { releaseDeadLocks } from "../../cli/locks.ts";
import { temporaryFolder } from "../support/folders.ts";

/** Writes locks into a state of its own. */
async function locks() {
  const state = await temporaryFolder();
  const folder = path.join(state, ".pulumi", "locks", "organization", "project", "local");
  await mkdir(folder, { recursive: true });
  const write = (name: string, content: object | string) =>
    writeFile(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  const left = async () => (await readdir(folder)).sort();
  return { state, folder, write, left };
}

/** A process whose program is called `pulumi`. */
async function engine(): Promise<number> {
  const program = path.join(await temporaryFolder(), "pulumi");
  await symlink("/bin/sleep", program);
  const child = spawn(program, ["600"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child.pid ?? 0;
}

test("only locks of this machine's dead runs are released", async () => {
  const { state, write, left } = await locks();
  const dead = 2 ** 22 + 1; // Above the largest process id of Linux and macOS.
  await write("dead.json", { pid: dead, hostname: hostname(), username: "me" });
  await write("dead.json.attrs", { "user.content_type": "application/json" });
  await write("alive.json", { pid: await engine(), hostname: hostname(), username: "me" });
  await write("elsewhere.json", { pid: dead, hostname: "another-machine", username: "me" });
  await releaseDeadLocks(state);
  expect(await left()).toEqual(["alive.json", "elsewhere.json"]);
});

test("a lock is dead when its process id has come to another program since", async () => {
  const { state, write, left } = await locks();
  await write("reused.json", { pid: process.pid, hostname: hostname(), username: "me" });
  await releaseDeadLocks(state);
  expect(await left()).toEqual([]);
});

test("what a killed run wrote of its lock is removed, whatever the clock was then", async () => {
  const { state, folder, write, left } = await locks();
  const day = 24 * 3600;
  for (const [name, age] of Object.entries({ "empty.json": day, "half.json.18a2.tmp": day, "future.json": -day })) {
    await write(name, name.startsWith("empty") ? "" : '{"pid":');
    const time = Date.now() / 1000 - age;
    await utimes(path.join(folder, name), time, time);
  }
  await write("being-written.json.18a3.tmp", "");
  await releaseDeadLocks(state);
  expect(await left()).toEqual(["being-written.json.18a3.tmp"]);
});

test("a state without locks has none to release", async () => {
  await expect(releaseDeadLocks(await temporaryFolder())).resolves.toBeUndefined();
});

test("a state that a killed run wrote in part is the copy before it again, and no other is touched", async () => {
  const { state, write } = await locks();
  const stacks = path.join(state, ".pulumi", "stacks", "project");
  await mkdir(stacks, { recursive: true });
  const file = (name: string) => path.join(stacks, name);
  const kept = { "local.json.bak": '{"version":3}', "other.json": "", "other.json.bak": "{}" };
  for (const [name, text] of Object.entries({ ...kept, "local.json": '{"ver' })) await writeFile(file(name), text);
  await write("dead.json", { pid: 2 ** 22 + 1, hostname: hostname(), username: "me" });
  await releaseDeadLocks(state);
  expect(await readFile(file("local.json"), "utf8")).toBe('{"version":3}');
  expect(await readFile(file("other.json"), "utf8")).toBe("");
  expect((await readdir(stacks)).sort()).toEqual(["local.json", "local.json.bak", "other.json", "other.json.bak"]);
});

test("a whole state stays as it is, and so does one without a copy", async () => {
  const { state, write } = await locks();
  const file = path.join(state, ".pulumi", "stacks", "project", "local.json");
  await mkdir(path.dirname(file), { recursive: true });
  for (const text of ['{"version":3}', ""]) {
    await writeFile(file, text);
    await write("dead.json", { pid: 2 ** 22 + 1, hostname: hostname(), username: "me" });
    await releaseDeadLocks(state);
    expect(await readFile(file, "utf8")).toBe(text);
  }
});
