import { buildCommand } from "./command.ts";
import { exitCodeOf, report } from "./errors.ts";

/** Runs one verb. Exit codes: 0 success, 1 failure, 2 wrong use. */
async function main(): Promise<void> {
  try {
    await buildCommand((exitCode) => {
      process.exitCode = exitCode;
    }).parseAsync();
  } catch (thrown) {
    report(thrown);
    process.exitCode = exitCodeOf(thrown);
  }
}

void main();
