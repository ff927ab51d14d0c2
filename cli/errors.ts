import { RunError } from "@pulumi/pulumi/errors.js";
import { CommanderError } from "commander";
import { messageOf } from "../errors.ts";
import { explainFullDisk } from "../tools/full-disk.ts";

/** Tells an error on standard error: a user's mistake in its own words, a bug of ours with its stack. */
export function report(caught: unknown): void {
  if (caught instanceof CommanderError) return; // commander has told it
  const thrown = explainFullDisk(caught);
  const text = isForUser(thrown)
    ? thrown.message
    : thrown instanceof Error
      ? (thrown.stack ?? thrown.message)
      : String(thrown);
  process.stderr.write(`${text}\n`);
}

/** 0 for `--help`, 2 for wrong use, 1 for all else. */
export function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  return 1;
}

function isForUser(thrown: unknown): thrown is Error {
  return RunError.isInstance(thrown) || thrown instanceof EngineError;
}

/** What the engine refused, in its own words: a lock, a backend, a program that failed. */
export class EngineError extends Error {}

/**
 * The SDK's error as what the engine said.
 *
 * @param told What its events told, when there were any; else the lines of its output that are errors.
 */
export function engineError(thrown: unknown, told: ReadonlySet<string> = new Set()): EngineError {
  const output = messageOf(thrown);
  const lines = output.split("\n").filter((line) => /^\s*(stderr: )?error: /.test(line));
  const errors = lines.map((line) => line.trim().replace(/^(stderr: )?error: /, ""));
  return new EngineError([...(told.size > 0 ? told : errors.length > 0 ? new Set(errors) : [output])].join("\n"), {
    cause: thrown,
  });
}
