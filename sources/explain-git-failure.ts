import { redacted, UserError } from "../errors.ts";
import { fullDiskError, isFullDisk } from "../tools/full-disk.ts";
import { GitFailure } from "./git.ts";
import { printable } from "./nearest.ts";
import type { Remote } from "./remote.ts";

/** What git was to reach: a remote, or a folder. */
type Reached = Pick<Remote, "label" | "protocols">;

/**
 * What a user is told when git cannot do something with a repository: what failed, git's own first useful line, and what
 * to do. Anything that is not a failure of git is given back as it is.
 */
export function explainGitFailure(thrown: unknown, remote: Reached, action: string): unknown {
  if (isFullDisk(thrown)) return fullDiskError();
  if (!(thrown instanceof GitFailure)) return thrown;
  const said = thrown.timedOut ? "git did not end in time." : firstUsefulLine(thrown.stderr);
  const ends = /[.!?]$/.test(said) ? said : `${said}.`;
  return new UserError(`git could not ${action} \`${remote.label}\`: ${ends} ${advice(thrown, remote)}`);
}

/** The line of git's output that says what went wrong, without credentials. */
function firstUsefulLine(stderr: string): string {
  const lines = redacted(stderr)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(warning|hint|\*\*)|^Warning: Permanently added/.test(line));
  const line = lines[0] ?? "it gave no reason";
  return printable(line.replace(/^((fatal|error|remote|ERROR): )+/, ""));
}

function advice({ stderr, timedOut }: GitFailure, { label, protocols }: Reached): string {
  const attempt = `\`git ls-remote ${label}\``;
  if (timedOut) return `Try ${attempt}; if that answers, run this again.`;
  if (
    /could not read (Username|Password)|Authentication failed|Permission denied|returned error: 40[13]/i.test(stderr)
  ) {
    return `Give git credentials that may read it (a credential helper, or an ssh key in the agent) until ${attempt} works.`;
  }
  if (/Host key verification failed/i.test(stderr)) {
    return "Add the server's host key to `~/.ssh/known_hosts` (connect to it once with ssh, or use `ssh-keyscan`).";
  }
  if (/dubious ownership/i.test(stderr)) {
    return "Another user owns that folder. If you trust it: `git config --global --add safe.directory FOLDER`.";
  }
  if (/not found|does not appear to be a git repository|does not exist|returned error: 404/i.test(stderr)) {
    const what = protocols.includes("file") ? "Correct the path" : "Correct the address, or see that you may read it";
    return `${what}: ${attempt}.`;
  }
  if (/resolve host|connect|timed out|network|unreachable|too slow|early EOF|hung up|RPC failed/i.test(stderr)) {
    return `Look at the network or the proxy, try ${attempt}, and run this again.`;
  }
  if (/bad object|missing|unable to read|corrupt|loose object|bad tree/i.test(stderr)) {
    return "If the repository is sound (`git fsck`), the copy in the cache is damaged: delete the cache and run this again.";
  }
  return `Try ${attempt}.`;
}
