import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { isGitAddress, isGitRef, isPathBelow } from "../../registry/locations.ts";
import { assertCheckoutable, isSafePath } from "../../sources/checkout-rules.ts";
import { resolveSource, type Source, type SourceOptions } from "../../sources/index.ts";
import { parseAddress } from "../../sources/remote.ts";
import { isRefName } from "../../sources/resolve-commit.ts";
import { filesBelow, parseEntries } from "../../sources/tree.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { Pack, type RawEntry } from "./support/pack.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

/** A cache with neighbours that must stay as they are, and a program that must never run. */
interface Guarded {
  readonly options: SourceOptions;
  /** Leaves `RAN` beside itself. */
  readonly canary: string;
  readonly assertUntouched: () => void;
}

async function guarded(): Promise<Guarded> {
  const options = await emptyCache();
  const top = options.projectDirectory;
  const canary = path.join(top, "canary");
  writeFileSync(canary, `#!/bin/sh\ntouch "${top}/RAN"\n`);
  chmodSync(canary, 0o755);
  mkdirSync(path.join(top, "neighbour"));
  writeFileSync(path.join(top, "neighbour", "file"), "as it was");
  mkdirSync(options.cache);
  const before = listing(top, options.cache);
  const assertUntouched = () => expect(listing(top, options.cache)).toEqual(before);
  return { options, canary, assertUntouched };
}

/** All that lies beside the cache, and the folders of the cache. */
function listing(top: string, cache: string): string[] {
  const beside = filesIn(top).filter((name) => !name.startsWith("cache/") && !name.startsWith("repository/"));
  const unknown = readdirSync(cache).filter((name) => !["checkouts", "mirrors", "sources"].includes(name));
  return [...beside, ...unknown, readFileSync(path.join(top, "neighbour", "file"), "utf8")];
}

async function repositoryBeside({ options }: Guarded): Promise<TestRepository> {
  const repository = await createRepository(path.join(options.projectDirectory, "repository"));
  repository.commit({ "algorithm.py": "1" });
  return repository;
}

const wicked = [
  ...["..", ".", "...", ".git", ".GIT", ".git ", ".git.", "git~1", "GIT~1", ".gi\u200ct", "\ufeff.git", ".git\u200d"],
  ...["hooks", "post-checkout", "config", ".gitmodules", ".gitattributes", "HEAD", "objects"],
  ...["CON", "aux.txt", "nul", "a:b", "C:\\x", "\\\\server\\share", "..\\x", "file.", "file ", "LPT1"],
  ...["-rf", "--upload-pack=x", "~", "~root", "$HOME", "`id`", "*", "$(id)", ";", "|", "&", "'", '"', "%s", "!"],
  ...["a\nb", "\n", "\r", "\t", "\x1b[2J", "\x07", "\x7f", "\u202egpj.exe", "\u2028", "é", "e\u0301", "名"],
];
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...wicked) },
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
  fc.integer({ min: 200, max: 300 }).map((length) => "x".repeat(length)),
);
/** Names as raw trees can have them: with slashes in one name, absolute, and climbing. */
const fileName = fc
  .tuple(fc.constantFrom("", "", "", "/", "../", "a/../../", "./"), fc.array(part, { minLength: 1, maxLength: 4 }))
  .map(([start, parts]) => start + parts.join("/"))
  .filter((name) => !name.includes("\0") && Buffer.from(name).toString() === name);
const mode = fc.constantFrom("100644", "100644", "100755");

test("of 10,000 hostile file names none is written anywhere but below its checkout", { timeout: 300_000 }, async () => {
  const guard = await guarded();
  const repository = await repositoryBeside(guard);
  const pack = new Pack();
  const blob = pack.blob("hostile\n");
  const files = fc.sample(fc.tuple(fileName, mode), 10_000);
  // Each in a folder of its own, so that none is in another's way.
  const inFolders = (all: readonly (readonly [string, string])[]) =>
    pack.tree(
      all.map(([name, mode], index): RawEntry => {
        return { mode: "40000", name: String(index).padStart(5, "0"), id: pack.tree([{ mode, name, id: blob }]) };
      }),
    );
  const all = inFolders(files);
  const accepted = files.filter(([name]) => isSafePath(name) && name.split("/").every(fits));
  const commit = pack.commit(inFolders(accepted));
  pack.unpackInto(repository);
  // As git itself tells them, none but the accepted passes.
  const told = await filesBelow({ cwd: repository.directory }, [{ path: ".", mode: "040000", id: all }]);
  expect(told).toHaveLength(files.length);
  const passed = told.filter((file) => passes(() => assertCheckoutable([file])));
  expect(passed.filter((file) => file.path.split("/").every(fits))).toHaveLength(accepted.length);
  expect(accepted.length).toBeGreaterThan(1000);
  expect(files.length - passed.length).toBeGreaterThan(1000);
  // And those are written, each below the checkout.
  repository.git("update-ref", "refs/heads/main", commit);
  const source = { git: repository.directory, ref: "main", subdir: ".", include: [] };
  const { directory } = await resolveSource(source, guard.options);
  expect(filesIn(directory)).toHaveLength(accepted.length);
  expect(directory.startsWith(path.join(guard.options.cache, "checkouts"))).toBe(true);
  guard.assertUntouched();
});

