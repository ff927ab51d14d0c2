import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GitServer, startGitServer } from "../sources/support/git-server.ts";
import { answering } from "../support/algorithms.ts";
import { makeCacheWithTools } from "../support/cache.ts";
import { makeCertificate } from "../support/certificate.ts";
import { makeFolder } from "../support/folders.ts";
import { basicAuthorization, buildPackage, type PackageIndex, servePackages } from "../support/package-index.ts";
import { filesWith, openToOthers, type SeenProcess, watchProcesses } from "../support/planted.ts";
import { makeProject, makeRepository, type Outcome, type Project, repository } from "../support/project.ts";

/** What nobody but the deployer, git and uv may ever see. */
const planted = {
  aws: "planted-aws-3f9c1e",
  github: "planted-github-8a02d7",
  passphrase: "planted-passphrase-51be60",
  temporal: "planted-temporal-key-c4417a",
  gitVariable: "planted-git-variable-90aa3d",
  gitHelper: "planted-git-password-2b7f18",
  gitAddress: "planted-git-address-77d0e5",
  uvVariable: "planted-uv-password-e2c96b",
  uvPublish: "planted-uv-publish-04d1f3",
  netrc: "planted-netrc-password-b85c29",
  pip: "planted-pip-password-6e3a91",
};
const values = Object.values(planted);
const hidden = [...values, basicAuthorization("ada", planted.uvVariable), basicAuthorization("ada", planted.gitHelper)];

let place: string;
let index: PackageIndex;
let git: GitServer & { close(): Promise<void> };
let project: Project;
const outcomes: Outcome[] = [];
let processes: ReadonlyMap<string, SeenProcess>;

beforeAll(async () => {
  place = await makeFolder();
  const folder = async (name: string) => {
    await mkdir(path.join(place, name), { recursive: true });
    return path.join(place, name);
  };
  await buildPackage(path.join(repository, "test/fixtures/packages/labkit"), "--wheel", await folder("packages"));
  await buildPackage(path.join(repository, "test/fixtures/packages/labprobe"), "--sdist", await folder("packages"));
  const account = (password: string) => ({ username: "ada", password });
  index = await servePackages(
    path.join(place, "packages"),
    [planted.uvVariable, planted.netrc, planted.pip].map(account),
  );
  const tls = await makeCertificate(path.join(place, "certificate"));
  git = await startGitServer(path.join(place, "repositories"), {
    key: await readFile(tls.key),
    cert: await readFile(tls.certificate),
  });
  git.intercept = (request, response) => {
    if (request.headers.authorization === basicAuthorization("ada", planted.gitHelper)) return false;
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    return true;
  };
  await writeHome(await folder("home"));
  await makeCacheWithTools(path.join(place, "cache"));
  project = await makeProject({
    HOME: path.join(place, "home"),
    LANG: "C.UTF-8",
    GIT_SSL_CAINFO: tls.authority,
    CONDUIT_CACHE: path.join(place, "cache"),
    UV_CACHE_DIR: path.join(place, "uv-cache"),
    AWS_SECRET_ACCESS_KEY: planted.aws,
    GITHUB_TOKEN: planted.github,
    PULUMI_CONFIG_PASSPHRASE: planted.passphrase,
    TEMPORAL_API_KEY: planted.temporal,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.https://elsewhere.example/.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: ${planted.gitVariable}`,
    UV_INDEX_LAB_USERNAME: "ada",
    UV_INDEX_LAB_PASSWORD: planted.uvVariable,
    UV_PUBLISH_TOKEN: planted.uvPublish,
  });
  for (const name of ["secrets-probe", "netrc-index"]) await publish(name);
  const repositories = path.join(place, "repositories");
  await makeRepository(path.join(repositories, "pip-index"), {
    "requirements.txt": "labkit\n",
    "embed.py": await readFile(path.join(repositories, "netrc-index", "embed.py"), "utf8"),
  });
  await makeRepository(path.join(repositories, "broken"), {
    "algorithm.py": `import os\nprint(os.environ)\nraise RuntimeError(os.environ)\n${answering("never")["algorithm.py"]}`,
  });
  await project.writeRegistry(registry());
  const watch = watchProcesses();
  for (const command of commands) outcomes.push(await project.conduit(...command));
  await watch.stop();
  processes = watch.seen;
});

afterAll(async () => {
  await project?.remove();
  await index?.close();
  await git?.close();
  if (place) await rm(place, { recursive: true, force: true });
});

/** Every verb that tells something, of algorithms that work, fail and never start. */
const commands = [
  ["up"],
  ["call", "secrets-probe", "environment"],
  ["call", "secrets-probe", "fail", "now"],
  ["call", "netrc-index", "one three"],
  ["call", "pip-index", "one three"],
  ["deploy", "secrets-probe"],
  ["logs", "secrets-probe"],
  ["status"],
  ["status", "--json"],
  ["env"],
  ["doctor"],
];

/** A deployer's home, with credentials where git, uv and pip look for them. */
async function writeHome(home: string): Promise<void> {
  await mkdir(path.join(home, ".config", "pip"), { recursive: true });
  const file = (name: string, text: string, mode = 0o600) => writeFile(path.join(home, name), text, { mode });
  await file("git-helper", `#!/bin/sh\necho username=ada\necho password=${planted.gitHelper}\n`, 0o700);
  await file(".gitconfig", `[credential]\nhelper = "${path.join(home, "git-helper")}"\n`);
  await file(".netrc", `machine localhost login ada password ${planted.netrc}\n`);
  const address = new URL(index.url);
  const extra = `http://ada:${planted.pip}@${address.host}/simple/`;
  await file(".config/pip/pip.conf", `[global]\nextra-index-url = ${extra}\n`);
}

