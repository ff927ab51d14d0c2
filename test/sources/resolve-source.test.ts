import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { resolveSource, sourceResolver } from "../../sources/index.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { commitTree, createRepository, makeBlob, makeTree, type TestRepository } from "./support/repository.ts";

const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n`;

function at(repository: TestRepository, subdir = ".", include: string[] = [], ref = "main") {
  return { git: repository.directory, ref, subdir, include };
}

test("the folder of a branch is checked out with its commit, time and tree", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "algorithms/ranker/rank.py": "A = 1\n", "other.txt": "other" });
  const source = await resolveSource(at(repository, "algorithms/ranker"), options);
  expect(source).toEqual({
    commit,
    committedAt: repository.git("show", "-s", "--format=%cI", commit),
    tree: repository.git("rev-parse", "HEAD:algorithms/ranker").slice(0, 12),
    dirty: false,
    directory: expect.stringMatching(/\/checkouts\/[0-9a-f]{40}\/algorithms\/ranker$/),
  });
  expect(filesIn(path.join(source.directory, "../.."))).toEqual(["algorithms/ranker/rank.py"]);
  expect(readFileSync(path.join(source.directory, "rank.py"), "utf8")).toBe("A = 1\n");
});

test("a commit that does not touch the folder changes nothing", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "ranker/rank.py": "A = 1\n" });
  const before = await resolveSource(at(repository, "ranker"), options);
  repository.commit({ "README.md": "words" });
  expect(await resolveSource(at(repository, "ranker"), options)).toEqual(before);
});

test("a commit in an include changes the tree and counts as the commit", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "ranker/rank.py": "A = 1\n", "shared/util.py": "B = 1\n", "one.py": "", "apart.py": "" });
  const before = await resolveSource(at(repository, "ranker", ["shared", "one.py"]), options);
  const commit = repository.commit({ "shared/util.py": "B = 2\n" });
  repository.commit({ "apart.py": "C = 1\n" });
  const after = await resolveSource(at(repository, "ranker", ["shared/", "./one.py"]), options);
  expect(after.commit).toBe(commit);
  expect(after.tree).not.toBe(before.tree);
  expect(filesIn(path.dirname(after.directory))).toEqual(["one.py", "ranker/rank.py", "shared/util.py"]);
});

test("an include that the folder holds already, or that holds the folder, is no other version than the larger one", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/b/c.py": "1", "a/d.py": "2", "e.py": "3" });
  const whole = await resolveSource(at(repository, "a"), options);
  expect(await resolveSource(at(repository, "a", ["a/b", "a"]), options)).toEqual(whole);
  const inner = await resolveSource(at(repository, "a/b", ["a"]), options);
  expect(inner).toEqual({ ...whole, directory: path.join(whole.directory, "b") });
  expect(await resolveSource(at(repository, "a/b", ["a/b/c.py", "a", "a/b"]), options)).toEqual(inner);
  const top = await resolveSource(at(repository, "a/b", ["."]), options);
  expect(filesIn(path.join(top.directory, "../.."))).toEqual(["a/b/c.py", "a/d.py", "e.py"]);
});

test("the order of includes does not matter", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/a.py": "1", "b/b.py": "2", "c/c.py": "3" });
  const one = await resolveSource(at(repository, "a", ["b", "c"]), options);
  expect(await resolveSource(at(repository, "a", ["c", "b", "c"]), options)).toEqual(one);
});

test("files keep their bytes and modes whatever the repository's attributes say, and links stay links", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.write({ "run.sh": "#!/bin/sh\n", "data.bin": Buffer.from([0, 255, 13, 10, 0]), "text.txt": "a\nb\n" });
  chmodSync(path.join(repository.directory, "run.sh"), 0o755);
  repository.link("link.txt", "text.txt");
  repository.commit({
    ".gitattributes": "*.txt text eol=crlf\n*.py ident\n",
    "id.py": "# $Id$\n",
    big: Buffer.alloc(3_000_000, 7),
  });
  const { directory } = await resolveSource(at(repository), options);
  expect(statSync(path.join(directory, "run.sh")).mode & 0o111).toBe(0o111);
  expect(statSync(path.join(directory, "id.py")).mode & 0o111).toBe(0);
  expect([...readFileSync(path.join(directory, "data.bin"))]).toEqual([0, 255, 13, 10, 0]);
  expect(readFileSync(path.join(directory, "text.txt"), "utf8")).toBe("a\nb\n");
  expect(readFileSync(path.join(directory, "link.txt"), "utf8")).toBe("a\nb\n");
  expect(readFileSync(path.join(directory, "id.py"), "utf8")).toBe("# $Id$\n");
  expect(readFileSync(path.join(directory, "big")).equals(Buffer.alloc(3_000_000, 7))).toBe(true);
});

test("a full commit that the mirror has needs no server", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "a.py": "1" });
  const source = await resolveSource(at(repository, ".", [], commit), options);
  rmSync(repository.directory, { recursive: true });
  await expect(resolveSource(at(repository), options)).rejects.toThrow("there is no `");
  const url = `file://${repository.directory}`;
  expect(await resolveSource({ git: url, ref: commit, subdir: ".", include: [] }, options)).toEqual(source);
});

