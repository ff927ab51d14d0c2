import { type Table, tableIn } from "./toml.ts";

/** Another tool's file of dependencies, with the command that exports it. */
export interface OtherTool {
  readonly file: string;
  readonly command: string;
}

/** Since Poetry 2 the export is a plugin. */
const POETRY_EXPORT = "poetry self add poetry-plugin-export && poetry export --output requirements.txt";
const CONDA_EXPORT = "conda run --name ENVIRONMENT pip list --format freeze > requirements.txt";

const OTHER_LOCKS: readonly OtherTool[] = [
  { file: "poetry.lock", command: POETRY_EXPORT },
  { file: "pdm.lock", command: "pdm export --output requirements.txt" },
  { file: "Pipfile.lock", command: "pipenv requirements > requirements.txt" },
  { file: "conda-lock.yml", command: CONDA_EXPORT },
];

const OTHER_TOOLS: readonly OtherTool[] = [
  { file: "Pipfile", command: "pipenv lock && pipenv requirements > requirements.txt" },
  { file: "environment.yml", command: CONDA_EXPORT },
  { file: "environment.yaml", command: CONDA_EXPORT },
  { file: "pixi.toml", command: "pixi run pip list --format freeze > requirements.txt" },
  { file: "requirements.in", command: "uv pip compile requirements.in -o requirements.txt" },
  { file: "setup.py", command: "uv pip compile setup.py -o requirements.txt" },
  { file: "setup.cfg", command: "uv pip compile setup.cfg -o requirements.txt" },
];

/**
 * The file of another tool that says what an algorithm depends on. A lock counts even beside a `[project]`: without what is
 * locked, another day would install other versions.
 *
 * @param has Whether there is a file of that name in the algorithm's folder.
 */
export function otherTool(has: (name: string) => boolean, pyproject: Table | undefined): OtherTool | undefined {
  const lock = OTHER_LOCKS.find(({ file }) => has(file));
  if (lock !== undefined || pyproject?.project !== undefined) return lock;
  if (tableIn(pyproject, "tool", "poetry").dependencies !== undefined)
    return { file: "[tool.poetry.dependencies]", command: POETRY_EXPORT };
  return OTHER_TOOLS.find(({ file }) => has(file));
}
