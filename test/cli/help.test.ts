import path from "node:path";
import { expect, test } from "vitest";
import { type Outcome, repository, runIn } from "../support/project.ts";

const conduit = (...args: string[]): Promise<Outcome> => runIn(repository, path.join(repository, "conduit"), args);

const verbs = [
  "up",
  "deploy",
  "status",
  "call",
  "logs",
  "doctor",
  "watch",
  "preview",
  "down",
  "init",
  "connect",
  "env",
];

test("the help shows first what people need first, and fits 80 columns", async () => {
  const { code, stdout, stderr } = await conduit("--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatchInlineSnapshot(`
    "Usage: conduit [options] [command]

    Researchers' algorithms, from a commit to production.

    Options:
      -V, --version                         output the version number
      -h, --help                            display help for command

    First:
      up [options]                          bring the whole stack to what the
                                            registry says
      deploy [options] [names...]           make the newest commits live; prints
                                            commit-to-live with its stages
      status [options] [name]               what is wanted, live, waiting and
                                            running; of one algorithm, why a call
                                            waits
      call [options] <algorithm> [args...]  run one activity and print its result
      logs [options] <algorithm>            print the log of its worker; \`temporal\`
                                            is Temporal's server
      doctor [options]                      find what is missing or wrong, and say
                                            what mends it

    More:
      watch [options] [names...]            deploy each commit as it comes, and each
                                            change of the registry
      preview [options]                     show what \`up\` would change
      down [options]                        take everything of the stack down, and
                                            tell what is kept
      init [options] [name]                 write a runnable algorithm repository,
                                            or with --platform a platform's own
      connect [options] [namespace]         print where Temporal is, for workflow
                                            workers
      env [options]                         print the variables with which plain
                                            \`pulumi\` works on the same state
    "
  `);
});

test("each verb has a help of its own, which fits 80 columns", async () => {
  const helps = await Promise.all(verbs.map(async (verb) => (await conduit(verb, "--help")).stdout));
  expect(helps.join("\n----\n\n")).toMatchInlineSnapshot(`
    "Usage: conduit up [options]

    bring the whole stack to what the registry says

    Options:
      --stack <name>     stack to work on (default: "local")
      --json             print JSON
      --only <names...>  only these algorithms, with the platform below them
      -h, --help         display help for command

    ----

    Usage: conduit deploy [options] [names...]

    make the newest commits live; prints commit-to-live with its stages

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

    ----

    Usage: conduit status [options] [name]

    what is wanted, live, waiting and running; of one algorithm, why a call waits

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

      WANTED  commit that the source holds now; * edited, none* never committed
      LIVE    commit whose worker polls
      POLL    workers that poll
      WAIT    activities that wait for a worker
      RUN     activities that run
      SINCE   how long ago LIVE went live

    ----

    Usage: conduit call [options] <algorithm> [args...]

    run one activity and print its result

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

    The activity's name comes first where the algorithm has several. Each argument
    is JSON, plain text, or @FILE (the content of a .json file; of any other file
    its bytes). FIELD=ARGUMENT sets a field of one object:

      ./conduit call transcribe @clip.wav
      ./conduit call speaker-id audio=@clip.wav

    ----

    Usage: conduit logs [options] <algorithm>

    print the log of its worker; \`temporal\` is Temporal's server

    Options:
      --stack <name>       stack to work on (default: "local")
      --json               print JSON
      -f, --follow         go on as it grows
      -n, --lines <count>  lines from the end (default: 50)
      -h, --help           display help for command

    ----

    Usage: conduit doctor [options]

    find what is missing or wrong, and say what mends it

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

    ----

    Usage: conduit watch [options] [names...]

    deploy each commit as it comes, and each change of the registry

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

    ----

    Usage: conduit preview [options]

    show what \`up\` would change

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command

    ----

    Usage: conduit down [options]

    take everything of the stack down, and tell what is kept

    Options:
      --stack <name>  stack to work on (default: "local")
      --yes           do it on a cluster too
      -h, --help      display help for command

    ----

    Usage: conduit init [options] [name]

    write a runnable algorithm repository into the new folder <name>

    Options:
      --platform [folder]  write the repository of a platform, which installs this
                           as a package (default: here)
      -h, --help           display help for command

    ----

    Usage: conduit connect [options] [namespace]

    print where Temporal is, for workflow workers

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      --env           print lines for a shell
      -h, --help      display help for command

    ----

    Usage: conduit env [options]

    print the variables with which plain \`pulumi\` works on the same state

    Options:
      --stack <name>  stack to work on (default: "local")
      --json          print JSON
      -h, --help      display help for command
    "
  `);
  expect(Math.max(...helps.flatMap((help) => help.split("\n").map((line) => line.length)))).toBeLessThanOrEqual(80);
}, 120_000);