test("an older commit is found by its id, also when no branch has it any more", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const first = repository.commit({ "a.py": "1" });
  const second = repository.commit({ "a.py": "2" });
  repository.git("reset", "--quiet", "--hard", first);
  const source = await resolveSource(at(repository, ".", [], second), options);
  expect([source.commit, readFileSync(path.join(source.directory, "a.py"), "utf8")]).toEqual([second, "2"]);
});

test("a tag with a message is followed to its commit, by its name and by its own id", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "a.py": "1" });
  repository.git("tag", "--annotate", "--message", "a release", "v1");
  repository.commit({ "a.py": "2" });
  const id = repository.git("rev-parse", "refs/tags/v1");
  expect(id).not.toBe(commit);
  expect((await resolveSource(at(repository, ".", [], "v1"), options)).commit).toBe(commit);
  expect((await resolveSource(at(repository, ".", [], id), await emptyCache())).commit).toBe(commit);
  const blob = repository.git("rev-parse", "HEAD:a.py");
  await expect(resolveSource(at(repository, ".", [], blob), options)).rejects.toThrow(
    /^(`[0-9a-f]{40}` of `.*` is no commit|git could not fetch )/,
  );
  await expect(resolveSource(at(repository, ".", [], "0".repeat(40)), options)).rejects.toThrow(UserError);
});

test("a branch that was moved back is followed", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const first = repository.commit({ "a.py": "1" });
  repository.commit({ "a.py": "2" });
  const newer = await resolveSource(at(repository), options);
  repository.git("reset", "--quiet", "--hard", first);
  const older = await resolveSource(at(repository), options);
  expect([older.commit, older.tree === newer.tree]).toEqual([first, false]);
  repository.commit({ "a.py": "3" });
  expect(readFileSync(path.join((await resolveSource(at(repository), options)).directory, "a.py"), "utf8")).toBe("3");
});

test("a branch may become a folder of branches", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "a.py": "1" });
  repository.git("branch", "team");
  await resolveSource(at(repository, ".", [], "team"), options);
  repository.git("branch", "--delete", "team");
  repository.git("branch", "team/one");
  expect((await resolveSource(at(repository, ".", [], "team/one"), options)).commit).toBe(commit);
});

test("one run asks for a ref once, so that all algorithms of a repository are at the same commit", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const first = repository.commit({ "a/a.py": "1", "b/b.py": "1" });
  const { resolve } = sourceResolver(options);
  expect((await resolve(at(repository, "a"))).commit).toBe(first);
  const second = repository.commit({ "a/a.py": "2", "b/b.py": "2" });
  expect((await resolve(at(repository, "b"))).commit).toBe(first);
  expect((await sourceResolver(options).resolve(at(repository, "b"))).commit).toBe(second);
});

