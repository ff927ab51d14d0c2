import type { Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { z } from "zod";
import { temporalAccessSchema } from "../../../components/temporal-access.ts";
import { codeOf, UserError } from "../../../errors.ts";
import { type Properties, type ResourceHandler, sameProperties } from "../handler.ts";
import { eventually } from "../local/wait.ts";
import { withConnection } from "./connect.ts";
import { describeNamespace } from "./describe-namespace.ts";
import { grpcMessage, isRefusal } from "./explain-failure.ts";
import { namespaceExists } from "./namespace-exists.ts";
import { PortForwards } from "./port-forward.ts";
import { addSearchAttributes } from "./search-attributes.ts";

const inputs = z.looseObject({
  ...temporalAccessSchema.shape,
  /** Its key in the registry, which chooses its credentials in the environment. */
  key: z.string().optional(),
  /** The name at the server. */
  temporalName: z.string(),
  owner: z.string(),
  description: z.string(),
  /** How long the history of a closed workflow is kept, in seconds. */
  retentionSeconds: z.number(),
  searchAttributes: z.record(z.string(), z.string()),
  /** Whether it is made and updated here; of one that others manage it is only made sure that it is there. */
  manage: z.boolean().default(true),
  /** Whether an existing namespace that nobody marked may be taken over. */
  adopt: z.boolean(),
  deleteWithStack: z.boolean(),
  /** Who manages it: project and stack. Kept in the namespace's own data, so that a killed run is repaired by the next. */
  managedBy: z.string(),
});
type NamespaceInputs = z.infer<typeof inputs>;

const marker = "algorithm-conduit";

/** gRPC's codes (https://grpc.io/docs/guides/status-codes/). */
const NOT_FOUND = "5";
const ALREADY_EXISTS = "6";
const UNIMPLEMENTED = "12";

/** A change of any of these is applied. */
const compared = [
  ...["address", "tls", "portForward", "key", "manage"],
  ...["owner", "description", "retentionSeconds", "searchAttributes", "deleteWithStack"],
];

/** Milliseconds that a server has to answer. */
const connectTimeout = 10_000;

/**
 * `conduit:temporal:Namespace`: a Temporal namespace. It is kept on destroy, unless `deleteWithStack` was applied before.
 *
 * @param forwards The port-forwards of the process; whoever else reaches Temporal shares them.
 */
export function namespaceHandler(forwards = new PortForwards()): ResourceHandler {
  const isThere = (wanted: NamespaceInputs) => namespaceExists(wanted, { forwards });
  /** Somebody may have deleted it, or the server's database. A server that cannot be reached says nothing about it. */
  const isGone = async (properties: Properties) => (await isThere(inputs.parse(properties))) === false;
  const connected = <T>(wanted: NamespaceInputs, action: (connection: Connection) => Promise<T>): Promise<T> =>
    withConnection(wanted, { milliseconds: connectTimeout, podSeconds: connectTimeout / 1000, forwards }, action);
  const ensure = async (properties: Properties): Promise<Properties> => {
    const wanted = inputs.parse(properties);
    return connected(wanted, async (connection) => {
      await (wanted.manage ? apply(connection, wanted) : undefined);
      const existing = await describeNamespace(connection, wanted.temporalName).catch((thrown) => {
        throw isRefusal(thrown) ? new UserError(notLetIn(wanted, thrown)) : thrown;
      });
      if (!existing) throw new UserError(notThere(wanted));
      return { ...properties, namespaceId: existing.namespaceInfo?.id };
    });
  };
  return {
    id: (properties) => inputs.parse(properties).temporalName,
    diff: async (olds, news) => {
      if (olds.temporalName !== news.temporalName) return { changes: true, replaces: ["temporalName"] };
      return { changes: !sameProperties(olds, news, compared) || (await isGone(olds)) };
    },
    create: ensure,
    update: async (_olds, news) => ensure(news),
    read: async (props) => ((await isGone(props)) ? undefined : props),
    delete: async (props) => {
      const wanted = inputs.parse(props);
      if (!wanted.manage || !wanted.deleteWithStack || (await isThere(wanted)) !== true) return;
      await connected(wanted, (connection) =>
        connection.operatorService.deleteNamespace({ namespace: wanted.temporalName }),
      );
    },
  };
}

function notThere({ address, temporalName, key = temporalName }: NamespaceInputs): string {
  return (
    `Temporal at \`${address}\` has no namespace \`${temporalName}\`, and \`manage: false\` says that others make it. ` +
    `Let them, or correct \`temporalName\` of \`namespaces.${key}\` in \`algorithms.config.ts\`.`
  );
}

function notLetIn({ address, temporalName, key = temporalName }: NamespaceInputs, thrown: unknown): string {
  return (
    `Temporal at \`${address}\` does not let this caller see the namespace \`${temporalName}\` (${grpcMessage(thrown)}). ` +
    `Write its full name, such as \`speech.a1b2c\`, as \`temporalName\` of \`namespaces.${key}\` in \`algorithms.config.ts\`, ` +
    "or give the caller a role in it."
  );
}

/** Makes it as the registry says. */
async function apply(connection: Connection, wanted: NamespaceInputs): Promise<void> {
  try {
    if (!(await register(connection, wanted))) await takeOver(connection, wanted);
  } catch (thrown) {
    if (!isRefusal(thrown) && codeOf(thrown) !== UNIMPLEMENTED) throw thrown;
    const { address, temporalName, key = temporalName } = wanted;
    throw new UserError(
      `Temporal at \`${address}\` lets nobody make or change the namespace \`${temporalName}\` from here (${grpcMessage(thrown)}). ` +
        `Where others make namespaces, as on Temporal Cloud, write \`manage: false\` and the full name, such as ` +
        `\`temporalName: "speech.a1b2c"\`, in \`namespaces.${key}\` of \`algorithms.config.ts\`.`,
    );
  }
  await waitUntilServed(connection, wanted.temporalName);
  await addSearchAttributes(connection, wanted.temporalName, wanted.searchAttributes);
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
  const existing = await describeNamespace(connection, wanted.temporalName);
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
