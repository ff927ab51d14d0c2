import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { git } from "../../sources/git.ts";
import { resolveSource } from "../../sources/index.ts";
import { openMirror } from "../../sources/mirror.ts";
import { consolidate } from "../../sources/mirror-fetch.ts";
import { openRemote } from "../../sources/remote.ts";
import { temporaryFolder } from "../support/folders.ts";
import { type GitServer, serveRepositories } from "./support/git-server.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

async function served(filters: boolean): Promise<{ repository: TestRepository; server: GitServer; url: string }> {
  const root = await temporaryFolder();
  const repository = await createRepository(path.join(root, "algorithms"));
  repository.git("config", "uploadpack.allowFilter", String(filters));
  const server = await serveRepositories(root);
  return { repository, server, url: server.url("algorithms/.git") };
}

function at(url: string, subdir = "a", ref = "main") {
  return { git: url, ref, subdir, include: [] };
}

/** How many packs were asked for. */
function fetches(server: GitServer): number {
  return server.requests.filter(({ body }) => body.includes("command=fetch")).length;
}

/** Names of files whose content the mirror holds. */
async function mirroredBlobs(cache: string, repository: TestRepository): Promise<string[]> {
  const [mirror = ""] = filesIn(path.join(cache, "mirrors")).map((file) => file.split("/")[0] ?? "");
  const GIT_DIR = path.join(cache, "mirrors", mirror);
  const all = (
    await git(["cat-file", "--batch-all-objects", "--batch-check"], { environment: { GIT_DIR } })
  ).toString();
  return repository
    .git("ls-tree", "-r", "HEAD")
    .split("\n")
    .filter((line) => all.includes(line.split(/\s/)[2] ?? "-"))
    .map((line) => line.split("\t")[1] ?? "");
}

test("from a server with filters only the folder's files come, all in one request", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  repository.commit({ "a/1.py": "1", "a/2.py": "2", "a/b/3.py": "3", "big/4.bin": "4" });
  const source = await resolveSource(at(url), options);
  expect(filesIn(source.directory)).toEqual(["1.py", "2.py", "b/3.py"]);
  expect(await mirroredBlobs(options.cache, repository)).toEqual(["a/1.py", "a/2.py", "a/b/3.py"]);
  // One for commits and trees, one for files.
  expect(fetches(server)).toBe(2);
});

test("from a server without filters everything comes in the first request", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(false);
  repository.commit({ "a/1.py": "1", "big/4.bin": "4" });
  const source = await resolveSource(at(url), options);
  expect(filesIn(source.directory)).toEqual(["1.py"]);
  expect(fetches(server)).toBe(1);
});

test("from a server that refuses the filter a full fetch is made", async () => {
  const options = await emptyCache();
  const { repository, url } = await served(true);
  repository.git("config", "uploadpackfilter.allow", "false");
  repository.commit({ "a/1.py": "1", "big/4.bin": "4" });
  const source = await resolveSource(at(url), options);
  expect(filesIn(source.directory)).toEqual(["1.py"]);
  expect(await mirroredBlobs(options.cache, repository)).toEqual(["a/1.py", "big/4.bin"]);
});

test("a server of the old protocol, which gives out no single files, is asked for everything", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  repository.commit({ "a/1.py": "1", "big/4.bin": "4" });
  server.intercept = (request) => {
    request.headers["git-protocol"] = "version=0";
    return false;
  };
  const source = await resolveSource(at(url), options);
  expect(filesIn(source.directory)).toEqual(["1.py"]);
});

test("an unchanged ref costs one question and no fetch", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  repository.commit({ "a/1.py": "1" });
  const before = await resolveSource(at(url), options);
  server.requests.length = 0;
  expect(await resolveSource(at(url), options)).toEqual(before);
  expect(server.requests.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
    "GET /algorithms/.git/info/refs?service=git-upload-pack",
    "POST /algorithms/.git/git-upload-pack",
  ]);
  expect(fetches(server)).toBe(0);
});

test("what a commit holds is found out once, and again when its checkout is gone or the note of it is spoilt", async () => {
  const options = await emptyCache();
  const { repository, url } = await served(true);
  repository.commit({ "a/1.py": "1" });
  const before = await resolveSource(at(url), options);
  rmSync(path.join(options.cache, "mirrors"), { recursive: true });
  expect(await resolveSource(at(url), options)).toEqual(before);
  expect(existsSync(path.join(options.cache, "mirrors"))).toBe(false);

  rmSync(path.join(options.cache, "checkouts"), { recursive: true });
  expect(await resolveSource(at(url), options)).toEqual(before);
  expect(filesIn(before.directory)).toEqual(["1.py"]);

  const notes = path.join(options.cache, "sources");
  for (const name of readdirSync(notes)) writeFileSync(path.join(notes, name), '{"at": "');
  expect(await resolveSource(at(url), options)).toEqual(before);
});

