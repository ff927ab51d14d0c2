import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { installOnce } from "../../tools/install-once.ts";
import { temporaryFolder } from "../support/folders.ts";
import { waitForFile } from "./support.ts";

const module = path.resolve(import.meta.dirname, "../../tools/install-once.ts");

async function target() {
  const directory = path.join(await temporaryFolder(), "tools", "tool-1");
  return { directory, isComplete: () => existsSync(path.join(directory, "tool")) };
}

function writeTool(temporary: string): Promise<void> {
  return writeFile(path.join(temporary, "tool"), "made");
}

test("a folder is made once, and nothing else is left beside it", async () => {
  const place = await target();
  const make = vi.fn(writeTool);
  await installOnce({ ...place, make });
  await installOnce({ ...place, make });
  expect(make).toHaveBeenCalledTimes(1);
  expect(await readdir(path.dirname(place.directory))).toEqual(["tool-1"]);
});

test("of many at once one makes it, and the others say once that they wait", async () => {
  const place = await target();
  const isComplete = vi.fn(place.isComplete);
  const make = vi.fn(async (temporary: string) => {
    await vi.waitFor(() => expect(isComplete.mock.calls.length).toBeGreaterThan(12), { timeout: 10_000 });
    await writeTool(temporary);
  });
  const onWait = vi.fn();
  await Promise.all([1, 2, 3, 4].map(() => installOnce({ ...place, isComplete, make, onWait })));
  expect(make).toHaveBeenCalledTimes(1);
  expect(onWait).toHaveBeenCalledTimes(3);
});

test("a folder that lacks what it should hold is made anew", async () => {
  const place = await target();
  await mkdir(path.join(place.directory, "half"), { recursive: true });
  await installOnce({ ...place, make: writeTool });
  expect(await readdir(place.directory)).toEqual(["tool"]);
});

test("what fails leaves nothing behind, and the next one tries again", async () => {
  const place = await target();
  const make = () => Promise.reject(new Error("no network"));
  await expect(installOnce({ ...place, make })).rejects.toThrow(new Error("no network"));
  expect(await readdir(path.dirname(place.directory))).toEqual([]);
  await installOnce({ ...place, make: writeTool });
  expect(place.isComplete()).toBe(true);
});

test("a process that is killed half-way holds nobody up", { timeout: 30_000 }, async () => {
  const place = await target();
  const started = path.join(path.dirname(path.dirname(place.directory)), "started");
  const source = `
    import { writeFileSync } from "node:fs";
    import { installOnce } from ${JSON.stringify(module)};
    const make = () => { writeFileSync(${JSON.stringify(started)}, ""); return new Promise(() => setInterval(() => {}, 1000)); };
    installOnce({ directory: ${JSON.stringify(place.directory)}, isComplete: () => false, make });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source], {
    stdio: "inherit",
  });
  await waitForFile(started);
  child.kill("SIGKILL");
  await once(child, "close");
  expect((await readdir(path.dirname(place.directory))).length).toBe(2);
  const future = new Date(Date.now() + 3_600_000);
  await utimes(`${place.directory}.lock`, future, future);
  await installOnce({ ...place, make: writeTool });
  expect(await readdir(path.dirname(place.directory))).toEqual(["tool-1"]);
  expect(await readFile(path.join(place.directory, "tool"), "utf8")).toBe("made");
});

test.each([
  ["for 10 s", -11_000],
  ["since a clock was set back", 3_600_000],
])("a lock without a heartbeat %s is taken over, whoever has its process id now", async (_since, milliseconds) => {
  const place = await target();
  await mkdir(path.dirname(place.directory), { recursive: true });
  await writeFile(`${place.directory}.lock`, String(process.pid));
  const beat = new Date(Date.now() + milliseconds);
  await utimes(`${place.directory}.lock`, beat, beat);
  await installOnce({ ...place, make: writeTool });
  expect(await readdir(path.dirname(place.directory))).toEqual(["tool-1"]);
});