function fits(part: string): boolean {
  return Buffer.byteLength(part) <= 255;
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UserError);
    return false;
  }
}

const entry = fc.oneof(
  fc.record({ kind: fc.constantFrom("file"), name: fileName, target: fc.constant("") }),
  fc.record({ kind: fc.constantFrom("link", "submodule", "tree"), name: part, target: fc.oneof(fileName, part) }),
  fc.record({ kind: fc.constant("link"), name: fc.constant("out"), target: fc.constantFrom("/etc", "../neighbour") }),
);

test("whole hostile repositories are refused with an error, or checked out below their folder", {
  timeout: 300_000,
}, async () => {
  const guard = await guarded();
  const repository = await repositoryBeside(guard);
  const pack = new Pack();
  const good = { mode: "100644", name: "algorithm.py", id: pack.blob("1") };
  const trees = fc.sample(fc.array(entry, { minLength: 1, maxLength: 3 }), 60).map((entries) =>
    pack.commit(
      pack.tree([
        good,
        ...entries.map(({ kind, name, target }) => {
          if (kind === "file") return { mode: "100755", name, id: pack.blob("2") };
          if (kind === "link") return { mode: "120000", name, id: pack.blob(target) };
          if (kind === "submodule") return { mode: "160000", name, id: "1".repeat(40) };
          return { mode: "40000", name, id: pack.tree([{ mode: "100644", name: target, id: pack.blob("3") }]) };
        }),
      ]),
    ),
  );
  trees.push(pack.commit(pack.tree([{ ...good, name: "" }])), pack.commit("2".repeat(40)));
  pack.unpackInto(repository);
  let refusals = 0;
  for (const [index, commit] of trees.entries()) {
    repository.git("update-ref", `refs/heads/b${index}`, commit);
    const source = { git: repository.directory, ref: `b${index}`, subdir: ".", include: [] };
    const refused = await refusal(source, guard.options);
    if (refused !== undefined) refusals += 1;
    expect(refused?.includes("\x1b") || refused?.includes("\x07")).toBeFalsy();
  }
  expect(refusals).toBeGreaterThan(20);
  expect(refusals).toBeLessThan(trees.length);
  guard.assertUntouched();
});

/** The message of the UserError with which a source is refused; undefined when it is not. */
async function refusal(source: Source, options: SourceOptions): Promise<string | undefined> {
  try {
    const { directory } = await resolveSource(source, options);
    expect(directory.startsWith(path.join(options.cache, "checkouts"))).toBe(true);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return thrown.message;
  }
}

/** Addresses and refs that would run something if git or ssh took them for what they look like. */
function attempts(canary: string) {
  const addresses = [
    `ext::${canary}`,
    `ext::sh -c ${canary}`,
    `fd::17`,
    `--upload-pack=${canary}`,
    `-u${canary}`,
    `-oProxyCommand=${canary}`,
    `ssh://-oProxyCommand=${canary}/x`,
    `-oProxyCommand=${canary}:x`,
    `git@-oProxyCommand=${canary}:x`,
    `https://-oProxyCommand=${canary}/x`,
    `https://localhost:1/$(${canary})`,
    `file://$(${canary})`,
    `file::ext::${canary}`,
    `transport::${canary}`,
    `./\`${canary}\``,
    `.;${canary}`,
    `http://example.org/x`,
    `git://example.org/x`,
    `ftp://example.org/x`,
    `file:///etc/passwd`,
  ];
  const refs = [
    `--upload-pack=${canary}`,
    `-c`,
    `$(${canary})`,
    `main;${canary}`,
    `main\n${canary}`,
    `refs/heads/../../x`,
    `HEAD^{/x}`,
    `:/${canary}`,
    `@{-1}`,
    `main:algorithm.py`,
    "",
    "x".repeat(5000),
  ];
  return { addresses, refs };
}

test("hostile addresses, refs, folders and includes run nothing", { timeout: 120_000 }, async () => {
  const guard = await guarded();
  const repository = await repositoryBeside(guard);
  const { addresses, refs } = attempts(guard.canary);
  const right = { git: repository.directory, ref: "main", subdir: ".", include: [] };
  const sources = [
    ...addresses.map((git) => ({ ...right, git })),
    ...refs.map((ref) => ({ ...right, ref })),
    ...["../neighbour", "/etc", ".git", ".git/hooks", "-x", ":(top)x", "*", "a\0b"].flatMap((where) => [
      { ...right, subdir: where },
      { ...right, include: [where] },
    ]),
  ];
  for (const source of sources) expect(await refusal(source, guard.options), JSON.stringify(source)).toBeDefined();
  expect(await refusal(right, guard.options)).toBeUndefined();
  guard.assertUntouched();
});

