import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { resolveSource } from "../../sources/index.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository } from "./support/repository.ts";

// What a full disk, a power cut or a person did to the cache: the next run repairs it.

/** The files of a cache whose path ends so, absolute; there is at least one. */
function files(cache: string, pattern: RegExp): string[] {
  const found = filesIn(cache).filter((name) => pattern.test(name));
  expect(found, String(pattern)).not.toEqual([]);
  return found.map((name) => path.join(cache, name));
}

function truncate(cache: string, pattern: RegExp): void {
  for (const file of files(cache, pattern)) truncateSync(file, Math.floor(readFileSync(file).length / 2));
}

function empty(cache: string, pattern: RegExp): void {
  for (const file of files(cache, pattern)) truncateSync(file);
}

/** A folder below the cache, by the start of its name in `place`. */
function folder(cache: string, place: string, pattern = /^[^.]+(\.git)?$/): string {
  return path.join(cache, place, readdirSync(path.join(cache, place)).find((name) => pattern.test(name)) ?? "");
}

const faults: Record<string, (cache: string) => void> = {
  "half of every pack": (cache) => truncate(cache, /\.pack$/),
  "empty packs": (cache) => empty(cache, /\.pack$/),
  "half of every index of a pack": (cache) => truncate(cache, /\.idx$/),
  "no packs": (cache) => files(cache, /\.pack$/).forEach((file) => void rmSync(file)),
  "no objects": (cache) => rmSync(path.join(folder(cache, "mirrors"), "objects"), { recursive: true }),
  "empty configuration": (cache) => empty(cache, /mirrors\/.*\/(HEAD|config)$/),
  "empty tips": (cache) => empty(cache, /\/tips\/[^/]+$/),
  "an empty mirror": (cache) => {
    const mirror = folder(cache, "mirrors");
    rmSync(mirror, { recursive: true });
    mkdirSync(mirror);
  },
  "locks of git and of a process whose id another one has now": (cache) => {
    const mirror = folder(cache, "mirrors");
    for (const name of ["HEAD", "config", "packed-refs", "shallow"])
      writeFileSync(path.join(mirror, `${name}.lock`), "");
    writeFileSync(`${mirror}.lock`, `${process.pid} 1`);
  },
  "an empty checkout": (cache) => {
    const checkout = folder(cache, "checkouts");
    rmSync(checkout, { recursive: true });
    mkdirSync(checkout);
  },
  "half a note": (cache) => truncate(cache, /^sources\/.*\.json$/),
};

for (const [what, plant] of Object.entries(faults)) {
  test(`${what}: the same commit and a new one are had`, async () => {
    const options = await emptyCache();
    const repository = await createRepository();
    repository.git("config", "uploadpack.allowFilter", "true");
    repository.commit({ "a.py": "1", "b/c.py": "2" });
    const source = { git: repository.directory, ref: "main", subdir: ".", include: [] };
    const before = await resolveSource(source, options);
    plant(options.cache);
    expect(filesIn((await resolveSource(source, options)).directory)).toEqual(["a.py", "b/c.py"]);
    const commit = repository.commit({ "a.py": "3" });
    const after = await resolveSource(source, options);
    expect(after.commit).toBe(commit);
    expect(readFileSync(path.join(after.directory, "a.py"), "utf8")).toBe("3");
    expect(before.commit).not.toBe(commit);
  });
}

test("an included folder that lost its content is had again", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "algorithms/a/a.py": "1", "lib/b.py": "2" });
  const source = { git: repository.directory, ref: "main", subdir: "algorithms/a", include: ["lib"] };
  const { directory } = await resolveSource(source, options);
  const lib = path.resolve(directory, "../../lib");
  rmSync(path.join(lib, "b.py"));
  expect((await resolveSource(source, options)).directory).toBe(directory);
  expect(filesIn(lib)).toEqual(["b.py"]);
});
