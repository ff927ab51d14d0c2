import { targetOf } from "../../components/temporal-access.ts";
import { UserError } from "../../errors.ts";
import { connectTo } from "../../providers/conduit/temporal/connect.ts";
import { credentialVariables } from "../../providers/conduit/temporal/credentials.ts";
import { PortForwards } from "../../providers/conduit/temporal/port-forward.ts";
import { temporalVariables } from "../../providers/conduit/temporal/variables.ts";
import type { Namespace } from "../../registry/resolve.ts";
import { didYouMean, quoted } from "../../registry/wording.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { connectSchema } from "../json/others.ts";
import { printJson } from "../json/print-json.ts";
import { exportLine } from "../shell-word.ts";
import { readState } from "../state.ts";
import { note, print, table } from "../terminal.ts";

export interface ConnectVerbOptions extends GlobalOptions {
  /** Print lines for a shell. */
  readonly env?: boolean;
}

/** Milliseconds that a server, and a pod before it, have to answer. */
const connectTimeout = 10_000;

/**
 * `connect [NAMESPACE]`: prints with which variables Temporal's SDKs get to a namespace from this machine. Where the way
 * goes through a cluster, it stays open until it is interrupted.
 */
export async function connect(name: string | undefined, options: ConnectVerbOptions): Promise<number> {
  const context = contextOf(options);
  const { namespaces } = await loadRegistry(context.root, context.stack);
  const namespace = chooseNamespace(namespaces, name);
  const { access } = await readState(await openStack(context));
  if (!access) {
    throw new UserError(
      `The stack \`${context.stack}\` has no Temporal yet. Make it with \`${commandName} up --stack ${context.stack}\`.`,
    );
  }
  const target = targetOf(access, namespace);
  const forwards = new PortForwards();
  const how = { milliseconds: connectTimeout, podSeconds: connectTimeout / 1000, forwards };
  const { connection, reached, close } = await connectTo(target, how);
  await connection.close();
  const variables = temporalVariables(target, reached);
  const apiKeyVariable = reached.credentials.apiKey?.variable ?? null;
  const forwarded = target.portForward !== undefined;
  if (context.json) printJson(connectSchema, { variables, apiKeyVariable, forwarded });
  else print(options.env ? shellLines(variables, apiKeyVariable) : table(Object.entries(variables)));
  if (!options.env && apiKeyVariable !== null && apiKeyVariable !== plainApiKey) {
    note(`The API key is in \`${apiKeyVariable}\`: workers want it as \`${plainApiKey}\`.`);
  }
  if (forwarded) {
    note("The way through the cluster is open until this is interrupted (Ctrl-C).");
    await interrupted();
  }
  await close();
  return 0;
}

/** Exported for tests. */
export function chooseNamespace<N extends Pick<Namespace, "name">>(
  namespaces: readonly N[],
  name: string | undefined,
): N {
  const names = namespaces.map((namespace) => namespace.name);
  const [first, ...others] = namespaces;
  if (!first) throw new UserError("The registry has no namespaces. Write one in `algorithms.config.ts`.");
  if (name === undefined) {
    if (others.length === 0) return first;
    throw new UserError(`Say which namespace: \`${commandName} connect <namespace>\`, one of ${quoted(names)}.`);
  }
  const found = namespaces.find((namespace) => namespace.name === name);
  if (found) return found;
  const choices = `Choose from ${quoted(names)}.`;
  throw new UserError(`There is no namespace \`${name}\` in the registry. ${didYouMean(name, names, choices)}`);
}

const plainApiKey = credentialVariables().apiKey;

/** A key is handed on by the variable that holds it, never by its value. Exported for tests. */
export function shellLines(variables: Readonly<Record<string, string>>, apiKeyVariable: string | null): string {
  const lines = Object.entries(variables).map(([name, value]) => exportLine(name, value));
  const handsOn = apiKeyVariable !== null && apiKeyVariable !== plainApiKey;
  return [...lines, ...(handsOn ? [`export ${plainApiKey}="$${apiKeyVariable}"`] : [])].join("\n");
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
