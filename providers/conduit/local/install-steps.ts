import { writeFile } from "node:fs/promises";
import path from "node:path";
import { installable, readRequirementsFile } from "../../../sources/requirements-file.ts";
import { readToml, tablesIn } from "../../../sources/toml.ts";
import type { EnvironmentRequest } from "./environment-request.ts";
import type { RuntimeRequirements } from "./runtime-requirements.ts";
import { runUv } from "./uv.ts";

/** One call of uv. */
export interface InstallStep {
  readonly args: readonly string[];
  /** Whose `[tool.uv]` counts. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * How an environment is filled. First the worker's pins, which uv keeps as long as nothing asks for other versions; then
 * what a lock file lists, exactly; then, in one resolution, what is firm on both sides.
 *
 * @param environment The environment's folder; working files go there too.
 */
export async function installSteps(
  request: EnvironmentRequest,
  runtime: RuntimeRequirements,
  environment: string,
): Promise<InstallStep[]> {
  const { directory, dependencies } = request;
  const python = path.join(environment, "bin", "python");
  const into = ["pip", "install", "--python", python];
  const firm = await written(environment, "worker.in", runtime.firm);
  const pinned: InstallStep = { args: [...into, "-r", runtime.file], cwd: environment };
  switch (dependencies.kind) {
    case "none":
      return [pinned];
    case "pyproject.toml":
      return [pinned, { args: [...into, "-r", "pyproject.toml", "-r", firm], cwd: directory }];
    case "requirements.txt": {
      const files = await requirementFiles(directory, environment);
      return [pinned, { args: [...into, ...files, "-r", firm], cwd: directory }];
    }
    case "pylock.toml": {
      const locked = await written(environment, "locked.txt", await pylockPins(directory));
      const exact: InstallStep = { args: [...into, "-r", "pylock.toml"], cwd: directory };
      return [pinned, exact, { args: [...into, "-r", firm, "-c", locked], cwd: directory }];
    }
    case "uv.lock": {
      const locked = await written(environment, "locked.txt", await uvLockPins(request));
      const args = ["sync", ...OF_UV_LOCK, "--inexact", "--no-install-project", "--python", python];
      const exact: InstallStep = { args, cwd: directory, environment: { UV_PROJECT_ENVIRONMENT: environment } };
      return [pinned, exact, { args: [...into, "-r", firm, "-c", locked], cwd: directory }];
    }
  }
}

const OF_UV_LOCK: readonly string[] = ["--frozen", "--no-default-groups", "--no-editable"];

/** The algorithm's requirements with what they include, settled: nothing editable, since environments outlive checkouts. */
async function requirementFiles(directory: string, environment: string): Promise<string[]> {
  const { lines } = await readRequirementsFile(directory, "requirements.txt");
  const ofRole = (role: string) =>
    lines.filter((line) => line.role === role).map(({ text }) => installable(text, directory));
  const requirements = await written(environment, "requirements.in", ofRole("requirement"));
  const constraints = await written(environment, "constraints.in", ofRole("constraint"));
  return ["-r", requirements, "-c", constraints];
}

/** The versions in a `uv.lock` that an installation here would take. */
async function uvLockPins({ directory, uv, signal }: EnvironmentRequest): Promise<string[]> {
  const args = ["export", ...OF_UV_LOCK, "--quiet", "--no-emit-project", "--no-hashes", "--no-header", "--no-annotate"];
  const exported = await runUv(args, { uv, cwd: directory, signal });
  return exported.split("\n").filter((line) => /^[\w.-]+==/.test(line));
}

/** The versions in a `pylock.toml`, as constraints. */
async function pylockPins(directory: string): Promise<string[]> {
  const packages = tablesIn((await readToml(directory, "pylock.toml"))?.packages);
  return packages.flatMap(({ name, version, marker }) =>
    typeof version === "string" ? [`${name}==${version}${typeof marker === "string" ? ` ; ${marker}` : ""}`] : [],
  );
}

async function written(directory: string, name: string, lines: readonly string[]): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}
