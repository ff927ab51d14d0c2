/** A git repository, as the registry resolves it. */
export interface GitSource {
  /** Where the repository is: `https://…`, `ssh://…`, `git@host:path`, `file:///…`, or a folder relative to the project. */
  readonly git: string;
  /** A branch, a tag, a full ref (`refs/…`), `HEAD`, or a commit in full (40 characters). A branch wins over a tag. */
  readonly ref: string;
  /** The algorithm's folder in the repository, `.` for the whole. */
  readonly subdir: string;
  /** Files and folders of the repository that the algorithm needs beside its own folder. */
  readonly include: readonly string[];
}

/** A folder on this machine, relative to the project or absolute. */
export interface FolderSource {
  readonly path: string;
}

/** One Python file that stands in for an algorithm that does not exist yet, relative to the project or absolute. */
export interface MockSource {
  readonly mock: string;
}

/** Whatever this machine can turn into a folder of Python files. */
export type Source = GitSource | FolderSource | MockSource;

/** What `resolveSource` needs to know of the run. */
export interface SourceOptions {
  /** The cache of Algorithm Conduit, absolute (`cacheDirectory()`). */
  readonly cache: string;
  /** The folder that holds `algorithms.config.ts`; relative paths start here. */
  readonly projectDirectory: string;
  /** Told one line before something that may take long: the first fetch of a repository. */
  readonly onProgress?: ((line: string) => void) | undefined;
  /** Ends what git does. */
  readonly signal?: AbortSignal | undefined;
}

/** One version of an algorithm's source, ready to run. */
export interface ResolvedSource {
  /** The last commit that changed the folder or its includes (40 hex), `NO_COMMIT` where there is none, `mock` for a mock. */
  readonly commit: string;
  /** When that commit was made (ISO 8601), undefined where there is no commit. */
  readonly committedAt: string | undefined;
  /** Twelve hex characters that stand for the content of the folder and its includes. */
  readonly tree: string;
  /** Whether the content differs from that commit's; only a folder on this machine can. */
  readonly dirty: boolean;
  /** The algorithm's folder in a checkout in the cache: absolute, holds exactly this content, is never changed. */
  readonly directory: string;
}

/** The commit of a mock. */
export const MOCK_COMMIT = "mock";

/** The commit of a folder that no commit holds: outside any repository, or not committed yet. Git's own null id. */
export const NO_COMMIT = "0".repeat(40);
