import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { GitFailure, git, gitEnvironment } from "../../sources/git.ts";
import { temporaryFolder } from "../support/folders.ts";
import { createRepository } from "./support/repository.ts";

test("git sees the user's environment without what could redirect it", () => {
  const user = {
    HOME: "/home/ada",
    PATH: "/bin",
    SSH_AUTH_SOCK: "/agent",
    SSH_ASKPASS: "/bin/ask",
    LANGUAGE: "de",
    GIT_DIR: "/x",
    GIT_INDEX_FILE: "/x",
    GIT_WORK_TREE: "/x",
    GIT_OBJECT_DIRECTORY: "/x",
    GIT_ASKPASS: "/x",
    GIT_TRACE: "1",
    GIT_EXTERNAL_DIFF: "/x",
    GIT_ALLOW_PROTOCOL: "ext",
    GIT_CONFIG_PARAMETERS: "'x'='y'",
    GIT_CONFIG_GLOBAL: "/home/ada/config",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "credential.helper",
    GIT_CONFIG_VALUE_0: "store",
    GIT_SSL_CAINFO: "/ca.pem",
    GIT_SSH_COMMAND: "ssh -i key",
  };
  expect(gitEnvironment(user, ["https", "ssh"], { GIT_DIR: "/mirror" })).toEqual({
    HOME: "/home/ada",
    PATH: "/bin",
    SSH_AUTH_SOCK: "/agent",
    GIT_CONFIG_GLOBAL: "/home/ada/config",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "credential.helper",
    GIT_CONFIG_VALUE_0: "store",
    GIT_SSL_CAINFO: "/ca.pem",
    GIT_SSH_COMMAND: "ssh -i key",
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "https:ssh",
    GIT_DIR: "/mirror",
  });
});

test("a call that names no protocol cannot reach any", async () => {
  const repository = await createRepository();
  repository.commit();
  const url = `file://${repository.directory}`;
  await expect(git(["ls-remote", "--", url])).rejects.toThrow("transport 'file' not allowed");
  expect((await git(["ls-remote", "--", url], { protocols: ["file"] })).toString()).toContain("refs/heads/main");
});

test("the ext transport is refused even when it is named", async () => {
  await expect(git(["ls-remote", "--", "ext::sh -c true"], { protocols: ["https", "ssh", "file"] })).rejects.toThrow(
    "transport 'ext' not allowed",
  );
});

test("hooks and monitors of a repository do not run", async () => {
  const repository = await createRepository();
  const ran = path.join(repository.directory, "ran");
  const script = path.join(repository.directory, "evil.sh");
  writeFileSync(script, `#!/bin/sh\ntouch ${ran}\n`);
  chmodSync(script, 0o755);
  repository.commit();
  repository.git("config", "core.fsmonitor", script);
  repository.git("config", "core.askPass", script);
  mkdirSync(path.join(repository.directory, "hooks"));
  repository.git("config", "core.hooksPath", "hooks");
  for (const hook of ["reference-transaction", "post-index-change"]) {
    symlinkSync(script, path.join(repository.directory, "hooks", hook));
  }
  await git(["ls-files", "--cached"], { cwd: repository.directory });
  await git(["status"], { cwd: repository.directory });
  await git(["update-ref", "refs/heads/other", "HEAD"], { cwd: repository.directory });
  expect(existsSync(ran)).toBe(false);
});

test("a time-out kills git and what it started", async () => {
  // The sleeper holds git's standard output: the call could not end as long as it lived.
  const failure = git(["-c", "alias.hang=!sleep 600 & wait", "hang"], { timeoutMs: 300 });
  const thrown = await failure.catch((error) => error);
  expect([thrown instanceof GitFailure, thrown.timedOut]).toEqual([true, true]);
});

test("an abort ends git with its reason", async () => {
  const abort = new AbortController();
  const failure = git(["-c", "alias.hang=!sleep 600", "hang"], { signal: abort.signal });
  abort.abort(new Error("stopped"));
  await expect(failure).rejects.toThrow(new Error("stopped"));
  await expect(git(["--version"], { signal: abort.signal })).rejects.toThrow(new Error("stopped"));
});

test("a machine without git is told so, and a folder that is gone is not mistaken for that", async () => {
  const folder = await temporaryFolder();
  const before = process.env.PATH;
  process.env.PATH = folder;
  try {
    await expect(git(["--version"])).rejects.toThrow(
      new UserError("`git` is not on the PATH. Install git 2.30 or later (https://git-scm.com) and run this again."),
    );
  } finally {
    process.env.PATH = before;
  }
  const gone = path.join(folder, "gone");
  await expect(git(["--version"], { cwd: gone })).rejects.not.toThrow(UserError);
});
