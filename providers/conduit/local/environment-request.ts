import type { Dependencies } from "../../../sources/dependencies.ts";

/** What an environment is made of. */
export interface EnvironmentRequest {
  /** The algorithm's folder in its checkout. */
  readonly directory: string;
  readonly dependencies: Dependencies;
  /** The interpreter's version, such as `3.11`. */
  readonly python: string;
  /** The file with the worker's own requirements, pinned; a `pyproject.toml` beside it says which of them are firm. */
  readonly runtimeRequirements: string;
  /** The cache of Algorithm Conduit, absolute. */
  readonly cache: string;
  /** The path of uv. */
  readonly uv: string;
  /** Told one line when something is about to take long; never called when the environment is there. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}
