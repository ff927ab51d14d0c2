import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readJson } from "../../../tools/json-file.ts";
import { isUp, type Supervisord } from "./supervisord.ts";
import { eventually } from "./wait.ts";

/** A process that supervisord keeps running. */
export interface Program {
  /** Unique in the supervisor; letters, digits, `.` and `-`. */
  readonly name: string;
  /** Any python: it only becomes the program (exec.py). */
  readonly python: string;
  /** The command, its first word an absolute path. */
  readonly argv: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** The working directory. */
  readonly directory: string;
  /** Seconds from SIGTERM until supervisord kills it. */
  readonly stopSeconds: number;
  /** Whether it is only made known to supervisord, to be started later. @default false */
  readonly asleep?: boolean;
}

const launcher = fileURLToPath(new URL("exec.py", import.meta.url));

/** Writes the program's files, then has supervisord start it, unless it is to sleep. */
export async function startProgram(supervisord: Supervisord, home: string, program: Program): Promise<void> {
  const files = programFiles(home, program.name);
  await mkdir(path.dirname(files.log), { recursive: true, mode: 0o700 });
  const { argv, environment, directory } = program;
  await writeFile(files.description, JSON.stringify({ argv, environment, directory }), { mode: 0o600 });
  await writeFile(files.configuration, configurationOf(home, program), { mode: 0o600 });
  await supervisord.add(program.name);
}

/** Whether a program runs; false where the supervisor does not answer. */
export async function isProgramUp(supervisord: Supervisord, name: string): Promise<boolean> {
  const process = await supervisord.process(name).catch(() => undefined);
  return process !== undefined && isUp(process);
}

/** Seconds that a program of ours has to end. */
const endSeconds = 15;

/** Ends a program that has nothing to finish, and forgets it; there may be none, or no supervisor. */
export async function endProgram(supervisord: Supervisord, home: string, name: string): Promise<void> {
  if ((await supervisord.pid()) === undefined) return;
  const process = await supervisord.process(name);
  if (!process) return;
  if (isUp(process)) await supervisord.stop(name);
  await eventually(() => supervisord.isGone(name), {
    seconds: endSeconds,
    otherwise: async () => new Error(`The process \`${name}\` did not end within ${endSeconds} s.`),
  });
  await removeProgram(supervisord, home, name);
}

/** Forgets a program that has ended, with its files; its log stays. */
export async function removeProgram(supervisord: Supervisord, home: string, name: string): Promise<void> {
  await supervisord.remove(name);
  const files = programFiles(home, name);
  await Promise.all([files.description, files.configuration].map((file) => rm(file, { force: true })));
}

/** Where a program's output goes. */
export function logOf(home: string, name: string): string {
  return path.join(home, "logs", `${name}.log`);
}

/** The command line with which a program was started last; empty when there is none. */
export async function argumentsOf(home: string, name: string): Promise<readonly string[]> {
  const described = await readJson(programFiles(home, name).description, z.looseObject({ argv: z.array(z.string()) }));
  return described?.argv ?? [];
}

function programFiles(home: string, name: string) {
  return {
    description: path.join(home, "programs", `${name}.json`),
    configuration: path.join(home, "programs", `${name}.conf`),
    log: logOf(home, name),
  };
}

/**
 * The program's section. `startsecs` 10 and a very large `startretries`: after three quick exits supervisord would give up
 * for good, and a worker that crashes at once has to be tried again, with its back-off, for as long as it is wanted.
 */
export function configurationOf(home: string, program: Program): string {
  const files = programFiles(home, program.name);
  const command = [program.python, "-I", "-S", launcher, files.description].map(quote).join(" ");
  return `${[
    `[program:${program.name}]`,
    `command=${command}`,
    `stdout_logfile=${escapePercent(files.log)}`,
    "redirect_stderr=true",
    "stdout_logfile_maxbytes=10MB",
    "stdout_logfile_backups=3",
    `autostart=${program.asleep ? "false" : "true"}`,
    "autorestart=true",
    "startsecs=10",
    "startretries=1000000",
    "stopsignal=TERM",
    `stopwaitsecs=${Math.ceil(program.stopSeconds)}`,
    "killasgroup=true",
  ].join("\n")}\n`;
}

/** supervisord splits commands as a shell would, and expands `%`. */
export function quote(word: string): string {
  return `"${escapePercent(word).replace(/(["\\$`])/g, "\\$1")}"`;
}

/** supervisord expands `%(name)s` in every value. */
export function escapePercent(value: string): string {
  return value.replaceAll("%", "%%");
}
