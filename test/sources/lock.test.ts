import { existsSync } from "node:fs";
import { utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { withLock } from "../../sources/lock.ts";
import { temporaryFolder } from "../support/folders.ts";

async function lockFile(content: string, age = 0): Promise<string> {
  const file = path.join(await temporaryFolder(), "it.lock");
  await writeFile(file, content);
  const time = Date.now() / 1000 - age;
  await utimes(file, time, time);
  return file;
}

const waited = async (again: boolean) => again;

test.each([
  ["whose process is gone", `${2 ** 22 + 1} 5`, 0],
  ["whose process id another one has now", `${process.pid} 5`, 0],
  ["that was never written", "", 60],
  ["that was never written, before the clock was set back", "", -3600],
])("a lock %s is taken over at once", async (_what, content, age) => {
  const file = await lockFile(content, age);
  expect(await withLock(file, waited)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test("a lock whose process runs is waited for, at most so long", async () => {
  const file = path.join(await temporaryFolder(), "it.lock");
  const onWait = vi.fn();
  await withLock(file, async () => {
    expect(await withLock(file, waited, { waitMs: 100, onWait })).toBe(true);
    expect(existsSync(file)).toBe(true);
  });
  expect(onWait).toHaveBeenCalledTimes(1);
});
