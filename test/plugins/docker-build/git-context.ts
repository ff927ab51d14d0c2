import { rm } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";

/** Fetches `https://…/repository.git#<commit>:<folder>` into a folder and answers the path of what it names, without `.git`. */
export async function fetchContext(
  location: string,
  into: string,
  secrets: Readonly<Record<string, string>>,
): Promise<string> {
  const [url = "", fragment = ""] = location.split("#");
  if (!/^(https?:\/\/.*\.git$|ssh:\/\/|git@)/.test(url)) throw new Error(`${url} is taken for a file, not for git.`);
  const [commit = "", subdir = "."] = fragment.split(":");
  const git = (...args: string[]) => run("git", args, { cwd: into, env: { ...process.env, ...credentials(secrets) } });
  await git("init", "--quiet");
  await git("fetch", "--quiet", "--depth=1", "--", url, commit);
  await git("checkout", "--quiet", "FETCH_HEAD");
  await rm(path.join(into, ".git"), { recursive: true });
  return path.join(into, subdir);
}

/** The secret with this name goes to the server as BuildKit sends it. */
function credentials({ GIT_AUTH_TOKEN }: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const none = { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_GLOBAL: "/dev/null" };
  if (!GIT_AUTH_TOKEN) return none;
  const basic = Buffer.from(`x-access-token:${GIT_AUTH_TOKEN}`).toString("base64");
  return {
    ...none,
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