test("what a repository's own settings, attributes and hooks name is never run", { timeout: 120_000 }, async () => {
  const guard = await guarded();
  const { canary } = guard;
  const repository = await repositoryBeside(guard);
  repository.commit({
    ".gitattributes": "* filter=wicked diff=wicked merge=wicked text ident\n",
    ".gitmodules": `[submodule "x"]\n\tpath = x\n\turl = ext::${canary}\n\tupdate = !${canary}\n`,
    "hooks/post-checkout": `#!/bin/sh\n${canary}\n`,
  });
  const wickedSettings = {
    "core.fsmonitor": canary,
    "core.hooksPath": path.join(repository.directory, ".git", "hooks"),
    "core.sshCommand": canary,
    "core.gitProxy": canary,
    "core.askPass": canary,
    "core.pager": canary,
    "core.editor": canary,
    "core.alternateRefsCommand": canary,
    "credential.helper": `!${canary}`,
    "filter.wicked.clean": canary,
    "filter.wicked.smudge": canary,
    "filter.wicked.process": canary,
    "filter.wicked.required": "true",
    "diff.wicked.command": canary,
    "diff.wicked.textconv": canary,
    "diff.external": canary,
    "merge.wicked.driver": canary,
    "uploadpack.packObjectsHook": canary,
    "gpg.program": canary,
    "log.showSignature": "true",
    "remote.origin.url": `ext::${canary}`,
    "remote.origin.uploadpack": canary,
    "remote.origin.promisor": "true",
    "remote.origin.partialclonefilter": "blob:none",
    "extensions.partialClone": "origin",
    "protocol.ext.allow": "always",
    "protocol.allow": "always",
    [`url.ext::${canary}.insteadOf`]: "https://",
  };
  for (const [name, value] of Object.entries(wickedSettings)) repository.git("config", name, value);
  for (const hook of [
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "fsmonitor-watchman",
  ]) {
    repository.write({ [`.git/hooks/${hook}`]: `#!/bin/sh\n${canary}\n` });
    chmodSync(path.join(repository.directory, ".git", "hooks", hook), 0o755);
  }
  repository.write({ "edited.py": "2" });
  const remote = { git: repository.directory, ref: "main", subdir: ".", include: [] };
  expect(await refusal(remote, guard.options)).toBeUndefined();
  expect(await refusal({ path: repository.directory }, guard.options)).toBeUndefined();
  expect(existsSync(path.join(guard.options.projectDirectory, "RAN"))).toBe(false);
  guard.assertUntouched();
});

test("the canary does sing when something runs it", async () => {
  const guard = await guarded();
  const repository = await repositoryBeside(guard);
  repository.git("config", "core.fsmonitor", guard.canary);
  repository.git("status");
  expect(guard.assertUntouched).toThrow();
});

const address = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "https://",
        "ssh://",
        "http://",
        "git://",
        "ext::",
        "file://",
        "HTTPS://",
        "-",
        "",
        "git@",
        "fd::",
      ),
      fc.array(fc.oneof(part, fc.constantFrom("host", "user:pass@host", "-oProxyCommand=x", ":", "@", "/", "?", "#")), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.constantFrom("", "/", ":"),
    )
    .map(([scheme, parts, separator]) => scheme + parts.join(separator)),
  fc.string({ maxLength: 40 }),
);

test("10,000 hostile addresses, refs and paths: what passes is what git and ssh take for nothing else", () => {
  fc.assert(
    fc.property(address, part, fileName, (git, ref, where) => {
      const parsed = parsedAddress(git);
      if (parsed !== undefined) {
        expect(parsed.url).not.toMatch(/^-|^[\w+.-]+::|[\p{Cc}\s]|^ssh:\/\/-|^https?:\/\/-|^[^:/]*@-|:\/\/[^/]*@-/u);
        expect(["https", "ssh", "http", "file"]).toEqual(expect.arrayContaining([...parsed.protocols]));
        if (/^https?:/i.test(parsed.url)) expect(new URL(parsed.url).password).toBe("");
      }
      if (isGitAddress(git)) expect(git).not.toMatch(/^-|^\w+::|[\p{Cc}\s]|^https:\/\/[^/]*@/u);
      for (const accepts of [isGitRef, isRefName])
        if (accepts(ref)) expect(ref).not.toMatch(/^-|\.\.|[\p{Cc} ~^:?*[\\]/u);
      if (isPathBelow(where)) {
        expect(where).not.toMatch(/^[-/:~]|\p{Cc}/u);
        expect(path.join("/top", where).startsWith("/top")).toBe(true);
      }
    }),
    { numRuns: 10_000 },
  );
});

function parsedAddress(git: string): ReturnType<typeof parseAddress> | undefined {
  try {
    return parseAddress(git, "/nowhere");
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UserError);
    return undefined;
  }
}

test("a listing of names that are no text is an error", () => {
  expect(() => parseEntries(Buffer.from(`100644 blob ${"0".repeat(40)}\t\xff\0`, "latin1"))).toThrow("not UTF-8");
});