test("a full commit that the mirror has costs no question at all", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  const commit = repository.commit({ "a/1.py": "1" });
  await resolveSource(at(url), options);
  server.requests.length = 0;
  await resolveSource(at(url, "a", commit), options);
  expect(server.requests).toEqual([]);
});

test("a full commit is fetched by its id", async () => {
  const options = await emptyCache();
  const { repository, url } = await served(true);
  const first = repository.commit({ "a/1.py": "1" });
  repository.commit({ "a/1.py": "2" });
  expect((await resolveSource(at(url, "a", first), options)).commit).toBe(first);
});

test("a new commit brings only what is new", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  repository.commit({ "a/1.py": "1", "a/2.py": "2" });
  await resolveSource(at(url), options);
  repository.commit({ "a/1.py": "changed" });
  server.requests.length = 0;
  await resolveSource(at(url), options);
  const blobs = ["a/1.py", "a/2.py"].map((name) => repository.git("rev-parse", `HEAD:${name}`));
  const asked = server.requests.map(({ body }) => body).join("");
  expect(blobs.map((blob) => asked.includes(`want ${blob}`))).toEqual([true, false]);
  expect(asked).toContain(`have ${repository.git("rev-parse", "HEAD~1")}`);
});

test("many packs become one, and everything is still there", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  const commits = [1, 2, 3].map((value) =>
    repository.commit({ "a/1.py": `${value}`, [`big/${value}.bin`]: `${value}` }),
  );
  for (const commit of commits) await resolveSource(at(url, "a", commit), options);
  const mirror = await openMirror(options.cache, await openRemote(url, options.projectDirectory));
  const packs = () => readdirSync(path.join(mirror.directory, "objects/pack")).filter((name) => name.endsWith(".pack"));
  expect(packs().length).toBeGreaterThan(3);
  await consolidate(mirror, { most: 3 });
  expect(packs()).toHaveLength(1);
  rmSync(path.join(options.cache, "checkouts"), { recursive: true });
  server.requests.length = 0;
  for (const commit of commits) await resolveSource(at(url, "a", commit), options);
  expect(server.requests).toEqual([]);
  const newer = repository.commit({ "a/1.py": "newer" });
  expect((await resolveSource(at(url), options)).commit).toBe(newer);
});

test("the first fetch of a repository is announced, later ones are not", async () => {
  const options = await emptyCache();
  const { repository, url } = await served(true);
  const lines: string[] = [];
  const announcing = { ...options, onProgress: (line: string) => lines.push(line) };
  for (const text of ["1", "2"]) {
    repository.commit({ "a/1.py": text });
    await resolveSource(at(url), announcing);
  }
  expect(lines).toEqual([`Fetching \`${url}\` for the first time.`]);
});

test("a missing repository, missing rights and a broken server each say what to do", async () => {
  const options = await emptyCache();
  const { repository, server, url } = await served(true);
  repository.commit({ "a/1.py": "1" });
  const nowhere = server.url("nowhere");
  const says = async (address: string, said: string) =>
    expect(resolveSource(at(address), options)).rejects.toThrow(new UserError(said));
  await says(
    nowhere,
    `git could not read \`${nowhere}\`: repository '${nowhere}/' not found. Correct the address, or see that you may read it: \`git ls-remote ${nowhere}\`.`,
  );
  server.intercept = (_request, response) => {
    response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
    return true;
  };
  await says(
    url,
    `git could not read \`${url}\`: could not read Username for '${new URL(url).origin}': terminal prompts disabled. ` +
      `Give git credentials that may read it (a credential helper, or an ssh key in the agent) until \`git ls-remote ${url}\` works.`,
  );
  server.intercept = (_request, response) => {
    response.writeHead(500).end();
    return true;
  };
  await says(
    url,
    `git could not read \`${url}\`: unable to access '${url}/': The requested URL returned error: 500. Try \`git ls-remote ${url}\`.`,
  );
});

test("a server that never answers is given up when the run is", async () => {
  const options = await emptyCache();
  const { server, url } = await served(true);
  const abort = new AbortController();
  server.intercept = () => {
    abort.abort(new Error("the run was stopped"));
    return true;
  };
  await expect(resolveSource(at(url), { ...options, signal: abort.signal })).rejects.toThrow("the run was stopped");
});

test("twenty repositories and many folders are resolved at once", { timeout: 120_000 }, async () => {
  const options = await emptyCache();
  const root = await temporaryFolder();
  const server = await serveRepositories(root);
  const names = Array.from({ length: 20 }, (_, index) => `repository-${index}`);
  for (const name of names) (await createRepository(path.join(root, name))).commit({ "a/1.py": name, "b/2.py": name });
  const asked = names.flatMap((name) => ["a", "b"].map((subdir) => at(server.url(`${name}/.git`), subdir)));
  const sources = await Promise.all(asked.map((source) => resolveSource(source, options)));
  expect(new Set(sources.map(({ directory }) => directory)).size).toBe(40);
});
