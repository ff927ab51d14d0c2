import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runUv } from "../../providers/conduit/local/uv.ts";
import { uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";
import { startGitServer } from "../sources/support/git-server.ts";
import { makeFolder } from "../support/folders.ts";
import { buildPackage, type PackageIndex, servePackages } from "../support/package-index.ts";
import { makeRepository, repository } from "../support/project.ts";
import { removeStores } from "./support/buildah.ts";
import { imageStack, runInImage } from "./support/image-stack.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { type Registry, startRegistry } from "./support/registry.ts";

// Each file that can say what an algorithm depends on, in an image of its own.

const password = "planted-3c9e";

let folder: string;
let registry: Registry;
let index: PackageIndex;
let server: Awaited<ReturnType<typeof startGitServer>>;

beforeAll(async () => {
  folder = await makeFolder();
  registry = await startRegistry(path.join(folder, "registry"));
  await pushPythonImage(registry);
  const packages = path.join(folder, "packages");
  await mkdir(packages);
  await buildPackage(path.join(repository, "test/fixtures/packages/labkit"), "--wheel", packages);
  index = await servePackages(packages, [{ username: "lab", password }]);
  await writeFile(
    path.join(folder, "pip.conf"),
    `[global]\nextra-index-url = ${index.url.replace("//", `//lab:${password}@`)}\n`,
  );
  await makeRepository(path.join(folder, "repositories", "all"), await sources());
  server = await startGitServer(path.join(folder, "repositories"));
});

afterAll(async () => {
  await Promise.all([registry?.close(), server?.close(), index?.close()]);
  await removeStores(folder);
});

const project = (dependencies: readonly string[]) =>
  `[project]\nname = "one"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ${JSON.stringify(dependencies)}\n`;

const algorithm = (module: string) => `import ${module}
from temporalio import activity


@activity.defn
def version() -> str:
    return ${module}.__name__
`;

/** One folder for each kind; lock files are made here, since they name the index. */
async function sources(): Promise<Record<string, string>> {
  const made = path.join(folder, "lock");
  await mkdir(made);
  await writeFile(path.join(made, "pyproject.toml"), project(["six==1.16.0"]));
  const uv = await uvPath();
  await runUv(["lock", "--quiet"], { uv, cwd: made });
  const pylock = await runUv(["export", "--quiet", "--format", "pylock.toml"], { uv, cwd: made });
  return {
    "locked/one.py": algorithm("six"),
    "locked/pyproject.toml": project(["six==1.16.0"]),
    "locked/uv.lock": await readFile(path.join(made, "uv.lock"), "utf8"),
    "pylock/one.py": algorithm("six"),
    "pylock/pylock.toml": pylock,
    "plain/one.py": algorithm("kit"),
    "plain/pyproject.toml": `${project(["kit"])}[tool.uv.sources]\nkit = { path = "../libs/kit" }\n`,
    "libs/kit/pyproject.toml": project([]).replace('"one"', '"kit"'),
    "libs/kit/kit.py": "",
    "private/one.py": algorithm("labkit"),
    "private/requirements.txt": "labkit==1.0.0\n",
    "bare/one.py": algorithm("sys"),
  };
}

test("packages come from every kind of file, local ones and those of a private index among them", async () => {
  const at = (subdir: string, include: string[] = []) => ({ git: server.url("all/.git"), subdir, include });
  const algorithms = {
    locked: at("locked"),
    pylock: at("pylock"),
    plain: at("plain", ["libs"]),
    private: at("private"),
    bare: at("bare"),
  };
  const secrets = { pip: { file: path.join(folder, "pip.conf") } };
  const stack = await imageStack({ folder, registry, machine: "one", algorithms, secrets });
  const { outputs } = await stack.up();
  for (const name of Object.keys(algorithms)) {
    const called = await runInImage(
      folder,
      outputs[name]?.value,
      "python",
      "-m",
      "algorithm_conduit",
      "call",
      "version",
    );
    expect([name, called.trim()]).toEqual([name, expect.stringMatching(/^"?(six|kit|labkit|sys)"?$/)]);
  }
  // Neither the state nor any layer or configuration of an image has the password.
  const state = path.join(folder, "state");
  const found = await run("sh", ["-c", `grep -rl ${password} ${state} ${path.join(folder, "registry")} || true`]);
  expect(found).toBe("");
  const layers = await run("sh", [
    "-c",
    `find ${path.join(folder, "registry")} -name data -size +0 | while read -r f; do gzip -dcf "$f" | grep -lq ${password} && echo "$f"; done; true`,
  ]);
  expect(layers).toBe("");
}, 900_000);
