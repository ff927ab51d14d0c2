import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { buildEnvironment, environmentFingerprint } from "../../providers/conduit/local/environment.ts";
import type { EnvironmentRequest } from "../../providers/conduit/local/environment-request.ts";
import { readDependencies } from "../../sources/dependencies.ts";
import { uvPath } from "../../tools/python-tools.ts";
import { temporaryFolder } from "../support/folders.ts";
import { killAtCall } from "../support/stopped-commands.ts";

const BUILD_APART = fileURLToPath(new URL("support/build-environment.ts", import.meta.url));

/** The Python of this machine, such as `3.11`. */
const PYTHON = execFileSync("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).toString().trim();

const RUNTIME = {
  "requirements.txt": "iniconfig==2.0.0\n",
  "pyproject.toml": '[project]\nname = "worker"\ndependencies = ["iniconfig>=2,<3"]\n',
};

type Files = Readonly<Record<string, string>>;

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** Builds environments in a cache of its own for algorithms that are only files, with a worker that needs iniconfig 2. */
async function builder(): Promise<{ folder: string; progress: string[]; build: Build; uv: string }> {
  const folder = await temporaryFolder();
  write(path.join(folder, "worker"), RUNTIME);
  const progress: string[] = [];
  const uv = await uvPath();
  let count = 0;
  const build: Build = async (files, changes = {}) => {
    const directory = path.join(folder, `algorithm-${count++}`);
    mkdirSync(directory);
    write(directory, files);
    return await buildEnvironment({
      directory,
      dependencies: await readDependencies(directory),
      python: PYTHON,
      runtimeRequirements: path.join(folder, "worker", "requirements.txt"),
      cache: path.join(folder, "cache"),
      uv,
      onProgress: (line) => progress.push(line),
      ...changes,
    });
  };
  return { folder, progress, build, uv };
}

type Build = (files: Files, changes?: Partial<EnvironmentRequest>) => Promise<{ directory: string; python: string }>;

/** What is installed, asked of the interpreter itself. */
function installed(python: string): string[] {
  const program =
    "import importlib.metadata as m; print(*sorted(f'{d.name}=={d.version}' for d in m.distributions()), sep='\\n')";
  return execFileSync(python, ["-I", "-c", program]).toString().trim().split("\n");
}

/** Lock files as a researcher makes them. */
function lock(uv: string, project: string, pyproject: string): { uvLock: string; pylock: string } {
  write(project, { "pyproject.toml": pyproject });
  const run = (...args: string[]) => execFileSync(uv, args, { cwd: project, stdio: "pipe" }).toString();
  run("lock", "--quiet", "--python", PYTHON);
  const uvLock = readFileSync(path.join(project, "uv.lock"), "utf8");
  return {
    uvLock,
    pylock: run("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--format", "pylock.toml"),
  };
}

const LOCAL = {
  "local/pyproject.toml":
    '[project]\nname = "local"\nversion = "1"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
  "local/src/local_package/__init__.py": "VALUE = 42\n",
};

const PROJECT = '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.8"\ndependencies = ["six==1.16.0"]\n';

test("an algorithm without dependencies gets what the worker needs", { timeout: 60_000 }, async () => {
  const { build, progress } = await builder();
  const { python } = await build({ "x.py": "" });
  expect(installed(python)).toEqual(["iniconfig==2.0.0"]);
  expect(progress).toEqual(["installing what the worker asks for"]);
});

test("both sides are installed together, and the worker's pins give way within what is firm", {
  timeout: 60_000,
}, async () => {
  const { build } = await builder();
  const { python } = await build({
    "requirements.txt": "-r more.txt\n-c limits.txt\n",
    "more.txt": "six\niniconfig>2.0\n",
    "limits.txt": "six==1.16.0\n",
  });
  expect(installed(python).toString()).toMatch(/^iniconfig==2\.[1-9]\d*\.\d+,six==1\.16\.0$/);
});

test("pyproject.toml is installed without the project itself and its groups", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  const { python } = await build({ "pyproject.toml": `${PROJECT}[dependency-groups]\ndev = ["pluggy"]\n` });
  expect(installed(python)).toEqual(["iniconfig==2.0.0", "six==1.16.0"]);
});

