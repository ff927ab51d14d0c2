import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startGitServer } from "../test/sources/support/git-server.ts";
import { answering } from "../test/support/algorithms.ts";
import { makeProject, makeRepository, processesOf, repository, supervisorOf } from "../test/support/project.ts";
import { cpuOf, memoryOf } from "./memory.ts";
import { spreadOf } from "./statistics.ts";
import { timedRun } from "./timed-run.ts";

// Many algorithms on the local platform, each in a repository of its own on one git server. Prints the README's tables.
// `npm run bench:many-algorithms [count]`

const count = Number(process.argv[2] ?? 50);
const names = Array.from({ length: count }, (_, index) => `algorithm-${String(index + 1).padStart(2, "0")}`);
const [one = "", other = ""] = names;

/** Seconds over which the CPU of what stands by is taken. */
const standSeconds = 20;

const times: string[] = [];
const standing: string[] = [];
const project = await makeProject();
const server = await startGitServer(path.join(project.root, "repositories"));
try {
  const repositories = new Map(
    await Promise.all(
      names.map(async (name) => {
        const folder = path.join(project.root, "repositories", name);
        return [name, await makeRepository(folder, answering(name))] as const;
      }),
    ),
  );
  const entries = names.map((name) => {
    const source = { git: server.url(`${name}/.git`) };
    return [name, { namespace: "speech", owner: "bench", source }] as const;
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "bench" } },
    algorithms: Object.fromEntries(entries),
  });
  let version = 0;
  const commit = async () => {
    await repositories.get(one)?.commit(answering(`${one} ${++version}`));
  };

  await measure("`up` from nothing", 1, ["up"]);
  await measure("`up`, nothing changed", 5, ["up"]);
  await measure("`up --only` of two, nothing changed", 3, ["up", "--only", one, other]);
  await measure("one commit, `deploy NAME`", 5, ["deploy", one], commit);
  await measure("one commit, `up`", 3, ["up"], commit);
  await measure("`status`", 3, ["status"]);
  await measureStanding("`always`");
  await project.must("down");
  await project.configure({ workers: "on-demand" });
  await measure("on demand: `up` from nothing", 1, ["up"]);
  await measure("on demand: `up`, nothing changed", 5, ["up"]);
  await measure("on demand: first call of one that sleeps", 1, ["call", other]);
  await measure("on demand: next call", 3, ["call", other]);
  await project.must("down");
  await project.must("up");
  await measureStanding("`on-demand`, all asleep");

  const head = ["| seconds | min | median | max | of CPU | peak memory, MB |", "| --- | --- | --- | --- | --- | --- |"];
  const standingHead = [
    `| ${count} algorithms, \`conduit:workers\` | workers, MB | Temporal, MB | supervisor and standby, MB | CPU, % of one core |`,
    "| --- | --- | --- | --- | --- |",
  ];
  process.stdout.write(`${[...head, ...times, "", ...standingHead, ...standing].join("\n")}\n`);
} finally {
  await project.remove();
  await server.close();
}

/** Runs `./conduit` some times: the seconds that it took, its CPU (median) and its memory (most), with all its children. */
async function measure(
  what: string,
  runs: number,
  args: readonly string[],
  before?: () => Promise<void>,
): Promise<void> {
  const seconds: number[] = [];
  const cpu: number[] = [];
  const megabytes: number[] = [];
  for (let run = 0; run < runs; run++) {
    await before?.();
    const used = await timedRun(path.join(repository, "conduit"), args, { cwd: project.root });
    seconds.push(used.seconds);
    cpu.push(used.cpu);
    megabytes.push(used.megabytes);
  }
  const { min, median, max } = spreadOf(seconds);
  const cells = [min, median, max, spreadOf(cpu).median].map((each) => each.toFixed(2));
  tell(times, `| ${what} | ${cells.join(" | ")} | ${Math.max(...megabytes).toFixed(0)} |`);
}

/** What stands by while nobody calls anything. */
async function measureStanding(what: string): Promise<void> {
  const processes = (await processesOf(project)).filter(({ pid }) => pid !== 0);
  const pidsOf = (isMeant: (name: string) => boolean) =>
    processes.filter(({ name }) => isMeant(name)).map(({ pid }) => pid);
  const workers = pidsOf((name) => !name.startsWith("_"));
  const temporal = pidsOf((name) => name === "_temporal");
  const rest = [await supervisorOf(project), ...pidsOf((name) => name === "_standby")];
  const all = [...workers, ...temporal, ...rest];
  const before = cpuOf(all);
  await sleep(standSeconds * 1000);
  const cpu = (cpuOf(all) - before) / standSeconds;
  const cells = [workers, temporal, rest].map((pids) => memoryOf(pids).toFixed(0));
  tell(standing, `| ${what} | ${cells.join(" | ")} | ${(cpu * 100).toFixed(0)} |`);
}

function tell(table: string[], row: string): void {
  table.push(row);
  process.stderr.write(`${row}\n`);
}
