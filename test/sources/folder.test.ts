import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { NO_COMMIT, resolveSource } from "../../sources/index.ts";
import { temporaryFolder } from "../support/folders.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository, type TestRepository } from "./support/repository.ts";

/** All of a repository that git or a person could notice a change in. */
function stateOf(repository: TestRepository): unknown {
  return filesIn(repository.directory).map((name) => {
    const file = path.join(repository.directory, name);
    return [name, statSync(file).mtimeMs, readFileSync(file).toString("base64")];
  });
}

test("a clean folder is the same version as its commit in a remote", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/x.py": "1", "a/b/y.py": "2", "other.py": "3" });
  const remote = await resolveSource({ git: repository.directory, ref: "main", subdir: "a", include: [] }, options);
  const folder = await resolveSource({ path: path.join(repository.directory, "a") }, options);
  expect(folder).toEqual(remote);
});

test("edits, new files and removed ones make another tree, marked dirty, and the user's repository is only read", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const commit = repository.commit({ "a/x.py": "1", "a/gone.py": "2", "other.py": "3" });
  repository.write({ "a/x.py": "changed", "a/new.py": "new", "other.py": "changed too" });
  rmSync(path.join(repository.directory, "a/gone.py"));
  repository.git("add", "a/new.py");
  const before = stateOf(repository);
  const source = await resolveSource({ path: path.join(repository.directory, "a") }, options);
  expect(stateOf(repository)).toEqual(before);
  expect([source.commit, source.dirty, filesIn(source.directory)]).toEqual([commit, true, ["new.py", "x.py"]]);
  expect(readFileSync(path.join(source.directory, "x.py"), "utf8")).toBe("changed");
  repository.commit();
  const clean = await resolveSource({ path: path.join(repository.directory, "a") }, options);
  expect([clean.tree, clean.dirty, clean.commit]).toEqual([source.tree, false, repository.git("rev-parse", "HEAD")]);
});

test("an edit beside the folder changes nothing", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/x.py": "1" });
  const before = await resolveSource({ path: path.join(repository.directory, "a") }, options);
  repository.write({ "b/y.py": "2" });
  expect(await resolveSource({ path: path.join(repository.directory, "a") }, options)).toEqual(before);
});

test("edits within a second that keep the size are all seen", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "x.py": "A = 00" });
  const trees = new Set<string>();
  for (let value = 10; value < 25; value++) {
    repository.write({ "x.py": `A = ${value}` });
    trees.add((await resolveSource({ path: repository.directory }, options)).tree);
  }
  expect(trees.size).toBe(15);
});

test("ignored files are left out, tracked ones are kept although ignored", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.write({ ".gitignore": "*.log\n/a/data/\n", "a/x.py": "1", "a/kept.log": "tracked" });
  repository.git("add", "--force", "a/kept.log");
  repository.commit({});
  repository.write({
    "a/x.log": "ignored",
    "a/data/big.bin": "ignored",
    "a/__pycache__/x.pyc": "built in",
    "a/.venv/bin/python": "built in",
    "a/node_modules/x/index.js": "built in",
    "a/.env": "SECRET=1",
  });
  appendFileSync(path.join(repository.directory, ".git/info/exclude"), "*.private\n");
  repository.write({ "a/x.private": "ignored by the clone alone" });
  const resolve = () => resolveSource({ path: path.join(repository.directory, "a") }, options);
  const source = await resolve();
  expect([filesIn(source.directory), source.dirty]).toEqual([["kept.log", "x.py"], false]);
  repository.write({ "a/new.txt": "new" });
  expect(filesIn((await resolve()).directory)).toEqual(["kept.log", "new.txt", "x.py"]);
  appendFileSync(path.join(repository.directory, ".gitignore"), "*.txt\n");
  expect(filesIn((await resolve()).directory)).toEqual(["kept.log", "x.py"]);
  repository.git("rm", "--quiet", "--cached", "a/kept.log");
  expect(filesIn((await resolve()).directory)).toEqual(["x.py"]);
  repository.git("add", "--force", "a/kept.log");
  rmSync(path.join(repository.directory, "a/kept.log"));
  expect(filesIn((await resolve()).directory)).toEqual(["x.py"]);
});

test("a folder that its repository ignores stands for itself", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ ".gitignore": "/scratch/\n", "x.py": "1" });
  repository.write({ "scratch/y.py": "2" });
  const source = await resolveSource({ path: path.join(repository.directory, "scratch") }, options);
  expect([source.commit, source.dirty, filesIn(source.directory)]).toEqual([NO_COMMIT, true, ["y.py"]]);
});

test("a folder outside any repository has no commit, and its own ignore files count", async () => {
  const options = await emptyCache();
  const folder = await temporaryFolder();
  mkdirSync(path.join(folder, "__pycache__"));
  for (const name of ["x.py", "y.log", "__pycache__/x.pyc"]) writeFileSync(path.join(folder, name), name);
  writeFileSync(path.join(folder, ".gitignore"), "*.log\n");
  const source = await resolveSource({ path: folder }, options);
  expect(source).toEqual({
    commit: NO_COMMIT,
    committedAt: undefined,
    tree: expect.stringMatching(/^[0-9a-f]{12}$/),
    dirty: true,
    directory: expect.any(String),
  });
  expect(filesIn(source.directory)).toEqual([".gitignore", "x.py"]);
});