test("uv.lock and pylock.toml are installed as locked, without the project itself and its groups", {
  timeout: 120_000,
}, async () => {
  const { build, folder, uv } = await builder();
  const pyproject = [
    PROJECT.replace("six==1.16.0", "six"),
    '[dependency-groups]\ndev = ["pluggy"]',
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"',
    '[tool.uv]\nconstraint-dependencies = ["six==1.16.0"]\n',
  ].join("\n");
  const { uvLock, pylock } = lock(uv, path.join(folder, "project"), pyproject);
  const fromUvLock = await build({ "uv.lock": uvLock, "pyproject.toml": pyproject, "x.py": "" });
  expect(installed(fromUvLock.python)).toEqual(["iniconfig==2.0.0", "six==1.16.0"]);
  const fromPylock = await build({ "pylock.toml": pylock });
  expect(installed(fromPylock.python)).toEqual(["iniconfig==2.0.0", "six==1.16.0"]);
});

test("hashes are checked when they are given", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  const failure = build({ "requirements.txt": `six==1.16.0 --hash=sha256:${"0".repeat(64)}\n` });
  await expect(failure).rejects.toThrow(
    `What \`requirements.txt\` asks for cannot be installed for Python ${PYTHON}. See that its hashes are those of the files in the package index.`,
  );
});

test("a package of the repository is installed for good, so that the environment outlives the checkout", {
  timeout: 60_000,
}, async () => {
  const { build, folder } = await builder();
  const { python } = await build({ ...LOCAL, "requirements.txt": "-e ./local\n" });
  rmSync(path.join(folder, "algorithm-0"), { recursive: true });
  const said = execFileSync(python, ["-I", "-c", "import local_package; print(local_package.VALUE)"]).toString().trim();
  expect(said).toBe("42");
});

test("what the worker needs firmly and the algorithm does not want is an error that names both", {
  timeout: 60_000,
}, async () => {
  const { build, folder } = await builder();
  await expect(build({ "requirements.txt": "iniconfig==1.1.1\n" })).rejects.toThrow(
    new UserError(
      "`requirements.txt` and the worker want different versions of `iniconfig`: the worker wants `iniconfig>=2,<3`. Loosen what `requirements.txt` asks for.",
      [
        "Because you require iniconfig==1.1.1 and iniconfig>=2,<3, we can conclude that your requirements are unsatisfiable.",
      ],
    ),
  );
  expect(readdirSync(path.join(folder, "cache", "environments"))).toEqual([]);
});

test("a lock that holds another version than the worker's is an error that names both", {
  timeout: 60_000,
}, async () => {
  const { build, folder, uv } = await builder();
  const pyproject = PROJECT.replace("six==1.16.0", "iniconfig==1.1.1");
  const { uvLock, pylock } = lock(uv, path.join(folder, "project"), pyproject);
  const says = async (files: Files, name: string) =>
    expect(build(files)).rejects.toThrow(
      `\`${name}\` and the worker want different versions of \`iniconfig\`: the worker wants \`iniconfig>=2,<3\`. ` +
        `Loosen what \`${name}\` asks for and lock again.\n- Because `,
    );
  await says({ "uv.lock": uvLock, "pyproject.toml": pyproject }, "uv.lock");
  await says({ "pylock.toml": pylock }, "pylock.toml");
});

test("a lock for another Python is an error that says what to do", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  const pyproject = PROJECT.replace(">=3.8", ">=3.99");
  const lock =
    'version = 1\nrequires-python = ">=3.99"\n[[package]]\nname = "x"\nversion = "1"\nsource = { virtual = "." }\n';
  await expect(build({ "uv.lock": lock, "pyproject.toml": pyproject })).rejects.toThrow(
    `What \`uv.lock\` asks for cannot be installed for Python ${PYTHON}. Ask for a Python that it allows: \`python\` in \`[tool.conduit]\`, or \`requires-python\`.\n`,
  );
});

