import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../errors.ts";
import { hashOfPath } from "./hash-path.ts";
import {
  type LocalPackage,
  packagesOfLock,
  packagesOfProject,
  packagesOfPylock,
  workspaceMembers,
} from "./local-packages.ts";
import { listed } from "./nearest.ts";
import { otherTool } from "./other-tools.ts";
import { assertRequirements } from "./requirement.ts";
import { type Bounds, readRequirementsFile } from "./requirements-file.ts";
import { scriptMetadata } from "./script-metadata.ts";
import { readToml, type Table, tableIn, textsIn } from "./toml.ts";

/** What an algorithm depends on. */
export interface Dependencies {
  /** The file that decides: the first of these that is there. */
  readonly kind: "uv.lock" | "pylock.toml" | "requirements.txt" | "pyproject.toml" | "none";
  /** The files that were read, relative to the algorithm's folder. */
  readonly files: readonly string[];
  /** Packages of the same checkout. */
  readonly localPackages: readonly LocalPackage[];
  /** Stands for everything that decides what gets installed, and for nothing else. SHA-256, hex. */
  readonly fingerprint: string;
}

/** `Dependencies` before anything was read that may lie outside the algorithm's folder. */
export interface DeclaredDependencies extends Omit<Dependencies, "fingerprint"> {
  /** What of these files decides what gets installed; plain data. */
  readonly decides: unknown;
}

/**
 * Reads what an algorithm depends on, from the first of uv.lock, pylock.toml, requirements.txt and pyproject.toml.
 *
 * @throws UserError when a file is malformed, something that it names is not there, or only other tools' files are.
 */
export async function readDependencies(directory: string): Promise<Dependencies> {
  const { decides, ...declared } = await declaredDependencies(directory);
  const missing = declared.localPackages.find(({ place }) => !existsSync(path.resolve(directory, place)));
  if (missing !== undefined) {
    throw new UserError(`\`${missing.origin}\` depends on \`${missing.place}\`, which is not there. Correct the path.`);
  }
  const contents = declared.localPackages.map(({ place }) => hashOfPath(path.resolve(directory, place)));
  const hashed = JSON.stringify([declared.kind, decides, await Promise.all(contents)]);
  return { ...declared, fingerprint: createHash("sha256").update(hashed).digest("hex") };
}

/**
 * `readDependencies` without looking at the local packages.
 *
 * @param bounds Nothing outside of them is read. @default the checkout is known to stay inside itself
 */
export async function declaredDependencies(directory: string, bounds?: Bounds): Promise<DeclaredDependencies> {
  const has = (name: string) => isFile(path.join(directory, name));
  if (has("uv.lock")) return await ofUvLock(directory);
  if (has("pylock.toml")) return await ofPylock(directory);
  if (has("requirements.txt")) return await ofRequirements(directory, bounds);
  const pyproject = await readToml(directory, "pyproject.toml");
  const isProject = pyproject?.project !== undefined;
  const other = otherTool(has, pyproject) ?? (isProject ? undefined : await scriptMetadata(directory));
  if (other === undefined && isProject) return ofProject(pyproject);
  if (other === undefined) return { kind: "none", files: [], localPackages: [], decides: [] };
  throw new UserError(
    `The dependencies are in \`${other.file}\`, which Algorithm Conduit does not read. Run \`${other.command}\` and commit the file.`,
  );
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function ofUvLock(directory: string): Promise<DeclaredDependencies> {
  const [lock, pyproject] = [await readToml(directory, "uv.lock"), await readToml(directory, "pyproject.toml")];
  if (pyproject === undefined) {
    throw new UserError(
      "There is a `uv.lock` but no `pyproject.toml`, which it belongs to. Add it, or take `uv.lock` away.",
    );
  }
  const localPackages = packagesOfLock(lock ?? {});
  const decides = [decidingPart(pyproject), withoutOwnVersion(lock ?? {})];
  return { kind: "uv.lock", files: ["uv.lock", "pyproject.toml"], localPackages, decides };
}

async function ofPylock(directory: string): Promise<DeclaredDependencies> {
  const lock = (await readToml(directory, "pylock.toml")) ?? {};
  return { kind: "pylock.toml", files: ["pylock.toml"], localPackages: packagesOfPylock(lock), decides: lock };
}

async function ofRequirements(directory: string, bounds?: Bounds): Promise<DeclaredDependencies> {
  const { files, lines } = await readRequirementsFile(directory, "requirements.txt", bounds);
  assertRequirements(lines.filter(({ localPath }) => localPath === undefined));
  const local = lines.flatMap(({ localPath, file }) =>
    localPath === undefined ? [] : [{ place: localPath, origin: file }],
  );
  return {
    kind: "requirements.txt",
    files,
    localPackages: local,
    decides: lines.map(({ role, text }) => [role, text]),
  };
}

function ofProject(pyproject: Table): DeclaredDependencies {
  if (textsIn(tableIn(pyproject, "project").dynamic).includes("dependencies")) {
    throw new UserError(
      "`pyproject.toml` has dynamic dependencies, which are known only after a build. " +
        "Run `uv pip compile pyproject.toml -o requirements.txt` and commit the file.",
    );
  }
  const dependencies = textsIn(tableIn(pyproject, "project").dependencies);
  assertRequirements(dependencies.map((text) => ({ text, file: "pyproject.toml" })));
  const members = workspaceMembers(pyproject);
  if (members.length > 0) {
    throw new UserError(
      `\`pyproject.toml\` takes ${listed(members)} from a uv workspace, which ends at the algorithm's folder here. ` +
        'Give the path instead (`[tool.uv.sources]`, `NAME = { path = "../NAME" }`) and add it to `include`.',
    );
  }
  const localPackages = packagesOfProject(pyproject);
  return { kind: "pyproject.toml", files: ["pyproject.toml"], localPackages, decides: decidingPart(pyproject) };
}

/** What of a `pyproject.toml` decides what gets installed; the project's name, its version and other tools' tables do not. */
function decidingPart(pyproject: Table): unknown {
  const project = tableIn(pyproject, "project");
  const uv = Object.entries(tableIn(pyproject, "tool", "uv")).filter(([name]) => !WITHOUT_EFFECT.includes(name));
  return {
    dependencies: textsIn(project.dependencies),
    requiresPython: project["requires-python"] ?? null,
    uv: Object.fromEntries(uv),
  };
}

/** Settings of uv that do not change what it installs for us. */
const WITHOUT_EFFECT: readonly string[] = [
  "add-bounds",
  "build-backend",
  "cache-dir",
  "cache-keys",
  "check-url",
  "default-groups",
  "dependency-groups",
  "dev-dependencies",
  "managed",
  "package",
  "publish-url",
  "trusted-publishing",
];

/** A lock file names the version of the project itself, which changes nothing. */
function withoutOwnVersion(lock: Table): unknown {
  const packages = Array.isArray(lock.package) ? lock.package : [];
  const isOwn = (one: Table) => [tableIn(one, "source").virtual, tableIn(one, "source").editable].includes(".");
  return { ...lock, package: packages.map((one) => (isOwn(one) ? { ...one, version: "" } : one)) };
}
