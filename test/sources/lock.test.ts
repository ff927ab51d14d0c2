import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { withLock } from "../../sources/lock.ts";
import { temporaryFolder } from "../support/folders.ts";

test("one runs at a time, the others are told that they waited, and the lock is gone afterwards", async () => {
  const file = path.join(await temporaryFolder(), "deep", "x.lock");
  let inside = 0;
  const most: number[] = [];
  let told = 0;
  const onWait = () => {
    told += 1;
  };
  const action = async (waited: boolean) => {
    most.push(++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return waited;
  };
  const waits = await Promise.all(Array.from({ length: 5 }, () => withLock(file, action, { onWait })));
  expect([most, waits.filter(Boolean).length, told]).toEqual([[1, 1, 1, 1, 1], 4, 4]);
  expect(existsSync(file)).toBe(false);
});

test("a lock is gone when the action fails", async () => {
  const file = path.join(await temporaryFolder(), "x.lock");
  await expect(withLock(file, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(existsSync(file)).toBe(false);
});

test("the lock of a process that is gone, or whose number another one has now, is taken over at once", async () => {
  const file = path.join(await temporaryFolder(), "x.lock");
  for (const owner of ["999999999 1", `${process.pid} 1`]) {
    writeFileSync(file, owner);
    expect(await withLock(file, async () => readFileSync(file, "utf8").startsWith(`${process.pid} `))).toBe(true);
  }
});

test("a lock that its process never wrote is taken over once it is old", async () => {
  const file = path.join(await temporaryFolder(), "x.lock");
  writeFileSync(file, "");
  utimesSync(file, 1, 1);
  expect(await withLock(file, async () => "done")).toBe("done");
});

test("after the wait the action runs without the lock, and leaves it to its owner", async () => {
  const file = path.join(await temporaryFolder(), "x.lock");
  await withLock(file, async () => {
    const owner = readFileSync(file, "utf8");
    expect(await withLock(file, async () => "done", { waitMs: 0 })).toBe("done");
    expect(readFileSync(file, "utf8")).toBe(owner);
  });
});

test("a wait ends when the run does", async () => {
  const file = path.join(await temporaryFolder(), "x.lock");
  const abort = new AbortController();
  await withLock(file, async () => {
    const waiting = withLock(file, async () => undefined, { signal: abort.signal });
    abort.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow();
  });
});