test("a package that is not to be had is an error that says so", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  await expect(build({ "requirements.txt": "six==99\n" })).rejects.toThrow(
    new UserError(
      `What \`requirements.txt\` asks for cannot be installed for Python ${PYTHON}. Correct its name and version in \`requirements.txt\`, or name the package index that has it (\`UV_INDEX\`).`,
      [
        "Because there is no version of six==99 and you require six==99, we can conclude that your requirements are unsatisfiable.",
      ],
    ),
  );
});

test("a Python that is not there is an error that says how to get it", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  await expect(build({ "x.py": "" }, { python: "3.2" })).rejects.toThrow(
    /^There is no Python 3\.2 on this machine, and uv cannot install it\. Install it, or ask for another version \(there is (3\.\d+(, )?)+\): `python` in `\[tool\.conduit\]`, or `requires-python`\.\n- error: .*$/,
  );
});

test("the same dependencies share an environment, found in no time", { timeout: 60_000 }, async () => {
  const { build, progress } = await builder();
  const requirements = { "requirements.txt": "six==1.16.0\n" };
  const first = await build({ ...requirements, "x.py": "1" });
  expect(await build({ ...requirements, "x.py": "2" })).toEqual(first);
  expect(progress).toHaveLength(1);
  const other = await build({ "requirements.txt": "six==1.17.0\n" });
  expect(other.directory).not.toBe(first.directory);
});

test("an environment whose interpreter is gone is made again", { timeout: 60_000 }, async () => {
  const { build } = await builder();
  const { python } = await build({ "x.py": "" });
  rmSync(python);
  expect(existsSync((await build({ "x.py": "" })).python)).toBe(true);
});

test("of builds at the same time one works, the others wait", { timeout: 60_000 }, async () => {
  const { build, progress, folder } = await builder();
  const results = await Promise.all([1, 2, 3].map(() => build({ "requirements.txt": "six==1.16.0\n" })));
  expect(new Set(results.map(({ directory }) => directory)).size).toBe(1);
  expect(progress.toSorted()).toEqual([
    "installing what `requirements.txt` asks for",
    "waiting for another run that installs the same",
    "waiting for another run that installs the same",
  ]);
  expect(readdirSync(path.join(folder, "cache", "environments"))).toHaveLength(1);
});

test("whenever a process that builds is killed, the next one finishes the work", { timeout: 120_000 }, async () => {
  const { build, folder } = await builder();
  const directory = path.join(folder, "killed");
  write(directory, { "requirements.txt": "six==1.16.0\n" });
  const request = {
    directory,
    python: PYTHON,
    runtimeRequirements: path.join(folder, "worker", "requirements.txt"),
    cache: path.join(folder, "cache"),
    uv: await uvPath(),
  };
  // Before the folder is filled, after its interpreter, after the worker's packages, after all.
  for (const at of [0, 1, 2, 3]) {
    const args = (uv: string) => [BUILD_APART, JSON.stringify({ ...request, uv })];
    expect(await killAtCall({ folder, command: request.uv, at, args })).toBe(true);
  }
  const { python } = await build({ "requirements.txt": "six==1.16.0\n" });
  expect(installed(python)).toEqual(["iniconfig==2.0.0", "six==1.16.0"]);
});

test("the fingerprint changes with all that decides, and with nothing else", () => {
  const parts = {
    dependencies: "a",
    python: "3.11",
    runtime: { file: "/x", pinned: "p", firm: ["f"] },
    platform: "linux",
    arch: "x64",
  };
  const fingerprint = environmentFingerprint(parts);
  expect(fingerprint).toMatch(/^[0-9a-f]{40}$/);
  expect(environmentFingerprint({ ...parts, runtime: { ...parts.runtime, file: "/y" } })).toBe(fingerprint);
  for (const change of [
    { dependencies: "b" },
    { python: "3.12" },
    { runtime: { file: "/x", pinned: "q", firm: ["f"] } },
    { runtime: { file: "/x", pinned: "p", firm: ["g"] } },
    { platform: "darwin" },
    { arch: "arm64" },
  ]) {
    expect(environmentFingerprint({ ...parts, ...change })).not.toBe(fingerprint);
  }
});
