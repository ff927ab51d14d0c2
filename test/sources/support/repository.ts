import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../support/folders.ts";

/** A real git repository. */
export interface TestRepository {
  readonly directory: string;
  /** Runs git in it and gives what it prints, trimmed. */
  git(...args: string[]): string;
  /** Like `git`, with a standard input. */
  gitWith(input: string | Buffer, ...args: string[]): string;
  /** Writes files, adds everything and commits; gives the commit. */
  commit(files?: Readonly<Record<string, string | Buffer>>, message?: string): string;
  /** Writes files without committing. */
  write(files: Readonly<Record<string, string | Buffer>>): void;
  /** Makes a symbolic link. */
  link(name: string, target: string): void;
}

/** A new repository with the branch `main`, in a temporary folder. */
export async function createRepository(directory?: string): Promise<TestRepository> {
  const place = directory ?? path.join(await temporaryFolder(), "repository");
  mkdirSync(place, { recursive: true });
  const gitWith = (input: string | Buffer, ...args: string[]) =>
    execFileSync("git", args, { cwd: place, env: gitEnvironment(), input, stdio: ["pipe", "pipe", "pipe"] })
      .toString()
      .trim();
  const git = (...args: string[]) => gitWith("", ...args);
  const write = (files: Readonly<Record<string, string | Buffer>>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
      writeFileSync(path.join(place, name), content);
    }
  };
  git("init", "--quiet", "--initial-branch=main");
  return {
    directory: place,
    git,
    gitWith,
    write,
    link: (name, target) => {
      mkdirSync(path.dirname(path.join(place, name)), { recursive: true });
      symlinkSync(target, path.join(place, name));
    },
    commit: (files = {}, message = "a change") => {
      write(files);
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    },
  };
}

/**
 * Commits a tree whose entries git itself would refuse to add: entries of `git mktree`, such as
 * `100644 blob <id>\t../evil`. Gives the commit.
 */
export function commitTree(repository: TestRepository, tree: string): string {
  const commit = repository.git("commit-tree", tree, "-m", "a hand-made tree");
  repository.git("update-ref", "refs/heads/main", commit);
  return commit;
}

/** The id of a tree with exactly these entries, whatever their names. */
export function makeTree(
  repository: TestRepository,
  entries: readonly { mode: string; name: string; id: string }[],
): string {
  const body = entries.map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]),
  );
  return repository.gitWith(Buffer.concat(body), "hash-object", "-t", "tree", "-w", "--stdin", "--literally");
}

/** The id of a blob with this content. */
export function makeBlob(repository: TestRepository, content: string): string {
  return repository.gitWith(content, "hash-object", "-w", "--stdin");
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const who = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" };
  return {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    ...who,
    GIT_COMMITTER_NAME: who.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: who.GIT_AUTHOR_EMAIL,
  };
}
