import { buildCommand } from "./command.ts";
import { exitCodeOf, report } from "./errors.ts";

/** Runs one verb. Exit codes: 0 success, 1 failure, 2 wrong use. */
async function main(): Promise<void> {
  const json = process.argv.includes("--json");
  process.once("exit", tellUnfinished);
  try {
    await buildCommand((exitCode) => {
      process.exitCode = exitCode;
    }).parseAsync();
  } catch (thrown) {
    report(thrown, { json });
    process.exitCode = exitCodeOf(thrown);
  }
  process.off("exit", tellUnfinished);
}

/** Where nothing is left to wait for, Node ends without a word, and as if all were well. */
function tellUnfinished(): void {
  process.stderr.write("The command ended before it was done: something that it waited for never came.\n");
  process.exitCode = 1;
}

// Who reads what we print may go, as `head` does: what has begun is brought to its end all the same. Pulumi's SDK would tell
// of the error, in vain, again and again.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

void main();
