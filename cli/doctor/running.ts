import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { Connection } from "@temporalio/client";
import { type StackAccess, targetOf } from "../../components/temporal-access.ts";
import { UserError } from "../../errors.ts";
import { withConnection } from "../../providers/conduit/temporal/connect.ts";
import { describeNamespace } from "../../providers/conduit/temporal/describe-namespace.ts";
import { PortForwards } from "../../providers/conduit/temporal/port-forward.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import type { Context } from "../context.ts";
import { gatherStatus } from "../gather-status.ts";
import type { Finding } from "../json/others.ts";
import type { AlgorithmStatus } from "../json/status.ts";
import { runtimeOf } from "../runtime-of.ts";
import { readState } from "../state.ts";
import { plain } from "../terminal.ts";
import { check } from "./check.ts";

/** What runs: what runs the workers, Temporal, its namespaces, and each algorithm's worker. */
export async function examineRunning(context: Context, stack: Stack): Promise<Finding[]> {
  const runtime = await runtimeOf(context);
  const [state, report] = await Promise.all([readState(stack), gatherStatus(context, stack, { runtime })]);
  const findings = await runtime.examine(stack, report, state);
  const { access } = state;
  if (access && report.address !== null) {
    findings.push(await check("namespaces", () => examineNamespaces(context, access)));
  }
  return [...findings, ...report.algorithms.map(findingOf), clock(report.algorithms, new Date())];
}

async function examineNamespaces({ root, stack }: Context, access: StackAccess): Promise<string> {
  const { namespaces } = await loadRegistry(root, stack);
  const forwards = new PortForwards();
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const target = targetOf(access, namespace);
      const describe = (connection: Connection) => describeNamespace(connection, target.temporalName);
      const answer = await withConnection(target, { milliseconds: 2000, forwards }, describe);
      return { name: namespace.temporalName, isThere: answer !== undefined };
    }),
  );
  const missing = found.filter(({ isThere }) => !isThere).map(({ name }) => name);
  if (missing.length === 0) return found.map(({ name }) => name).join(", ");
  throw new UserError(`The server has no \`${missing.join("`, `")}\`. \`${commandName} up\` makes what is missing.`);
}

function findingOf(status: AlgorithmStatus): Finding {
  const { name, problem, state, liveVersion, says } = status;
  if (state === "unsupported") return { part: name, ok: true, says };
  const ok = problem === null && (state === "live" || state === "asleep");
  const found = state === "live" ? `Version ${liveVersion} polls.` : says;
  return { part: name, ok, says: problem === null ? found : `${found} ${plain(problem)}` };
}

/** A clock that was set back makes every age, back-off and retention wrong. Exported for tests. */
export function clock(algorithms: readonly Pick<AlgorithmStatus, "lastDeploy">[], now: Date): Finding {
  const newest = algorithms
    .flatMap(({ lastDeploy }) => lastDeploy ?? [])
    .sort()
    .at(-1);
  if (newest === undefined || Date.parse(newest) <= now.getTime())
    return { part: "clock", ok: true, says: now.toISOString() };
  const says = `It says ${now.toISOString()}, but a deploy was at ${newest}. Set this machine's clock right.`;
  return { part: "clock", ok: false, says };
}
