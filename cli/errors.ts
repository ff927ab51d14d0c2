import { RunError } from "@pulumi/pulumi/errors.js";
import { CommanderError } from "commander";

/** Tells an error on standard error: a user's mistake in its own words, a bug of ours with its stack. */
export function report(thrown: unknown): void {
  if (thrown instanceof CommanderError) return; // commander has told it
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
