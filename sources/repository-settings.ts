import { UserError } from "../errors.ts";
import { readToml, tableIn } from "./toml.ts";

/** What an algorithm's repository says about itself. */
export interface RepositorySettings {
  /** `[tool.conduit]` of `pyproject.toml`, or the whole of `conduit.toml`, as written; an empty table where there is neither. */
  readonly settings: unknown;
  /** The file that they come from, undefined where there is neither. */
  readonly origin: "pyproject.toml" | "conduit.toml" | undefined;
  /** `requires-python` of `pyproject.toml`. */
  readonly requiresPython: string | undefined;
}

/**
 * Reads the settings that an algorithm's folder holds.
 *
 * @throws UserError when a file is malformed, or both files have settings.
 */
export async function readRepositorySettings(directory: string): Promise<RepositorySettings> {
  const pyproject = await readToml(directory, "pyproject.toml");
  const own = await readToml(directory, "conduit.toml");
  const requires = tableIn(pyproject, "project")["requires-python"];
  const requiresPython = typeof requires === "string" ? requires : undefined;
  const inPyproject = tableIn(pyproject, "tool").conduit;
  if (inPyproject !== undefined && own !== undefined) {
    throw new UserError("Both `pyproject.toml` (`[tool.conduit]`) and `conduit.toml` have settings. Keep one of them.");
  }
  if (inPyproject !== undefined) return { settings: inPyproject, origin: "pyproject.toml", requiresPython };
  return { settings: own ?? {}, origin: own && "conduit.toml", requiresPython };
}
