import { RunError } from "@pulumi/pulumi/errors.js";
import { CommanderError } from "commander";
import { messageOf, UserError } from "../errors.ts";
import { explainFullDisk, fullDiskError, isFullDisk } from "../tools/full-disk.ts";
import { errorSchema } from "./json/others.ts";
import { printJson } from "./json/print-json.ts";

/**
 * Tells an error on standard error: a user's mistake in its own words, a bug of ours with its stack.
 *
 * @param options.json Whether a program reads: then it finds `{"error": …}` on standard output too, in place of a result.
 */
export function report(caught: unknown, { json }: { json: boolean }): void {
  if (exitCodeOf(caught) === 0) return;
  const thrown = explainFullDisk(caught);
  const text = isForUser(thrown)
    ? thrown.message
    : thrown instanceof Error
      ? (thrown.stack ?? thrown.message)
      : String(thrown);
  // Wrong use commander has told by itself.
  if (!(thrown instanceof CommanderError)) process.stderr.write(`${text}\n`);
  if (json) printJson(errorSchema, { error: { type: typeOf(thrown), message: text.replace(/^error: /, "") } });
}

function typeOf(thrown: unknown): string {
  if (thrown instanceof CommanderError || thrown instanceof WrongUse) return "WrongUse";
  if (thrown instanceof EngineError) return "EngineError";
  return isForUser(thrown) ? "UserError" : "Error";
}

/** 0 for `--help`, 2 for wrong use, 1 for all else. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  return thrown instanceof WrongUse ? 2 : 1;
}

function isForUser(thrown: unknown): thrown is Error {
  return RunError.isInstance(thrown) || thrown instanceof EngineError || thrown instanceof CommanderError;
}

/** A verb that cannot do on this stack what it was asked for; exit code 2. */
export class WrongUse extends UserError {}

/** What the engine refused, in its own words: a lock, a backend, a program that failed. */
export class EngineError extends Error {}

/**
 * The SDK's error as what the engine said.
 *
 * @param told What its events told, when there were any; else the lines of its output that are errors.
 */
export function engineError(thrown: unknown, told: ReadonlySet<string> = new Set()): EngineError {
  const output = messageOf(thrown);
  if (isFullDisk(output)) return new EngineError(fullDiskError().message, { cause: thrown });
  // Of several errors each is a line of its own below the first; so are those of a YAML file.
  const lines = output.split("\n").filter((line) => /^\s*(stderr: )?error: |^\s+(\* |line \d+: )/.test(line));
  const errors = lines.map((line) => line.trim().replace(/^(stderr: )?error: /, ""));
  const said = [...(told.size > 0 ? told : errors.length > 0 ? new Set(errors) : [output])].join("\n");
  return new EngineError(said + adviceOn(said), { cause: thrown });
}

/** What mends what the engine names without a file. */
function adviceOn(said: string): string {
  if (/getting stack configuration/.test(said)) {
    return "\nCorrect the stack's settings: `Pulumi.<stack>.yaml`, where `Pulumi.yaml` or its `stackConfigDir` says.";
  }
  if (!/failed to load checkpoint/.test(said)) return "";
  return "\nThe stack's state is damaged. Below `.conduit/state/.pulumi/stacks` put its copy `<stack>.json.bak` in place of `<stack>.json`.";
}
