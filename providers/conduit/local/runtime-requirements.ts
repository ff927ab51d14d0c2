import { readFile } from "node:fs/promises";
import path from "node:path";
import { readToml, tableIn, textsIn } from "../../../sources/toml.ts";

/** What the worker itself depends on. */
export interface RuntimeRequirements {
  /** The file of pins. */
  readonly file: string;
  /** Its text: every package in one version, which give way where an algorithm wants another. */
  readonly pinned: string;
  /** What must hold in any case. */
  readonly firm: readonly string[];
}

/**
 * Reads the worker's requirements. The `pyproject.toml` beside the pins says which are firm; without it all are.
 */
export async function readRuntimeRequirements(file: string): Promise<RuntimeRequirements> {
  const pinned = await readFile(file, "utf8");
  const project = tableIn(await readToml(path.dirname(file), "pyproject.toml"), "project");
  const direct = textsIn(project.dependencies);
  return { file, pinned, firm: direct.length > 0 ? direct : pins(pinned) };
}

/** The pins of a requirements file, without hashes. */
export function pins(text: string): string[] {
  return [...text.matchAll(/^([\w.[\],-]+\s*==\s*[\w.!+-]+)/gm)].map(([, pin]) => pin ?? "");
}
