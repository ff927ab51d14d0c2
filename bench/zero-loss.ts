import { openTemporal } from "../test/cluster/support/open-temporal.ts";
import { openRealStack } from "../test/cluster/support/real-stack.ts";
import { working } from "../test/support/algorithms.ts";
import { startLoad } from "../test/support/load.ts";

// Zero loss: workflows run while commits go live, on real pods. `npm run bench:zero-loss -- [commits] [workflows]`

const [commits = 20, workflows = 1000] = process.argv.slice(2).map(Number);

const stack = await openRealStack({ algorithms: { work: { files: working("0") } } });
try {
  await stack.conduit("up");
  const temporal = await openTemporal(stack.project, "dev");
  try {
    const load = await startLoad({
      ...{ address: temporal.address, namespace: "speech", queue: "work", count: workflows },
      ...{ shortest: 0.2, longest: 2, within: 15 * commits },
    });
    for (let number = 1; number <= commits; number++) {
      await stack.repositories.work?.commit(working(String(number)));
      await stack.conduit("deploy", "work");
      process.stderr.write(`${number}/${commits} commits are live\n`);
    }
    const facts = await load.enough();
    const versions = new Set(facts.map(({ answer }) => answer));
    const again = facts.filter(({ attempt }) => attempt !== 1);
    process.stdout.write(
      `${facts.length} workflows were complete, by ${versions.size} versions, while ${commits} commits went live; ` +
        `${again.length} activities were tried again.\n`,
    );
    if (again.length > 0) process.exitCode = 1;
  } finally {
    await temporal.close();
  }
} finally {
  await stack.close();
}
