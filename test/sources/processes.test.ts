import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type GitSource, resolveSource, type SourceOptions } from "../../sources/index.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

const SCRIPT = fileURLToPath(new URL("support/resolve.ts", import.meta.url));

function command(source: GitSource | { path: string }, options: SourceOptions): string[] {
  return ["--import", "tsx", SCRIPT, JSON.stringify(source), JSON.stringify(options)];
}

function resolveApart(source: GitSource | { path: string }, options: SourceOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command(source, options), (failure, stdout, stderr) =>
      failure === null ? resolve(JSON.parse(stdout)) : reject(new Error(stderr)),
    );
  });
}

async function manyFiles(count: number): Promise<TestRepository> {
  const repository = await createRepository();
  repository.git("config", "uploadpack.allowFilter", "true");
  const files = Array.from({ length: count }, (_, index) => [`a/${index}.bin`, randomBytes(10_000)] as const);
  repository.commit(Object.fromEntries(files));
  return repository;
}

test("processes that want the same checkout all get it, and nothing is left over", { timeout: 60_000 }, async () => {
  const options = await emptyCache();
  const repository = await manyFiles(100);
  const source = { git: repository.directory, ref: "main", subdir: "a", include: [] };
  const results = await Promise.all(Array.from({ length: 4 }, () => resolveApart(source, options)));
  const here = await resolveSource(source, options);
  expect(results).toEqual([here, here, here, here]);
  expect(filesIn(here.directory)).toHaveLength(100);
  const left = [
    ...readdirSync(path.join(options.cache, "checkouts")),
    ...readdirSync(path.join(options.cache, "mirrors")),
  ];
  expect(left.filter((name) => /\.(tmp|lock)$/.test(name))).toEqual([]);
});

test("whenever a process is killed, the next one finishes the work", { timeout: 120_000 }, async () => {
  const options = await emptyCache();
  const repository = await manyFiles(200);
  const source = { git: repository.directory, ref: "main", subdir: "a", include: [] };
  // How long one takes, with a cache of its own.
  const started = performance.now();
  await resolveApart(source, await emptyCache());
  const whole = performance.now() - started;
  let killed = 0;
  for (let part = 0.2; part < 1; part += 0.08) {
    const child = spawn(process.execPath, command(source, options), { stdio: "ignore" });
    await delay(whole * part);
    if (await kill(child)) killed += 1;
  }
  expect(killed).toBeGreaterThan(2);
  const { directory, commit } = await resolveSource(source, options);
  expect(commit).toBe(repository.git("rev-parse", "HEAD"));
  for (const name of filesIn(path.join(repository.directory, "a"))) {
    expect(
      readFileSync(path.join(directory, name)).equals(readFileSync(path.join(repository.directory, "a", name))),
    ).toBe(true);
  }
  expect(filesIn(directory)).toHaveLength(200);
});

test("whenever a process that reads a folder is killed, the next one finishes the work", {
  timeout: 120_000,
}, async () => {
  const options = await emptyCache();
  const repository = await manyFiles(200);
  const source = { path: path.join(repository.directory, "a") };
  const started = performance.now();
  await resolveApart(source, await emptyCache());
  const whole = performance.now() - started;
  for (let part = 0.2; part < 1; part += 0.1) {
    const child = spawn(process.execPath, command(source, options), { stdio: "ignore" });
    await delay(whole * part);
    await kill(child);
  }
  const { directory, tree, dirty } = await resolveSource(source, options);
  expect([tree, dirty]).toEqual([repository.git("rev-parse", "HEAD:a").slice(0, 12), false]);
  expect(filesIn(directory)).toHaveLength(200);
});

test("what killed processes left is taken away a day later", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a.py": "1" });
  const source = { git: repository.directory, ref: "main", subdir: ".", include: [] };
  await mkdir(path.join(options.cache, "checkouts"), { recursive: true });
  const [old, young] = ["old.tmp", "young.tmp"].map((name) => path.join(options.cache, "checkouts", name));
  for (const file of [old, young]) writeFileSync(String(file), "");
  const yesterday = Date.now() / 1000 - 25 * 3600;
  utimesSync(String(old), yesterday, yesterday);
  await resolveSource(source, options);
  expect([existsSync(String(old)), existsSync(String(young))]).toEqual([false, true]);
});

/** Kills a process; false when it had ended by itself. */
async function kill(child: ChildProcess): Promise<boolean> {
  const over = new Promise<boolean>((resolve) => child.once("exit", (_code, signal) => resolve(signal === "SIGKILL")));
  if (child.exitCode !== null || child.signalCode !== null) return false;
  child.kill("SIGKILL");
  return await over;
}
