import { Command, InvalidArgumentError, Option } from "commander";
import { commandName } from "../tools/command-name.ts";
import { packageVersion } from "../tools/package.ts";
import { defaultStack, type GlobalOptions } from "./context.ts";
import type { ConnectVerbOptions } from "./verbs/connect.ts";
import type { DownOptions } from "./verbs/down.ts";
import type { LogsOptions } from "./verbs/logs.ts";

const callHelp = `
The activity's name comes first where the algorithm has several. Each argument
is JSON, plain text, or @FILE (the content of a .json file; of any other file
its bytes). FIELD=ARGUMENT sets a field of one object:

  ${commandName} call transcribe @clip.wav
  ${commandName} call speaker-id audio=@clip.wav`;

const statusHelp = `
  WANTED  commit that the source holds now; * edited, none* never committed
  LIVE    commit whose worker polls
  POLL    workers that poll
  WAIT    activities that wait for a worker
  RUN     activities that run
  SINCE   how long ago LIVE went live`;

/** More than any log that is kept has. */
const mostLines = 1_000_000;

function lineCount(given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= mostLines) return count;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${mostLines}.`);
}

/**
 * The command line. Each verb's module is loaded when it runs: importing Pulumi's SDK takes longer than most verbs.
 *
 * @param done Told the verb's exit code.
 */
export function buildCommand(done: (exitCode: number) => void): Command {
  const program = new Command("conduit")
    .description("Researchers' algorithms, from a commit to production.")
    .version(packageVersion)
    .exitOverride()
    .showHelpAfterError(`(\`${commandName} --help\` shows the commands.)`)
    .helpCommand(false);

  /** A verb whose output is worth more to a program than its exit code. */
  const reading = (usage: string, summary: string) => verb(usage, summary).option("--json", "print JSON");
  const verb = (usage: string, summary: string) =>
    program
      .command(usage)
      .summary(summary)
      .description(summary)
      .exitOverride()
      .addOption(new Option("--stack <name>", "stack to work on").default(defaultStack));

  program.commandsGroup("First:");
  reading("up", "bring the whole stack to what the registry says")
    .option("--only <names...>", "only these algorithms, with the platform below them")
    .action(async (options: GlobalOptions & { only?: string[] }) =>
      done(await (await import("./verbs/up.ts")).up(options)),
    );
  reading("deploy [names...]", "make the newest commits live; prints commit-to-live with its stages").action(
    async (names: string[], options: GlobalOptions) =>
      done(await (await import("./verbs/deploy.ts")).deploy(names, options)),
  );
  reading("status [name]", "what is wanted, live, waiting and running; of one algorithm, why a call waits")
    .addHelpText("after", statusHelp)
    .action(async (name: string | undefined, options: GlobalOptions) =>
      done(await (await import("./verbs/status.ts")).status(name, options)),
    );
  reading("call <algorithm> [args...]", "run one activity and print its result")
    .addHelpText("after", callHelp)
    .action(async (algorithm: string, args: string[], options: GlobalOptions) =>
      done(await (await import("./verbs/call.ts")).call(algorithm, args, options)),
    );
  reading("logs <algorithm>", "print the log of its worker; `temporal` is Temporal's server")
    .option("-f, --follow", "go on as it grows")
    .addOption(new Option("-n, --lines <count>", "lines from the end").default(50).argParser(lineCount))
    .action(async (algorithm: string, options: LogsOptions) =>
      done(await (await import("./verbs/logs.ts")).logs(algorithm, options)),
    );
  reading("doctor", "find what is missing or wrong, and say what mends it").action(async (options: GlobalOptions) =>
    done(await (await import("./verbs/doctor.ts")).doctor(options)),
  );

  program.commandsGroup("More:");
  reading("watch [names...]", "deploy each commit as it comes, and each change of the registry").action(
    async (names: string[], options: GlobalOptions) =>
      done(await (await import("./verbs/watch.ts")).watch(names, options)),
  );
  reading("preview", "show what `up` would change").action(async (options: GlobalOptions) =>
    done(await (await import("./verbs/preview.ts")).preview(options)),
  );
  verb("down", "take everything of the stack down, and tell what is kept")
    .option("--yes", "do it on a cluster too")
    .action(async (options: DownOptions) => done(await (await import("./verbs/down.ts")).down(options)));
  const init = program
    .command("init [name]")
    .summary("write a runnable algorithm repository, or with --platform a platform's own")
    .description("write a runnable algorithm repository into the new folder <name>")
    .option(
      "--platform [folder]",
      "write the repository of a platform, which installs this as a package (default: here)",
    )
    .exitOverride()
    .action(async (name: string | undefined, { platform }: { platform?: string | true }) => {
      if (platform && name === undefined) {
        done(await (await import("./verbs/init-platform.ts")).initPlatform(platform === true ? "." : platform));
      } else if (name !== undefined && !platform) {
        done(await (await import("./verbs/init.ts")).init(name));
      } else {
        init.error(`error: give the name of an algorithm, or \`--platform [folder]\``);
      }
    });
  reading("connect [namespace]", "print where Temporal is, for workflow workers")
    .option("--env", "print lines for a shell")
    .action(async (name: string | undefined, options: ConnectVerbOptions) =>
      done(await (await import("./verbs/connect.ts")).connect(name, options)),
    );
  reading("env", "print the variables with which plain `pulumi` works on the same state").action(
    async (options: GlobalOptions) => done(await (await import("./verbs/env.ts")).env(options)),
  );
  return program;
}
