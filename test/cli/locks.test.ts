import { mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { releaseDeadLocks } from "../../cli/locks.ts";
import { temporaryFolder } from "../support/folders.ts";

test("only locks of this machine's dead processes are released", async () => {
  const state = await temporaryFolder();
  const folder = path.join(state, ".pulumi", "locks", "organization", "project", "local");
  await mkdir(folder, { recursive: true });
  const lock = (name: string, content: object) => writeFile(path.join(folder, `${name}.json`), JSON.stringify(content));
  const dead = 2 ** 22 + 1; // Above the largest process id of Linux and macOS.
  await lock("dead", { pid: dead, hostname: hostname(), username: "me" });
  await lock("alive", { pid: process.pid, hostname: hostname(), username: "me" });
  await lock("elsewhere", { pid: dead, hostname: "another-machine", username: "me" });
  await releaseDeadLocks(state);
  expect((await readdir(folder)).sort()).toEqual(["alive.json", "elsewhere.json"]);
});

test("a state without locks has none to release", async () => {
  await expect(releaseDeadLocks(await temporaryFolder())).resolves.toBeUndefined();
});
