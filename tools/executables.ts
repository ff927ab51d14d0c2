import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { cacheDirectory } from "./cache.ts";
import { readJson, writeJson } from "./json-file.ts";

/** The first executable file named `name` on a search path, or undefined. */
export function findExecutable(name: string, searchPath: string | undefined = process.env.PATH): string | undefined {
  return (searchPath ?? "")
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find(isExecutable);
}

/** Whether `file` is a file that may be executed; a link that leads nowhere is not. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A version as `[major, minor, patch]`. */
export type Version = readonly [number, number, number];

/** The first `1.2.3` in a text, or undefined. A pre-release counts as its release. */
export function parseVersion(text: string): Version | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

/** Whether `version` is `minimum` or later. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  const index = [0, 1, 2].find((part) => version[part] !== minimum[part]);
  return index === undefined || (version[index] ?? 0) > (minimum[index] ?? 0);
}

const smallestProgram = 1_000_000;
const timeLimitMilliseconds = 20_000;

/**
 * What a program prints about its version. The answer is kept in the cache as long as the file stays the same, since asking
 * costs 0.1 s on every run. A small file is a script (mise, asdf, pyenv) whose answer depends on more than
 * itself, so it is asked each time.
 *
 * @returns undefined when the program fails or does not answer within 20 s
 */
export async function askVersion(file: string, args: readonly string[]): Promise<string | undefined> {
  const program = realpathSync(file);
  const { mtimeMs, size } = statSync(program);
  if (size < smallestProgram) return await runForVersion(file, args);
  const key = createHash("sha256")
    .update(JSON.stringify([program, mtimeMs, size, args]))
    .digest("hex")
    .slice(0, 24);
  const answerFile = path.join(cacheDirectory(), "tools", "versions", `${key}.json`);
  const known = await readJson(answerFile, z.string());
  if (known !== undefined) return known;
  const answer = await runForVersion(file, args);
  if (answer !== undefined) await writeJson(answerFile, answer);
  return answer;
}

async function runForVersion(file: string, args: readonly string[]): Promise<string | undefined> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    const { stdout } = await promisify(execFile)(file, args, { env, timeout: timeLimitMilliseconds });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
