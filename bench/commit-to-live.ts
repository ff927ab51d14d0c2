import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { answering } from "../test/support/algorithms.ts";
import { makeProject, makeRepository, type Project } from "../test/support/project.ts";
import { pythonWithTemporal } from "../test/support/python.ts";
import { spreadTable } from "./statistics.ts";

// Commit to live: from the moment a ref has moved to the first activity that the new version answers. Prints the README's
// table. `npm run bench:commit-to-live [count]`

const commits = Number(process.argv[2] ?? 20);
const algorithm = "answer";

const project = await makeProject();
let probe: Probe | undefined;
try {
  const repository = await makeRepository(path.join(project.root, "repository"), answering("0"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "bench" } },
    algorithms: {
      [algorithm]: { namespace: "speech", owner: "bench", source: { git: `file://${repository.folder}` } },
    },
  });
  await project.must("up");
  probe = await startProbe(project);
  await probe.firstAnswer("0");

  const rows: Record<string, number[]> = { "commit to live": [], resolve: [], build: [], start: [], switch: [] };
  for (let number = 1; number <= commits; number++) {
    await repository.commit(answering(String(number)));
    const { total, stages } = await deployAndWait(project, probe, String(number));
    rows["commit to live"]?.push(total);
    for (const [stage, milliseconds] of Object.entries(stages)) rows[stage]?.push(milliseconds);
    process.stderr.write(`${number}/${commits}: ${(total / 1000).toFixed(2)} s\n`);
  }

  const changed = answering("new dependency");
  // Excludes a version that never was, so that no environment of an earlier run has the same dependencies.
  const dependencies = `["temporalio", "iniconfig!=0.0.${Date.now()}"]`;
  const pyproject = changed["pyproject.toml"]?.replace('["temporalio"]', dependencies) ?? "";
  await repository.commit({ ...changed, "pyproject.toml": pyproject });
  const dependency = await deployAndWait(project, probe, "new dependency");

  const unchanged: number[] = [];
  for (let run = 0; run < 5; run++) unchanged.push(await timed(() => project.must("up")));

  process.stdout.write(
    `${spreadTable({
      ...rows,
      "commit to live, a dependency changed": [dependency.total],
      "`up`, nothing changed": unchanged,
    })}\n`,
  );
} finally {
  probe?.process.kill();
  await project.remove();
}

async function deployAndWait(project: Project, probe: Probe, answer: string) {
  const moved = Date.now();
  const live = probe.firstAnswer(answer);
  const report = JSON.parse(await project.must("deploy", algorithm, "--json"));
  return { total: (await live) - moved, stages: report.deployed[0].stages as Record<string, number> };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

interface Probe {
  readonly process: ChildProcess;
  /** When the answer came first, in milliseconds since 1970. */
  readonly firstAnswer: (answer: string) => Promise<number>;
}

async function startProbe(project: Project): Promise<Probe> {
  const script = fileURLToPath(new URL("probe.py", import.meta.url));
  const args = [script, project.address, "speech", algorithm];
  const child = spawn(await pythonWithTemporal(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const seen = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  createInterface(child.stdout).on("line", (line) => {
    const { answer, at }: { answer: string; at: number } = JSON.parse(line);
    seen.set(answer, at);
    waiting.get(answer)?.(at);
  });
  const firstAnswer = (answer: string) =>
    new Promise<number>((resolve) => {
      const at = seen.get(answer);
      if (at === undefined) waiting.set(answer, resolve);
      else resolve(at);
    });
  return { process: child, firstAnswer };
}
