import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { parse } from "smol-toml";
import { beforeAll, expect, test } from "vitest";
import { registryFields } from "../registry/fields-table.ts";
import { packageVersion } from "../tools/package.ts";
import { repository } from "./support/project.ts";

// What `npm pack` would put into the tarball. That it runs is test/e2e/package.test.ts's matter.

interface Packed {
  readonly size: number;
  readonly files: readonly { path: string; mode: number }[];
}

let packed: Packed;
let paths: readonly string[];

beforeAll(async () => {
  // Also where somebody's npm runs no scripts: the declarations are made by one.
  const pack = ["pack", "--dry-run", "--json", "--silent", "--ignore-scripts=false"];
  const { stdout } = await promisify(execFile)("npm", pack, { cwd: repository });
  [packed] = JSON.parse(stdout);
  paths = packed.files.map((file) => file.path).sort();
}, 300_000);

test("the package holds every source that runs, and nothing else of the repository", async () => {
  const { stdout } = await promisify(execFile)("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  const isLeftOut = (file: string) =>
    /^(test|bench|examples|mocks|\.ci)\//.test(file) ||
    /^runtime\/python\/(tests\/|requirements(-dev)?\.in$|requirements-dev\.txt$)/.test(file) ||
    /^[^/]+\.(json|yaml|toml)$|^(algorithms|vitest)\.config\.ts$|^\.[^/]+$/.test(file) ||
    /^stacks\/Pulumi\.\w+\.yaml$/.test(file) ||
    /^registry\/(fields-table|type-reader|write-declarations)\.ts$|^stacks\/settings-table\.ts$/.test(file);
  const expected = stdout
    .trim()
    .split("\n")
    .filter((file) => !isLeftOut(file) && existsSync(`${repository}${file}`));
  expect(paths.filter((file) => !file.startsWith("types/"))).toEqual([...expected, "package.json"].sort());
});

test("editors find a declaration of all that the package exports", () => {
  expect(paths).toContain("types/index.d.ts");
  expect(paths.filter((file) => file.startsWith("types/") && !file.endsWith(".d.ts"))).toEqual([]);
});

test("they have a word on every field of the registry", { timeout: 120_000 }, async () => {
  const text = await readFile(`${repository}types/registry/define.d.ts`, "utf8");
  expect(text).not.toMatch(/\bzod\b|\bz\./);
  for (const { field, description } of registryFields()) {
    const [words = ""] = description.split(" Its fields: ");
    expect(text).toContain(`/** ${words}`);
    expect(text).toMatch(new RegExp(`^ *${field.split(".").at(-1)}\\??: `, "m"));
  }
});

test("what is run as a program may be run", () => {
  const programs = packed.files.filter(({ mode }) => (mode & 0o111) !== 0).map((file) => file.path);
  expect(programs.sort()).toEqual(["conduit", "providers/conduit/pulumi-resource-conduit"]);
});

test("the worker's wheel has the package's version", async () => {
  const project = parse(await readFile(`${repository}runtime/python/pyproject.toml`, "utf8"));
  expect(project).toMatchObject({ project: { version: packageVersion } });
});

test("the package is small", () => {
  expect(packed.size).toBeLessThan(500_000);
});
