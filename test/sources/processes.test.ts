import { execFile, execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type GitSource, resolveSource, type SourceOptions } from "../../sources/index.ts";
import { killAtCall } from "../support/stopped-commands.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

const SCRIPT = fileURLToPath(new URL("support/resolve.ts", import.meta.url));

function apart(source: GitSource | { path: string }, options: SourceOptions): string[] {
  return [SCRIPT, JSON.stringify(source), JSON.stringify(options)];
}

function resolveApart(source: GitSource | { path: string }, options: SourceOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["--import", "tsx", ...apart(source, options)], (failure, stdout, stderr) =>
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

test("whenever a process is killed, the next one finishes the work", { timeout: 300_000 }, async () => {
  const repository = await manyFiles(100);
  const source = { git: repository.directory, ref: "main", subdir: "a", include: [] };
  const kills = await killEverywhere(source, async (options) => {
    const { directory, commit } = await resolveSource(source, options);
    expect(commit).toBe(repository.git("rev-parse", "HEAD"));
    expect(contentsOf(directory)).toEqual(contentsOf(path.join(repository.directory, "a")));
  });
  expect(kills).toBeGreaterThan(5);
});

test("whenever a process that reads a folder is killed, the next one finishes the work", {
  timeout: 300_000,
}, async () => {
  const repository = await manyFiles(100);
  const source = { path: path.join(repository.directory, "a") };
  const kills = await killEverywhere(source, async (options) => {
    const { directory, tree, dirty } = await resolveSource(source, options);
    expect([tree, dirty]).toEqual([repository.git("rev-parse", "HEAD:a").slice(0, 12), false]);
    expect(contentsOf(directory)).toEqual(contentsOf(source.path));
  });
  expect(kills).toBeGreaterThan(5);
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

/** Kills a process at each of its calls of git, always with a cache of its own; answers how often. */
async function killEverywhere(
  source: GitSource | { path: string },
  finish: (options: SourceOptions) => Promise<void>,
): Promise<number> {
  const git = execFileSync("sh", ["-c", "command -v git"]).toString().trim();
  for (let at = 0; ; at++) {
    const options = await emptyCache();
    const folder = options.projectDirectory;
    const killed = await killAtCall({ folder, command: git, at, args: () => apart(source, options) });
    if (!killed) return at;
    await finish(options);
  }
}

/** The digest of every file below a folder. */
function contentsOf(folder: string): Record<string, string> {
  const digest = (name: string) =>
    createHash("sha256")
      .update(readFileSync(path.join(folder, name)))
      .digest("hex");
  return Object.fromEntries(filesIn(folder).map((name) => [name, digest(name)]));
}
