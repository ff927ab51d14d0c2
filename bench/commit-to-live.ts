import { parseArgs } from "node:util";
import { answering } from "../test/support/algorithms.ts";
import { algorithm, namespace } from "./deploy-target.ts";
import { kubernetesTarget } from "./kubernetes-target.ts";
import { localTarget } from "./local-target.ts";
import { startProbe } from "./probe.ts";
import { spreadTable } from "./statistics.ts";

// Commit to live: from the moment a ref has moved to the first activity that the new version answers. Prints the README's
// table. `npm run bench:commit-to-live -- [count] [--platform kubernetes]`

const { values, positionals } = parseArgs({
  options: { platform: { type: "string", default: "local" } },
  allowPositionals: true,
});
const commits = Number(positionals[0] ?? 20);
const open = values.platform === "kubernetes" ? kubernetesTarget : localTarget;

const target = await open(answering("0"));
const probe = await startProbe(target.address, namespace, algorithm);
try {
  await probe.firstAnswer("0");
  const rows: Record<string, number[]> = {};
  const add = (row: string, milliseconds: number) => {
    rows[row] = [...(rows[row] ?? []), milliseconds];
  };
  for (let number = 1; number <= commits; number++) {
    await target.repository.commit(answering(String(number)));
    const { total, stages } = await deployAndWait(String(number));
    add("commit to live", total);
    for (const [stage, milliseconds] of Object.entries(stages)) add(stage, milliseconds);
    process.stderr.write(`${number}/${commits}: ${(total / 1000).toFixed(2)} s ${JSON.stringify(stages)}\n`);
  }

  const changed = answering("new dependency");
  // Excludes a version that never was, so that no environment of an earlier run has the same dependencies.
  const dependencies = `["temporalio", "iniconfig!=0.0.${Date.now()}"]`;
  const pyproject = changed["pyproject.toml"]?.replace('["temporalio"]', dependencies) ?? "";
  await target.repository.commit({ ...changed, "pyproject.toml": pyproject });
  add("commit to live, a dependency changed", (await deployAndWait("new dependency")).total);

  for (let run = 0; run < 5; run++) add("`up`, nothing changed", await timed(target.up));
  process.stdout.write(`${spreadTable(rows)}\n`);
} finally {
  probe.close();
  await target.close();
}

async function deployAndWait(answer: string) {
  const moved = Date.now();
  const live = probe.firstAnswer(answer);
  const stages = await target.deploy(live);
  return { total: (await live) - moved, stages };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}
