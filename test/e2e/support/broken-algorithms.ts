import { execFile } from "node:child_process";
import { rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { pyproject } from "../../support/algorithms.ts";

/** One way to break an algorithm that runs, and what its owner is told. */
export interface BrokenAlgorithm {
  /** What the commit that breaks it writes. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is done in its folder before that commit. */
  readonly prepare?: (folder: string) => Promise<unknown>;
  /** What the registry says of it then. */
  readonly fields?: (folder: string) => object;
  readonly told: string | RegExp;
  /** What the commit writes that does as the message says; left out where this machine cannot. */
  readonly mended?: Readonly<Record<string, string>>;
  /** What the registry says of it then. @default nothing besides its source */
  readonly mendedFields?: (folder: string) => object;
}

const git = (folder: string, ...args: string[]) => promisify(execFile)("git", args, { cwd: folder });

const activity = `from temporalio import activity


@activity.defn
def answer() -> str:
    return "new"
`;

const settings = (text: string) => ({ "pyproject.toml": pyproject(`[tool.conduit]\n${text}\n`) });
const inRepository = (folder: string, more: object) => ({ source: { git: `file://${folder}`, ...more } });
const exportOf = (file: string, command: string) =>
  `The dependencies are in \`${file}\`, which Algorithm Conduit does not read. Run \`${command}\` and commit the file.`;
const decorate = "Decorate a function with Temporal's `@activity.defn` (`from temporalio import activity`).";
const outside = "It lies outside the repository: publish it as a package, or put it into the repository.";
const crashed = "Native code that this line calls crashed: try another version of its package.";
const exported = { "requirements.txt": "temporalio\n" };

/** By the algorithm's name. */
export const brokenAlgorithms: Readonly<Record<string, BrokenAlgorithm>> = {
  gone: {
    fields: () => ({ source: { git: "file:///nowhere/repository" } }),
    told: "git could not read `file:///nowhere/repository`: '/nowhere/repository' does not appear to be a git repository. Correct the path: `git ls-remote file:///nowhere/repository`.",
    mended: {},
  },
  unreachable: {
    fields: () => ({ source: { git: "https://127.0.0.1:1/team/lost.git" } }),
    told: /^git could not read `https:\/\/127\.0\.0\.1:1\/team\/lost\.git`: .+\. Look at the network or the proxy, try `git ls-remote https:\/\/127\.0\.0\.1:1\/team\/lost\.git`, and run this again\.$/,
  },
  "missing-ref": {
    prepare: (folder) => git(folder, "branch", "release"),
    fields: (folder) => inRepository(folder, { ref: "relase" }),
    told: /^`file:\/\/\/.*\/missing-ref` has no branch or tag `relase`\. Did you mean `release`\?$/,
    mendedFields: (folder) => inRepository(folder, { ref: "release" }),
  },
  "missing-folder": {
    files: { "algorithms/ranker/rank.py": activity },
    fields: (folder) => inRepository(folder, { subdir: "algorithms/rankr" }),
    told: /^`subdir` is `algorithms\/rankr`, which commit [0-9a-f]{12} does not have\. Did you mean `algorithms\/ranker`\?$/,
    mendedFields: (folder) => inRepository(folder, { subdir: "algorithms/ranker" }),
  },
  "large-file-pointer": {
    files: { "model.onnx": `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12345\n` },
    told: "`model.onnx` is in Git LFS: the repository holds only pointers, and Algorithm Conduit does not fetch what they stand for. Put `model.onnx` into git itself (`git lfs migrate export`), into a package that the algorithm depends on, or let the algorithm download them when it starts.",
    mended: { "model.onnx": "weights" },
  },
  submodule: {
    prepare: async (folder) => {
      const { stdout } = await git(folder, "rev-parse", "HEAD");
      await git(folder, "update-index", "--add", "--cacheinfo", `160000,${stdout.trim()},vendor/lib`);
      const who = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"];
      await git(folder, ...who, "commit", "--quiet", "--message", "A submodule");
    },
    told: "`vendor/lib` is a git submodule, which Algorithm Conduit does not fetch. Put the files into the repository itself, or publish them as a package and depend on it.",
  },
  "over-limit": {
    files: settings('memory = "8Gi"'),
    fields: () => ({ limits: { memory: "4Gi" } }),
    told: "The settings of `over-limit` have 1 problem.\n- `memory` in `pyproject.toml` of `over-limit` is 8Gi, but `algorithms.over-limit.limits.memory` in the registry is 4Gi. Ask for at most that, or have the registry's owners raise the limit.",
    mended: settings('memory = "4Gi"'),
  },
  "wrong-settings": {
    files: settings("memmory = '2Gi'\nconcurrency = '3'\n[tool.conduit.timeouts]\nstartup = 5"),
    told: [
      "The settings of `wrong-settings` have 3 problems.",
      '- `concurrency` in `pyproject.toml` of `wrong-settings` is "3". Write a whole number from 1 to 10000.',
      '- `timeouts.startup` in `pyproject.toml` of `wrong-settings` is 5. Write a duration of at least 1s, such as "30s", "5m" or "72h" (units: ms, s, m, h, d, w).',
      "- `memmory` in `pyproject.toml` of `wrong-settings` is not a field. Did you mean `memory`?",
    ].join("\n"),
    mended: settings("memory = '2Gi'\nconcurrency = 3\n[tool.conduit.timeouts]\nstartup = '5m'"),
  },
  "no-toml": {
    files: { "pyproject.toml": "[project]\nname = x\n" },
    told: "`pyproject.toml` is no TOML: line 2, column 8: invalid value. Correct that line.",
    mended: settings(""),
  },
  "other-encoding": {
    prepare: (folder) => writeFile(path.join(folder, "pyproject.toml"), Buffer.from("# caf\xe9\n", "latin1")),
    files: {},
    told: "`pyproject.toml` is not UTF-8 but something else from line 1 on. Save it as UTF-8.",
    mended: settings("# café"),
  },
  "linked-settings": {
    prepare: async (folder) => {
      await rm(path.join(folder, "pyproject.toml"));
      await symlink("/etc/hostname", path.join(folder, "pyproject.toml"));
    },
    files: {},
    told: "Symbolic links leave what is checked out.\n- `pyproject.toml` points to `/etc/hostname`. Replace it by the file itself.",
  },
  poetry: {
    files: { "poetry.lock": "" },
    told: exportOf("poetry.lock", "poetry self add poetry-plugin-export && poetry export --output requirements.txt"),
    mended: exported,
  },
  pdm: {
    files: { "pdm.lock": "" },
    told: exportOf("pdm.lock", "pdm export --output requirements.txt"),
    mended: exported,
  },
  pipenv: {
    files: { "Pipfile.lock": "{}" },
    told: exportOf("Pipfile.lock", "pipenv requirements > requirements.txt"),
    mended: exported,
  },
  conda: {
    files: { "environment.yml": "", "pyproject.toml": "" },
    told: exportOf("environment.yml", "conda run --name ENVIRONMENT pip list --format freeze > requirements.txt"),
    mended: exported,
  },
  "path-outside": {
    files: { "requirements.txt": "-e ../shared\n" },
    told: `Path dependencies are not in what is checked out.\n- \`requirements.txt\` depends on \`../shared\`. ${outside}`,
  },
  "git-outside": {
    files: { "requirements.txt": "shared @ git+file:///srv/shared.git\n" },
    told: `Path dependencies are not in what is checked out.\n- \`requirements.txt\` depends on \`/srv/shared.git\`. ${outside}`,
  },
  "no-such-version": {
    files: { "requirements.txt": "six==99\n" },
    told: "What `requirements.txt` asks for cannot be installed for Python 3.11. Correct its name and version in `requirements.txt`, or name the package index that has it (`UV_INDEX`).\n- Because there is no version of six==99 and you require six==99, we can conclude that your requirements are unsatisfiable.",
  },
  conflict: {
    files: { "requirements.txt": "temporalio==1.0.0\n" },
    told: /^`requirements\.txt` and the worker want different versions of `temporalio`: the worker wants `temporalio>=[\d.]+,<[\d.]+`\. Loosen what `requirements\.txt` asks for\.\n- Because you require temporalio==1\.0\.0 and temporalio>=.* unsatisfiable\.$/,
    mended: exported,
  },
  "no-such-python": {
    files: settings('python = "3.11.99"'),
    told: /^There is no Python 3\.11\.99 on this machine, and uv cannot install it\. Install it, or ask for another version \(there is 3\..*\): `python` in `\[tool\.conduit\]`, or `requires-python`\.\n- error: .*$/,
  },
  "no-activity": {
    files: { "algorithm.py": "def answer() -> str:\n    return 'new'\n" },
    told: `No activity was found. Looked at \`algorithm.py\`. ${decorate}`,
    mended: { "algorithm.py": activity },
  },
  "notebook-only": {
    files: { "algorithm.py": "", "explore.ipynb": JSON.stringify({ cells: [{ source: ["@activity.defn"] }] }) },
    told: `No activity was found. Looked at \`algorithm.py\`. \`explore.ipynb\` defines some, but a notebook cannot be imported: move them into a \`.py\` file. ${decorate}`,
  },
  "two-of-a-name": {
    files: { "other.py": activity },
    told: 'The activities cannot be served.\n- Two activities are named `answer`: at `algorithm.py:4` and at `other.py:4`. Rename one: `@activity.defn(name="…")`.',
    mended: { "other.py": activity.replace("defn", 'defn(name="other")') },
  },
  "missing-module": {
    files: { "algorithm.py": `import no_such_module\n${activity}` },
    told: "Importing `algorithm` failed at `algorithm.py:1` (`import no_such_module`): ModuleNotFoundError: No module named 'no_such_module'. If `no_such_module` is a package, add it to the project's dependencies; if it is a file of yours, it must be found from the algorithm's folder or its `src`.",
  },
  "missing-model": {
    files: {
      "algorithm.py": `import pathlib\n${activity}\nHERE = pathlib.Path(__file__).parent\nmodel = open(HERE / "m.bin")\n`,
    },
    told: "Importing `algorithm` failed at `algorithm.py:10` (`model = open(HERE / \"m.bin\")`): FileNotFoundError: [Errno 2] No such file or directory: 'm.bin'",
  },
  "syntax-error": {
    files: { "algorithm.py": `${activity}\ndef (:\n` },
    told: "Importing `algorithm` failed at `algorithm.py:8` (`def (:`): SyntaxError: invalid syntax (Python 3.11)",
  },
  "sys-exit": {
    files: { "algorithm.py": `import sys\n${activity}\nsys.exit("usage: train")\n` },
    told: 'Importing `algorithm` failed at `algorithm.py:9` (`sys.exit("usage: train")`): the module ends the process (`SystemExit: usage: train`). Put what runs it as a script under `if __name__ == "__main__":`.',
    mended: { "algorithm.py": `import sys\n${activity}\nif __name__ == "__main__":\n    sys.exit("usage: train")\n` },
  },
  "os-exit": {
    files: { "algorithm.py": `import os\n${activity}\nos._exit(3)\n` },
    told: "The worker ended while it was importing `algorithm`, with exit code 3, and printed nothing. Look there for what ends the process, such as `os._exit`.",
  },
  aborts: {
    files: { "algorithm.py": `import os\n${activity}\nos.abort()\n` },
    told: `The worker ended while it was importing \`algorithm\`, with SIGABRT, at \`algorithm.py:9\` (\`os.abort()\`). ${crashed}`,
  },
  crashes: {
    files: { "algorithm.py": `import ctypes\n${activity}\nctypes.string_at(0)\n` },
    told: `The worker ended while it was importing \`algorithm\`, with SIGSEGV, at \`algorithm.py:9\` (\`ctypes.string_at(0)\`). ${crashed}`,
  },
  hangs: {
    files: {
      "algorithm.py": `import time\n${activity}\ntime.sleep(1000)\n`,
      "pyproject.toml": pyproject('[tool.conduit.timeouts]\nstartup = "15s"\n'),
    },
    told: "The worker did not start within 15 s. Importing `algorithm` has not ended: it is at `algorithm.py:9` (`time.sleep(1000)`). Do less there, or raise `timeouts.startup`.",
  },
};