test("a folder that is not there is an error that names near ones", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "algorithms/ranker/a.py": "1", "algorithms/scorer/b.py": "1", "docs/x.md": "" });
  const failing = async (subdir: string, include: string[] = []) => {
    const failure = resolveSource(at(repository, subdir, include), options);
    await expect(failure).rejects.toThrow(UserError);
    return await failure.catch((thrown) => thrown.message);
  };
  const has = `which commit ${commit.slice(0, 12)} does not have.`;
  expect(await failing("algorithms/rankr")).toBe(
    `\`subdir\` is \`algorithms/rankr\`, ${has} Did you mean \`algorithms/ranker\`?`,
  );
  expect(await failing("xyz")).toBe(
    `\`subdir\` is \`xyz\`, ${has} The repository's top holds \`algorithms\` and \`docs\`.`,
  );
  expect(await failing("docs/a/b")).toBe(`\`subdir\` is \`docs/a/b\`, ${has} \`docs\` holds no folders.`);
  expect(await failing("docs", ["nope", "docs/x.md"])).toBe(
    `\`include\` is \`nope\`, ${has} The repository's top holds \`algorithms\` and \`docs\`.`,
  );
  expect(await failing("docs/x.md")).toBe(
    "`subdir` is `docs/x.md`, which is no folder. Give the folder that holds the algorithm.",
  );
  for (const outside of ["../x", "/etc", "a/../../b", ""]) {
    expect(await failing(outside)).toBe(
      `\`subdir\` is \`${outside}\`, which is not inside the repository. Give a path from the repository's top, such as \`algorithms/ranker\`.`,
    );
  }
  expect(await failing("--help")).toContain("`subdir` is `--help`, which commit");
  expect(await failing(":(glob)**")).toContain("`subdir` is `:(glob)**`, which commit");
});

test("a submodule is an error that says what to do", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "a/a.py": "1" });
  repository.git("update-index", "--add", "--cacheinfo", `160000,${commit},a/vendor/lib`);
  repository.git("commit", "--quiet", "--message", "a submodule");
  const said =
    "`a/vendor/lib` is a git submodule, which Algorithm Conduit does not fetch. Put the files into the repository itself, or publish them as a package and depend on it.";
  await expect(resolveSource(at(repository, "a"), options)).rejects.toThrow(new UserError(said));
  await expect(resolveSource(at(repository, "a/vendor/lib"), options)).rejects.toThrow(new UserError(said));
});

test("Git LFS pointers are an error that names them, and no checkout is left", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/model.onnx": LFS_POINTER, "a/b.bin": LFS_POINTER, "a/a.py": "1" });
  await expect(resolveSource(at(repository, "a"), options)).rejects.toThrow(
    new UserError(
      "`a/b.bin` and `a/model.onnx` are in Git LFS: the repository holds only pointers, and Algorithm Conduit does not fetch what they stand for. " +
        "Put the files into git itself (`git lfs migrate export`), into a package that the algorithm depends on, or let the algorithm download them when it starts.",
    ),
  );
  expect(filesIn(path.join(options.cache, "checkouts"))).toEqual([]);
});

test("a symbolic link that leaves what is checked out is an error for each", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.link("a/shared", "../shared");
  repository.link("a/passwd", "/etc/passwd");
  repository.link("a/up", "../../../../etc/passwd");
  repository.link("a/fine", "a.py");
  repository.link("a/broken", "nothing");
  repository.commit({ "a/a.py": "1", "shared/b.py": "1" });
  await expect(resolveSource(at(repository, "a"), options)).rejects.toThrow(
    new UserError("Symbolic links leave what is checked out.", [
      "`a/passwd` points to `/etc/passwd`. Replace it by the file itself.",
      "`a/shared` points to `../shared`. Correct the path, or add `shared` to `include`.",
      "`a/up` points to `../../../../etc/passwd`. Replace it by the file itself.",
    ]),
  );
  repository.git("rm", "--quiet", "a/passwd", "a/up");
  repository.commit();
  const { directory } = await resolveSource(at(repository, "a", ["shared"]), options);
  expect(readFileSync(path.join(directory, "shared/b.py"), "utf8")).toBe("1");
});

