import { buildCommand } from "./command.ts";
import { exitCodeOf, report } from "./errors.ts";

/** Runs one verb. Exit codes: 0 success, 1 failure, 2 wrong use. */
async function main(): Promise<void> {
  try {
    process.exitCode = await new Promise<number>((resolve, reject) => {
      buildCommand(resolve)
        .parseAsync(process.argv)
        .then(() => resolve(0), reject);
    });
  } catch (thrown) {
    report(thrown);
    process.exitCode = exitCodeOf(thrown);
  }
}

void main();