async function publish(fixture: string): Promise<void> {
  const folder = path.join(place, "repositories", fixture);
  await cp(path.join(repository, "test/fixtures/repositories", fixture), folder, { recursive: true });
  const file = path.join(folder, "pyproject.toml");
  await writeFile(file, (await readFile(file, "utf8")).replace(":8080/", `:${new URL(index.url).port}/`));
  await makeRepository(folder, {});
}

function registry(changes: Record<string, unknown> = {}) {
  const entry = (name: string) => ({
    namespace: "lab",
    owner: "lab",
    source: { git: git.url(`${name}/.git`) },
    secrets: { API_KEY: { name: "api", key: "key" } },
  });
  const names = ["secrets-probe", "netrc-index", "pip-index", "broken"];
  const algorithms = { ...Object.fromEntries(names.map((name) => [name, entry(name)])), ...changes };
  return { namespaces: { lab: { owner: "lab" } }, algorithms };
}

test("everything works with the deployer's own credentials", () => {
  const [up, environment, fail, netrc, pip] = outcomes;
  expect(up?.stderr).toContain("1 failed, 3 went live");
  expect(environment?.code).toBe(0);
  expect(fail?.code).toBe(1);
  expect([netrc, pip].map((outcome) => outcome?.stdout.replaceAll(/\s/g, ""))).toEqual(["[0.6,1.0]", "[0.6,1.0]"]);
});

test("a researcher's code has a scrubbed environment when it is built, imported and run", () => {
  const told = JSON.parse(outcomes[1]?.stdout ?? "");
  const ofMachine = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"];
  const threads = /^(OMP|OPENBLAS|MKL|NUMEXPR|VECLIB)_\w+_THREADS$|^(OPENBLAS|OMP|MKL)_NUM_THREADS$/;
  const names = (environment: object) =>
    Object.keys(environment)
      .filter((name) => !ofMachine.includes(name) && !threads.test(name))
      .toSorted();
  const expected = [
    "CONDUIT_ALGORITHM",
    "CONDUIT_COMMIT",
    "CONDUIT_CONCURRENCY",
    "CONDUIT_CONTRACT",
    "CONDUIT_CPU",
    "CONDUIT_EXIT_WITH_PARENT",
    "CONDUIT_HEALTH_ADDRESS",
    "CONDUIT_NON_RETRYABLE",
    "CONDUIT_SHUTDOWN_GRACE",
    "CONDUIT_STARTUP_TIMEOUT",
    "CONDUIT_TASK_QUEUE",
    "CONDUIT_VERSION",
    "PYTHONPATH",
    "PYTHONPYCACHEPREFIX",
    "PYTHONUNBUFFERED",
    "TEMPORAL_ADDRESS",
    "TEMPORAL_NAMESPACE",
  ];
  expect(names(told.import)).toEqual(expected);
  expect(names(told.run)).toEqual(expected);
  expect(told.build[0]).toHaveProperty("PATH");
  expect(values.filter((value) => JSON.stringify(told).includes(value))).toEqual([]);
});

test("no command prints a secret", () => {
  const said = outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n");
  expect(hidden.filter((value) => said.includes(value))).toEqual([]);
});

test("no list of processes shows a secret, and no environment but the deployer's own does", () => {
  const all = [...processes.values()];
  expect(all.filter(({ command }) => values.some((value) => command.includes(value)))).toEqual([]);
  const foreign = all.filter(({ command }) => /^[^\0]*\/(uv|python[\d.]*|temporal)\0/.test(command));
  expect(foreign.length).toBeGreaterThan(5);
  expect(foreign.filter(({ environment }) => values.some((value) => environment.includes(value)))).toEqual([]);
});

test("no state, log, database, cache or generated file holds a secret", async () => {
  const { runDirectory } = await supervisor();
  const folders = [project.root, path.join(place, "cache"), path.join(place, "uv-cache"), runDirectory];
  for (const folder of folders) expect(await filesWith(hidden, folder)).toEqual([]);
  expect(await filesWith(["secrets-probe"], path.join(project.root, ".conduit", "local"))).not.toEqual([]);
});

test("what others on the machine must not read or use is closed to them", async () => {
  const { runDirectory, home } = await supervisor();
  const programs = await readdir(path.join(home, "programs"));
  const files = [
    path.join(project.root, ".conduit", "state"),
    home,
    path.join(home, "temporal.db"),
    path.join(home, "supervisord.conf"),
    ...programs.map((name) => path.join(home, "programs", name)),
    runDirectory,
    ...(await readdir(runDirectory)).map((name) => path.join(runDirectory, name)),
    ...["checkouts", "mirrors", "environments"].map((name) => path.join(place, "cache", name)),
  ];
  expect(await openToOthers(files)).toEqual([]);
});

test("a secret in the address of a repository is refused, and not repeated", async () => {
  const address = `https://ada:${planted.gitAddress}@git.example/team/algorithm`;
  await project.writeRegistry(registry({ ranker: { namespace: "lab", owner: "lab", source: { git: address } } }));
  const outcome = await project.conduit("up");
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain('`algorithms.ranker.source.git` is "https://***@git.example/team/algorithm"');
  expect(outcome.stdout + outcome.stderr).not.toContain(planted.gitAddress);
  await project.writeRegistry(registry());
});

async function supervisor(): Promise<{ runDirectory: string; home: string }> {
  const home = path.join(project.root, ".conduit", "local");
  const configuration = await readFile(path.join(home, "supervisord.conf"), "utf8");
  return { home, runDirectory: path.dirname(/^file=(.*)$/m.exec(configuration)?.[1] ?? "") };
}
