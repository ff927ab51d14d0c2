import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { declaredDependencies, readDependencies } from "../../sources/dependencies.ts";
import { verifyCheckout } from "../../sources/verify-checkout.ts";
import { temporaryFolder } from "../support/folders.ts";

type Files = Readonly<Record<string, string>>;

async function folderWith(files: Files): Promise<string> {
  const folder = await temporaryFolder();
  write(folder, files);
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

const PROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["six"]\n';
const LOCK =
  'version = 1\n[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "six" }]\n';

test("the first of uv.lock, pylock.toml, requirements.txt and pyproject.toml decides", async () => {
  const folder = await folderWith({ "x.py": "" });
  const kind = async (files: Files) => {
    write(folder, files);
    const { kind, files: read } = await readDependencies(folder);
    return [kind, ...read];
  };
  expect(await kind({})).toEqual(["none"]);
  expect(await kind({ "pyproject.toml": PROJECT })).toEqual(["pyproject.toml", "pyproject.toml"]);
  expect(await kind({ "requirements.txt": "six\n" })).toEqual(["requirements.txt", "requirements.txt"]);
  expect(await kind({ "pylock.toml": 'lock-version = "1.0"\n' })).toEqual(["pylock.toml", "pylock.toml"]);
  expect(await kind({ "uv.lock": LOCK })).toEqual(["uv.lock", "uv.lock", "pyproject.toml"]);
});

/** Whether a change of the files changes the fingerprint. */
async function changes(before: Files, after: Files): Promise<boolean> {
  const folder = await folderWith(before);
  const { fingerprint } = await readDependencies(folder);
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  write(folder, after);
  return (await readDependencies(folder)).fingerprint !== fingerprint;
}

test("what does not decide the environment does not change the fingerprint", async () => {
  const project = { "pyproject.toml": PROJECT };
  expect(await changes(project, { "rank.py": "A = 1" })).toBe(false);
  const renamed = PROJECT.replace('"1"', '"2"').replace('"x"', '"y"');
  const tools = '[tool.conduit]\ncpu = "2"\n[tool.ruff]\nline-length = 100\n[dependency-groups]\ndev = ["pytest"]\n';
  expect(
    await changes(project, { "pyproject.toml": `# words\n${renamed}${tools}[tool.uv]\ndev-dependencies = []\n` }),
  ).toBe(false);
  const locked = { ...project, "uv.lock": LOCK };
  expect(await changes(locked, { "pyproject.toml": renamed, "uv.lock": LOCK.replace('"1"', '"2"') })).toBe(false);
  const requirements = { "requirements.txt": "six\niniconfig # why\n" };
  expect(await changes(requirements, { "requirements.txt": "# all\nsix\n\niniconfig\n" })).toBe(false);
});

test("what decides the environment changes the fingerprint", async () => {
  const project = { "pyproject.toml": PROJECT };
  expect(await changes(project, { "pyproject.toml": PROJECT.replace("six", "six>=1") })).toBe(true);
  expect(await changes(project, { "pyproject.toml": `${PROJECT}requires-python = ">=3.12"\n` })).toBe(true);
  expect(
    await changes(project, { "pyproject.toml": `${PROJECT}[tool.uv]\nconstraint-dependencies = ["six<2"]\n` }),
  ).toBe(true);
  expect(await changes(project, { "uv.lock": LOCK })).toBe(true);
  expect(await changes({ ...project, "uv.lock": LOCK }, { "uv.lock": LOCK.replace('"six"', '"seven"') })).toBe(true);
  const nested = { "requirements.txt": "-r base.txt\n", "base.txt": "six\n" };
  expect(await changes(nested, { "base.txt": "six<2\n" })).toBe(true);
  expect(await changes(nested, { "requirements.txt": "-c base.txt\n" })).toBe(true);
  const local = { "requirements.txt": "./local\n", "local/pyproject.toml": PROJECT, "local/src/a.py": "1" };
  expect(await changes(local, { "local/src/a.py": "2" })).toBe(true);
  expect(await changes(local, { "local/build/x": "2", "local/src/x.egg-info/PKG-INFO": "" })).toBe(false);
  expect(await changes(local, { "local/src/build/x.py": "2" })).toBe(true);
});

test("script metadata is an error with the command that exports it, unless it asks for nothing that is missing", async () => {
  const script = (metadata: string) => `# /// script\n${metadata}# ///\nfrom temporalio import activity\n`;
  const reading = async (files: Files) => readDependencies(await folderWith(files));
  const six = script('# requires-python = ">=3.11"\n#\n# dependencies = [\n#   "six",\n#   "temporalio",\n# ]\n');
  await expect(reading({ "a.py": "", "my titles.py": six })).rejects.toThrow(
    new UserError(
      "The dependencies are in `my titles.py`, which Algorithm Conduit does not read. " +
        'Run `uv export --script "my titles.py" --output-file requirements.txt` and commit the file.',
    ),
  );
  expect((await reading({ "titles.py": six, "requirements.txt": "six\n" })).kind).toBe("requirements.txt");
  for (const metadata of ['# dependencies = ["Temporalio>=1.30"]\n', "# dependencies = []\n", "# dependencies = [\n"]) {
    expect((await reading({ "titles.py": script(metadata) })).kind).toBe("none");
  }
  expect(
    (await reading({ "plot.py": six.replace("from temporalio import activity", "").replace('"temporalio"', "") })).kind,
  ).toBe("none");
});

test("other tools' files are an error with the command that exports them", async () => {
  const says = async (files: Files, file: string, command: string) =>
    expect(readDependencies(await folderWith(files))).rejects.toThrow(
      new UserError(
        `The dependencies are in \`${file}\`, which Algorithm Conduit does not read. Run \`${command}\` and commit the file.`,
      ),
    );
  const poetry = '[tool.poetry.dependencies]\npython = "^3.11"\n';
  const export_ = "poetry self add poetry-plugin-export && poetry export --output requirements.txt";
  await says({ "poetry.lock": "", "pyproject.toml": poetry }, "poetry.lock", export_);
  await says({ "pyproject.toml": poetry }, "[tool.poetry.dependencies]", export_);
  await says({ Pipfile: "", "Pipfile.lock": "" }, "Pipfile.lock", "pipenv requirements > requirements.txt");
  const conda = "conda run --name ENVIRONMENT pip list --format freeze > requirements.txt";
  await says({ "environment.yml": "" }, "environment.yml", conda);
  await says({ "setup.py": "" }, "setup.py", "uv pip compile setup.py -o requirements.txt");
  await says({ "pdm.lock": "", "pyproject.toml": PROJECT }, "pdm.lock", "pdm export --output requirements.txt");
  await says({ "poetry.lock": "", "pyproject.toml": PROJECT }, "poetry.lock", export_);
  const exported = { "poetry.lock": "", "pyproject.toml": PROJECT, "requirements.txt": "six==1.16.0\n" };
  expect((await readDependencies(await folderWith(exported))).kind).toBe("requirements.txt");
  expect((await readDependencies(await folderWith({ "pyproject.toml": "[tool.ruff]\n" }))).kind).toBe("none");
});

test("what cannot be read is an error that says what to do", async () => {
  const says = async (files: Files, said: string) =>
    expect(readDependencies(await folderWith(files))).rejects.toThrow(new UserError(said));
  await says(
    { "uv.lock": LOCK },
    "There is a `uv.lock` but no `pyproject.toml`, which it belongs to. Add it, or take `uv.lock` away.",
  );
  await says(
    { "pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n' },
    "`pyproject.toml` has dynamic dependencies, which are known only after a build. Run `uv pip compile pyproject.toml -o requirements.txt` and commit the file.",
  );
  await says(
    { "pyproject.toml": `${PROJECT}[tool.uv.sources]\nsix = { workspace = true }\n` },
    '`pyproject.toml` takes `six` from a uv workspace, which ends at the algorithm\'s folder here. Give the path instead (`[tool.uv.sources]`, `NAME = { path = "../NAME" }`) and add it to `include`.',
  );
  await says(
    { "requirements.txt": "./nowhere\n" },
    "`requirements.txt` depends on `./nowhere`, which is not there. Correct the path.",
  );
});

test("a file that is not UTF-8, or too large, is an error that names it", async () => {
  const folder = await folderWith({});
  const says = async (name: string, content: Buffer, said: string) => {
    writeFileSync(path.join(folder, name), content);
    await expect(readDependencies(folder)).rejects.toThrow(new UserError(said));
  };
  const latin = Buffer.from('[project]\nname = "caf\xe9"\n', "latin1");
  await says(
    "pyproject.toml",
    latin,
    "`pyproject.toml` is not UTF-8 but something else from line 2 on. Save it as UTF-8.",
  );
  const powershell = Buffer.from("\ufeffsix\n", "utf16le");
  await says("requirements.txt", powershell, "`requirements.txt` is not UTF-8 but UTF-16. Save it as UTF-8.");
  const huge = Buffer.alloc(30 * 1024 * 1024, "#");
  await says("requirements.txt", huge, "`requirements.txt` has 30 MB. Make it smaller: at most 20 MB are read.");
});

test("repositories and archives of this machine are path dependencies too", async () => {
  const folder = await folderWith({});
  const places = async (files: Files) => {
    write(folder, files);
    return (await declaredDependencies(folder)).localPackages.map(({ place }) => place);
  };
  const sources = '[tool.uv.sources]\nsix = { git = "file:///srv/six.git", rev = "main" }\n';
  expect(await places({ "pyproject.toml": PROJECT + sources })).toEqual(["/srv/six.git"]);
  const requirements = "a @ git+file:///srv/a@main#egg=a\n-e git+file:///srv/b\nc @ git+https://host/c\n";
  expect(await places({ "requirements.txt": requirements })).toEqual(["/srv/a@main", "/srv/b"]);
  const pylock = '[[packages]]\nname = "a"\nvcs = { type = "git", url = "file:///srv/a" }\n';
  expect(await places({ "pylock.toml": pylock })).toEqual(["/srv/a"]);
  const git = 'source = { git = "file:///srv/six?rev=main#0123" }';
  const lock = `${LOCK}[[package]]\nname = "six"\nversion = "1"\n${git}\n`;
  expect(await places({ "uv.lock": lock })).toEqual(["/srv/six"]);
});

test("path dependencies are found in every kind of file, those of groups are not", async () => {
  const uvSources = '[tool.uv.sources]\nsix = { path = "../six" }\npytest = { path = "../pytest" }\n';
  const several = '[tool.uv.sources]\nsix = [{ path = "../a", marker = "x" }, { path = "../b", marker = "y" }]\n';
  const lock = `${LOCK}[package.dev-dependencies]\ndev = [{ name = "tool" }]\n${[
    ["six", '{ directory = "../six" }', 'dependencies = [{ name = "deep" }]'],
    ["deep", '{ editable = "../deep" }', ""],
    ["tool", '{ path = "../tool.whl" }', ""],
  ]
    .map(([name, source, more]) => `[[package]]\nname = "${name}"\nsource = ${source}\n${more}\n`)
    .join("")}`;
  const pylock =
    '[[packages]]\nname = "a"\ndirectory = { path = "../a" }\n[[packages]]\nname = "b"\nwheels = [{ path = "../b.whl" }]\n';
  const problems = async (files: Files) => {
    const top = await folderWith(Object.fromEntries(Object.entries(files).map(([name, text]) => [`x/${name}`, text])));
    const thrown = await verifyCheckout(top, "x", true).catch((error) => error);
    expect(thrown).toBeInstanceOf(UserError);
    return thrown.problems.map((problem: string) => /^`(.*)` depends on `(.*)`\. /.exec(problem)?.slice(1));
  };
  expect(await problems({ "pyproject.toml": PROJECT + uvSources })).toEqual([["pyproject.toml", "../six"]]);
  expect(await problems({ "pyproject.toml": PROJECT + several })).toEqual([
    ["pyproject.toml", "../a"],
    ["pyproject.toml", "../b"],
  ]);
  expect(await problems({ "pyproject.toml": PROJECT.replace('"six"', '"six @ file:../six"') })).toEqual([
    ["pyproject.toml", "../six"],
  ]);
  expect(await problems({ "uv.lock": lock, "pyproject.toml": PROJECT })).toEqual([
    ["uv.lock", "../six"],
    ["uv.lock", "../deep"],
  ]);
  expect(await problems({ "pylock.toml": pylock })).toEqual([
    ["pylock.toml", "../a"],
    ["pylock.toml", "../b.whl"],
  ]);
});

test("folders that are named as files of dependencies are none", async () => {
  const folder = await folderWith({
    "requirements.txt/a": "",
    "uv.lock/b": "",
    "x.py/c": "",
    "pyproject.toml": PROJECT,
  });
  expect(await readDependencies(folder)).toMatchObject({ kind: "pyproject.toml" });
  expect(await readDependencies(await folderWith({ "pyproject.toml/a": "", "x.py/c": "" }))).toMatchObject({
    kind: "none",
  });
});

test.each(["file:///%zz", "file:///a%2Fb", "file:%"])(
  "the address %s, which names no file, is told",
  async (address) => {
    await expect(readDependencies(await folderWith({ "requirements.txt": `x @ ${address}\n` }))).rejects.toThrow(
      new UserError(`\`requirements.txt\` depends on \`${address}\`, which is not there. Correct the path.`),
    );
  },
);