test("a folder that is in no commit yet, and a repository without commits, have no commit", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.write({ "a/x.py": "1" });
  const resolve = async () => await resolveSource({ path: path.join(repository.directory, "a") }, options);
  expect((await resolve()).commit).toBe(NO_COMMIT);
  repository.git("commit", "--quiet", "--allow-empty", "--message", "nothing");
  expect([(await resolve()).commit, (await resolve()).dirty]).toEqual([NO_COMMIT, true]);
});

test("the top of a repository, a path relative to the project and an executable bit work", async () => {
  const options = await emptyCache();
  const repository = await createRepository(path.join(options.projectDirectory, "algorithms", "ranker"));
  const commit = repository.commit({ "x.sh": "#!/bin/sh\n" });
  const clean = await resolveSource({ path: "algorithms/ranker" }, options);
  expect([clean.commit, clean.dirty, filesIn(clean.directory)]).toEqual([commit, false, ["x.sh"]]);
  chmodSync(path.join(repository.directory, "x.sh"), 0o755);
  const edited = await resolveSource({ path: "./algorithms/ranker/" }, options);
  expect([edited.dirty, statSync(path.join(edited.directory, "x.sh")).mode & 0o111]).toEqual([true, 0o111]);
});

test("variables of a git hook around us do not count", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const other = await createRepository();
  repository.commit({ "x.py": "1" });
  const expected = await resolveSource({ path: repository.directory }, options);
  const hook = {
    GIT_DIR: path.join(other.directory, ".git"),
    GIT_INDEX_FILE: "/nonexistent/index",
    GIT_WORK_TREE: "/",
  };
  Object.assign(process.env, hook);
  try {
    expect(await resolveSource({ path: repository.directory }, options)).toEqual(expected);
  } finally {
    for (const name of Object.keys(hook)) delete process.env[name];
  }
});

test("filters of the user's settings and line ends of attributes do not change what is read", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.write({
    ".gitattributes": "*.bin filter=evil\n*.txt text eol=crlf\n",
    "a.bin": "bytes",
    "b.txt": "a\r\nb\r\n",
  });
  const settings = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "filter.evil.clean", GIT_CONFIG_VALUE_0: "echo other" };
  Object.assign(process.env, settings);
  try {
    const { directory } = await resolveSource({ path: repository.directory }, options);
    const contents = ["a.bin", "b.txt"].map((name) => readFileSync(path.join(directory, name), "utf8"));
    expect(contents).toEqual(["bytes", "a\r\nb\r\n"]);
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
  }
});

test("what cannot be read as a folder is an error that says what to do", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const says = (folder: string, ...said: string[]) =>
    expect(resolveSource({ path: folder }, options)).rejects.toThrow(new UserError(said[0] ?? "", said.slice(1)));
  await says(
    "nowhere",
    `\`path\` is \`nowhere\`, and \`${options.projectDirectory}/nowhere\` is not there. Give the folder of the algorithm, relative to the folder of \`algorithms.config.ts\`.`,
  );
  repository.write({ "file.py": "", "empty/__pycache__/x.pyc": "" });
  await says(
    path.join(repository.directory, "file.py"),
    `\`path\` is \`${repository.directory}/file.py\`, and \`${repository.directory}/file.py\` is no folder. Give the folder of the algorithm, relative to the folder of \`algorithms.config.ts\`.`,
  );
  await says(
    path.join(repository.directory, "empty"),
    `The folder \`${repository.directory}/empty\` holds no files that git does not ignore. Add the algorithm to it.`,
  );
  repository.link("a/out", "../file.py");
  await says(
    path.join(repository.directory, "a"),
    "Symbolic links leave what is checked out.",
    "`a/out` points to `../file.py`. Put it into the algorithm's folder, or give the source as `{ git, subdir, include }`.",
  );
});

test("a repository inside the folder is an error", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  repository.commit({ "a/x.py": "1" });
  (await createRepository(path.join(repository.directory, "a/vendor"))).commit({ "y.py": "2" });
  await expect(resolveSource({ path: path.join(repository.directory, "a") }, options)).rejects.toThrow(
    new UserError(
      "`a/vendor` is a git submodule, which Algorithm Conduit does not fetch. Put the files into the repository itself, or publish them as a package and depend on it.",
    ),
  );
});

test("names that look like options or patterns are only names", async () => {
  const options = await emptyCache();
  const repository = await createRepository();
  const names = ["--all", ":(glob)x", "*", "new\nline", "[a]"];
  repository.write(Object.fromEntries(names.map((name) => [`-x/${name}`, name])));
  repository.write({ ".gitignore": "z*\n", "-x/zz*": "tracked" });
  repository.git("add", "--force", "--", ":(literal)-x/zz*");
  const source = await resolveSource({ path: path.join(repository.directory, "-x") }, options);
  expect(filesIn(source.directory)).toEqual([...names, "zz*"].toSorted());
});
