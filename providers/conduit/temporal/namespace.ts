import type { Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { z } from "zod";
import { codeOf, UserError } from "../../../errors.ts";
import { type Properties, type ResourceHandler, sameProperties } from "../handler.ts";
import { eventually } from "../local/wait.ts";
import { withConnection } from "./connect.ts";
import { namespaceExists } from "./namespace-exists.ts";
import { searchAttributeTypes } from "./search-attributes.ts";

const inputs = z.looseObject({
  address: z.string(),
  /** The name at the server. */
  temporalName: z.string(),
  owner: z.string(),
  description: z.string(),
  /** How long the history of a closed workflow is kept, in seconds. */
  retentionSeconds: z.number(),
  searchAttributes: z.record(z.string(), z.string()),
  /** Whether an existing namespace that nobody marked may be taken over. */
  adopt: z.boolean(),
  deleteWithStack: z.boolean(),
  /** Who manages it: project and stack. Kept in the namespace's own data, so that a killed run is repaired by the next. */
  managedBy: z.string(),
});
type NamespaceInputs = z.infer<typeof inputs>;

const marker = "algorithm-conduit";

/** gRPC's code for "already exists" (https://grpc.io/docs/guides/status-codes/). */
const ALREADY_EXISTS = "6";
const NOT_FOUND = "5";

/** `conduit:temporal:Namespace`: a Temporal namespace. It is kept on destroy, unless `deleteWithStack` was applied before. */
export const namespaceHandler: ResourceHandler = {
  id: (properties) => inputs.parse(properties).temporalName,
  diff: async (olds, news) => {
    if (olds.temporalName !== news.temporalName) return { changes: true, replaces: ["temporalName"] };
    const compared = ["address", "owner", "description", "retentionSeconds", "searchAttributes", "deleteWithStack"];
    return { changes: !sameProperties(olds, news, compared) || (await isGone(olds)) };
  },
  create: ensure,
  update: async (_olds, news) => ensure(news),
  read: async (props) => ((await isGone(props)) ? undefined : props),
  delete: async (props) => {
    const wanted = inputs.parse(props);
    if (!wanted.deleteWithStack || (await namespaceExists(wanted.address, wanted.temporalName)) !== true) return;
    await connected(wanted, (connection) =>
      connection.operatorService.deleteNamespace({ namespace: wanted.temporalName }),
    );
  },
};

/** Milliseconds that a server has to answer. */
const connectTimeout = 10_000;

async function connected<T>(
  wanted: NamespaceInputs,
  action: (connection: Connection, wanted: NamespaceInputs) => Promise<T>,
): Promise<T> {
  return withConnection(wanted.address, connectTimeout, (connection) => action(connection, wanted));
}

/** Somebody may have deleted it, or the server's database. A server that cannot be reached says nothing about it. */
async function isGone(properties: Properties): Promise<boolean> {
  const { address, temporalName } = inputs.parse(properties);
  return (await namespaceExists(address, temporalName)) === false;
}

async function ensure(properties: Properties): Promise<Properties> {
  return connected(inputs.parse(properties), async (connection, wanted) => {
    if (!(await register(connection, wanted))) await takeOver(connection, wanted);
    await waitUntilServed(connection, wanted.temporalName);
    await addSearchAttributes(connection, wanted);
    const id = (await describe(connection, wanted.temporalName))?.namespaceInfo?.id;
    return { ...properties, namespaceId: id };
  });
}

/** False when it exists already. */
async function register(connection: Connection, wanted: NamespaceInputs): Promise<boolean> {
  try {
    await connection.workflowService.registerNamespace({
      namespace: wanted.temporalName,
      description: wanted.description,
      ownerEmail: wanted.owner,
      workflowExecutionRetentionPeriod: msToTs(wanted.retentionSeconds * 1000),
      data: { [marker]: wanted.managedBy },
    });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === ALREADY_EXISTS) return false;
    throw thrown;
  }
}

async function takeOver(connection: Connection, wanted: NamespaceInputs): Promise<void> {
  const existing = await describe(connection, wanted.temporalName);
  const manager = existing?.namespaceInfo?.data?.[marker];
  if (manager !== wanted.managedBy && !wanted.adopt) {
    const whose = manager ? `is managed by \`${manager}\`` : "exists already, made by somebody else";
    throw new UserError(
      `The Temporal namespace \`${wanted.temporalName}\` ${whose}. Choose another \`temporalName\`, or set \`adopt: true\` on it to take it over.`,
    );
  }
  await connection.workflowService.updateNamespace({
    namespace: wanted.temporalName,
    updateInfo: {
      description: wanted.description,
      ownerEmail: wanted.owner,
      data: { [marker]: wanted.managedBy },
    },
    config: { workflowExecutionRetentionTtl: msToTs(wanted.retentionSeconds * 1000) },
  });
}

/** Undefined when the server does not know the namespace. */
async function describe(connection: Connection, namespace: string) {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (thrown) {
    if (codeOf(thrown) === NOT_FOUND) return undefined;
    throw thrown;
  }
}

/** Seconds until a new namespace is served; a few are usual. */
const servedSeconds = 60;

/** The server's parts learn of a new namespace from a cache that refreshes every 2 s; until then they refuse it. */
async function waitUntilServed(connection: Connection, namespace: string): Promise<void> {
  await eventually(
    async () => {
      try {
        await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
        await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: "conduit-namespace-check" },
          taskQueueType: 2,
        });
        return true;
      } catch (thrown) {
        if (codeOf(thrown) === NOT_FOUND) return false;
        throw thrown;
      }
    },
    {
      seconds: servedSeconds,
      otherwise: async () =>
        new Error(`Temporal did not serve its namespace \`${namespace}\` within ${servedSeconds} s. Run this again.`),
    },
  );
}

async function addSearchAttributes(connection: Connection, wanted: NamespaceInputs): Promise<void> {
  const names = Object.keys(wanted.searchAttributes);
  if (names.length === 0) return;
  const existing = await connection.operatorService.listSearchAttributes({ namespace: wanted.temporalName });
  const { missing, problems } = compareSearchAttributes(wanted.searchAttributes, existing.customAttributes ?? {});
  if (problems.length > 0) {
    throw new UserError(
      `The search attributes of the Temporal namespace \`${wanted.temporalName}\` cannot be applied.`,
      problems,
    );
  }
  if (Object.keys(missing).length > 0) {
    await connection.operatorService.addSearchAttributes({
      namespace: wanted.temporalName,
      searchAttributes: missing,
    });
  }
}

/** What has to be added, and what exists with another type: Temporal cannot change a search attribute's type. */
function compareSearchAttributes(
  wanted: Readonly<Record<string, string>>,
  existing: Readonly<Record<string, number | null | undefined>>,
): { missing: Record<string, number>; problems: string[] } {
  const missing: Record<string, number> = {};
  const problems: string[] = [];
  for (const [name, typeName] of Object.entries(wanted)) {
    const type = searchAttributeTypes[typeName];
    const has = existing[name];
    if (type === undefined) {
      problems.push(
        `\`${name}\` has the type \`${typeName}\`. Choose one of ${Object.keys(searchAttributeTypes).join(", ")}.`,
      );
    } else if (has === undefined || has === null) {
      missing[name] = type;
    } else if (has !== type) {
      const hasName = Object.entries(searchAttributeTypes).find(([, value]) => value === has)?.[0] ?? String(has);
      problems.push(
        `\`${name}\` exists with the type \`${hasName}\`, not \`${typeName}\`. Give the new one another name.`,
      );
    }
  }
  return { missing, problems };
}