test("path dependencies outside of what is checked out are an error that says so", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({
    "a/requirements.txt": "six\n-e ../shared\nlocal @ file:../other\n./inside\n../..\n",
    "a/inside/pyproject.toml": "[project]\nname='inside'\n",
    "shared/pyproject.toml": "[project]\nname='shared'\n",
  });
  await expect(resolveSource(at(repository, "a"), options)).rejects.toThrow(
    new UserError("Path dependencies are not in what is checked out.", [
      "`requirements.txt` depends on `../shared`. Correct the path, or add `shared` to `include`.",
      "`requirements.txt` depends on `../other`. Correct the path, or add `other` to `include`.",
      "`requirements.txt` depends on `../..`. It lies outside the repository: publish it as a package, or put it into the repository.",
    ]),
  );
  repository.commit({ "a/requirements.txt": "-e ../shared\n-r ../../../etc/passwd\n" });
  await expect(resolveSource(at(repository, "a", ["shared"]), options)).rejects.toThrow(
    new UserError(
      "`requirements.txt` includes `../../../etc/passwd`, which is not in what is checked out. " +
        "It lies outside the repository: publish it as a package, or put it into the repository.",
    ),
  );
  repository.commit({ "a/requirements.txt": "-e ../shared\n" });
  await resolveSource(at(repository, "a", ["shared"]), options);
});

test("hostile file names are written as they are, or refused, and never outside", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "-x": "1", "new\nline": "2", "--output=evil": "3", "sp ace/$(touch evil)": "4", "ü/é": "5" });
  const { directory } = await resolveSource(at(repository), options);
  expect(filesIn(directory)).toEqual(["--output=evil", "-x", "new\nline", "sp ace/$(touch evil)", "ü/é"].toSorted());
});

test.each(["..", ".", ".git", ".GIT", "git~1", ".git ", ".g\u200cit", "a/b", "../../evil"])(
  "a tree with an entry named %j is refused",
  async (name) => {
    const options = await emptyCache();
    const repository = await createRepository();
    const id = makeBlob(repository, "evil");
    const inner = makeTree(repository, [{ mode: "100644", name: "config", id }]);
    for (const entry of [
      { mode: "100644", name, id },
      { mode: "40000", name, id: inner },
      { mode: "120000", name, id },
    ]) {
      commitTree(repository, makeTree(repository, [entry]));
      const failure = resolveSource(at(repository), options);
      // "a/b" is a path like any other once it is listed; what counts is that it stays inside.
      if (name === "a/b") expect(existsSync((await failure).directory)).toBe(true);
      else
        await expect(failure).rejects.toThrow(
          /^(The repository has files with names that are never written: |git could not )/,
        );
    }
    expect(existsSync(path.join(options.cache, "evil"))).toBe(false);
  },
);

test("a tree in which a link stands where a folder does is refused", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const id = makeBlob(repository, "/tmp");
  const inner = makeTree(repository, [{ mode: "100644", name: "evil", id }]);
  const entries = [
    { mode: "120000", name: "a", id },
    { mode: "40000", name: "a", id: inner },
  ];
  commitTree(repository, makeTree(repository, entries));
  await expect(resolveSource(at(repository), options)).rejects.toThrow(
    new UserError("The repository is damaged: files stand where folders do (`a/evil`). Run `git fsck` in it."),
  );
});

test("a repository that is not there is an error that says what to do", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  renameSync(path.join(repository.directory, ".git"), path.join(repository.directory, "git"));
  const url = `file://${repository.directory}`;
  await expect(resolveSource({ ...at(repository), git: url }, options)).rejects.toThrow(
    new UserError(
      `git could not read \`${url}\`: '${repository.directory}' does not appear to be a git repository. Correct the path: \`git ls-remote ${url}\`.`,
    ),
  );
});