test("wrong use is exit code 2, says what is near, and does nothing", async () => {
  const wrong = [
    ["deploi"],
    ["up", "--onli", "transcribe"],
    ["call"],
    ["logs", "transcribe", "--lines", "many"],
    ["logs", "transcribe", "-n", "0"],
    ["status", "transcribe", "speaker-id"],
    ["env", "--stack"],
  ];
  const outcomes = await Promise.all(wrong.map((args) => conduit(...args)));
  expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(wrong.map(() => ({ code: 2, stdout: "" })));
  expect(
    outcomes.map(({ stderr }, index) => `$ ${wrong[index]?.join(" ")}\n${stderr}`).join("\n"),
  ).toMatchInlineSnapshot(`
    "$ deploi
    error: unknown command 'deploi'
    (Did you mean deploy?)
    (\`./conduit --help\` shows the commands.)

    $ up --onli transcribe
    error: unknown option '--onli'
    (Did you mean --only?)
    (\`./conduit --help\` shows the commands.)

    $ call
    error: missing required argument 'algorithm'
    (\`./conduit --help\` shows the commands.)

    $ logs transcribe --lines many
    error: option '-n, --lines <count>' argument 'many' is invalid. Give a whole number from 1 to 1000000.
    (\`./conduit --help\` shows the commands.)

    $ logs transcribe -n 0
    error: option '-n, --lines <count>' argument '0' is invalid. Give a whole number from 1 to 1000000.
    (\`./conduit --help\` shows the commands.)

    $ status transcribe speaker-id
    error: too many arguments for 'status'. Expected 1 argument but got 2.
    (\`./conduit --help\` shows the commands.)

    $ env --stack
    error: option '--stack <name>' argument missing
    (\`./conduit --help\` shows the commands.)
    "
  `);
}, 120_000);

test("a name that the registry does not have is told with the nearest before anything is begun", async () => {
  const given = [
    ["logs", "transcrib"],
    ["call", "transcrib"],
    ["status", "x"],
    ["deploy", "speaker"],
    ["up", "--only", "speakr-id"],
  ];
  const outcomes = await Promise.all(given.map((args) => conduit(...args)));
  expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(given.map(() => ({ code: 1, stdout: "" })));
  expect(outcomes.map(({ stderr }) => stderr).join("")).toMatchInlineSnapshot(`
    "There is no algorithm \`transcrib\` in the registry. Did you mean \`transcribe\`?
    There is no algorithm \`transcrib\` in the registry. Did you mean \`transcribe\`?
    There is no algorithm \`x\` in the registry. Choose from \`transcribe\`, \`voice-activity\`, \`speaker-id\`, \`summarize\`.
    There is no algorithm \`speaker\` in the registry. Did you mean \`speaker-id\`?
    There is no algorithm \`speakr-id\` in the registry. Did you mean \`speaker-id\`?
    "
  `);
}, 120_000);

test("a stack that is not there is told, not that the algorithm never ran", async () => {
  const { code, stderr } = await conduit("logs", "transcribe", "--stack", "typo");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^There is no stack `typo` yet\. .*`\.\/conduit up --stack typo`\.\n$/);
}, 60_000);
