import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cacheDirectory } from "../../tools/cache.ts";
import { answering, pyproject } from "../support/algorithms.ts";
import { makeFolder } from "../support/folders.ts";
import { makeProject, type Outcome, type Project, repository, runIn } from "../support/project.ts";

// What people see: `./conduit` in a terminal of 80 columns, and in a pipe.

let project: Project;
let cache: string;

beforeAll(async () => {
  // A cache of its own but for the tools: environments are installed anew.
  cache = await makeFolder();
  for (const name of ["tools", "toolchain"]) await symlink(path.join(cacheDirectory(), name), path.join(cache, name));
  project = await makeProject({ CONDUIT_CACHE: cache });
  const algorithms: Record<string, object> = {};
  for (const name of ["answer", "an-algorithm-with-a-long-name"]) {
    await mkdir(path.join(project.root, name));
    for (const [file, text] of Object.entries({ ...answering(name), "pyproject.toml": pyproject() })) {
      await writeFile(path.join(project.root, name, file), text);
    }
    algorithms[name] = { namespace: "speech", owner: "a-team-with-a-long-name@example.org", source: { path: name } };
  }
  await project.writeRegistry({ namespaces: { speech: { owner: "speech" } }, algorithms });
});

afterAll(async () => {
  await project?.remove();
  await rm(cache, { recursive: true, force: true });
});

const esc = "\u001b";

/** By these Node tells whether a terminal has colours: in most CI none, whatever the terminal is. */
const aboutColours = ["NO_COLOR", "FORCE_COLOR", "NODE_DISABLE_COLORS", "CI", "TEAMCITY_VERSION", "TMUX", "COLORTERM"];

/** What `./conduit` writes to a terminal; `environment` beside the usual. */
function inTerminal(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const usual = Object.fromEntries(Object.entries(process.env).filter(([name]) => !aboutColours.includes(name)));
  const script = path.join(repository, "test/support/in_terminal.py");
  const command = [script, path.join(repository, "conduit"), ...args];
  return runIn(project.root, "python3", command, {
    ...usual,
    CONDUIT_CACHE: cache,
    TERM: "xterm-256color",
    ...environment,
  });
}

/** The lines that stay, without what was erased and without colours. */
function screen(written: string): string[] {
  const lines: string[] = [];
  for (const line of written.replaceAll("\r\n", "\n").split("\n")) {
    const [, count, rest = line] = new RegExp(`^${esc}\\[(\\d+)A${esc}\\[J(.*)$`).exec(line) ?? [];
    if (count !== undefined) lines.splice(-Number(count));
    lines.push(rest.replaceAll(new RegExp(`${esc}\\[\\d+m`, "g"), ""));
  }
  return lines;
}

test("on a terminal `up` shows what it does while it lasts, and leaves a coloured table of 80 columns", async () => {
  const { code, stdout } = await inTerminal(["up"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/answer: starting its worker, [\d.]+ m?s/);
  const left = screen(stdout);
  expect(left.filter((line) => line.includes("starting its worker"))).toEqual([]);
  expect(left.join("\n")).toMatch(/is live without a\s+commit[\s\S]* s\.\nALGORITHM +WANTED +LIVE/);
  expect(Math.max(...left.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).toContain(`${esc}[1mALGORITHM`);
});

test("NO_COLOR takes colours off a terminal", async () => {
  const { code, stdout } = await inTerminal(["status"], { NO_COLOR: "1" });
  expect(code).toBe(0);
  expect(stdout).toContain("ALGORITHM");
  expect(stdout).not.toContain(esc);
});

test("a pipe gets no escape, but where colours are forced; what is done is one line each", async () => {
  await writeFile(path.join(project.root, "answer", "algorithm.py"), answering("second")["algorithm.py"] ?? "");
  const piped = await project.conduit("up");
  expect(piped.code).toBe(0);
  expect(piped.stdout + piped.stderr).not.toContain(esc);
  expect(piped.stderr).toContain("  answer: starting its worker\n");
  const environment = { ...process.env, CONDUIT_CACHE: cache, FORCE_COLOR: "1" };
  const forced = await runIn(project.root, path.join(repository, "conduit"), ["doctor"], environment);
  expect(forced.stdout).toContain(`${esc}[32mok`);
});

test("while an environment is installed, its big downloads are told, on a first run", async () => {
  const dependencies = pyproject().replace('"temporalio"', '"temporalio", "numpy"');
  await writeFile(path.join(project.root, "answer", "pyproject.toml"), dependencies);
  const environment = { ...process.env, CONDUIT_CACHE: cache, UV_CACHE_DIR: path.join(cache, "uv") };
  const { code, stderr } = await runIn(
    project.root,
    path.join(repository, "conduit"),
    ["deploy", "answer"],
    environment,
  );
  expect(code).toBe(0);
  expect(stderr).toContain("  answer: preparing its Python environment\n");
  expect(stderr).toContain("  answer: installing what `pyproject.toml` asks for\n");
  expect(stderr).toMatch(/ {2}answer: downloading \S+ \([\d.]+[KM]iB\)\n/);
});
