import { type ChannelCredentials, Client, credentials, Metadata, status } from "@grpc/grpc-js";
import type { TemporalTarget } from "../../../components/temporal-access.ts";
import { type Reached, type ReachOptions, reach } from "./reach.ts";

/** Milliseconds that a server has to answer. */
const answersWithin = 2000;

/**
 * Whether a server knows a namespace; undefined when it does not say. Every run asks for every namespace, so this goes
 * without Temporal's client, which takes longer to load than a run in which nothing changes.
 */
export async function namespaceExists(
  target: TemporalTarget & { readonly temporalName: string },
  options: ReachOptions = {},
): Promise<boolean | undefined> {
  const reached = await reach(target, options).catch(() => undefined);
  if (!reached) return undefined;
  try {
    return await ask(reached, target.temporalName);
  } finally {
    await reached.close();
  }
}

async function ask(reached: Reached, namespace: string): Promise<boolean | undefined> {
  const client = new Client(reached.dial, channelCredentials(reached), channelOptions(reached));
  const ignored = (answer: Buffer) => answer;
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(
        describe,
        requestOf,
        ignored,
        namespace,
        metadataOf(reached),
        { deadline: Date.now() + answersWithin },
        (error) => resolve(error ? (error.code === status.NOT_FOUND ? false : undefined) : true),
      );
    });
  } finally {
    client.close();
  }
}

function channelCredentials({ tls, credentials: { authority, certificate } }: Reached): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  return credentials.createSsl(authority ?? null, certificate?.key ?? null, certificate?.pem ?? null);
}

function channelOptions({ tls }: Reached): Record<string, string> {
  if (!tls?.isOverridden) return {};
  return { "grpc.ssl_target_name_override": tls.serverName, "grpc.default_authority": tls.serverName };
}

function metadataOf({ metadata, credentials: { apiKey } }: Reached): Metadata {
  const sent = new Metadata();
  for (const [name, value] of Object.entries(metadata)) sent.set(name, value);
  if (apiKey) sent.set("authorization", `Bearer ${apiKey.value}`);
  return sent;
}

const describe = "/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace";

/** Protobuf: field 1, a string with its length in seven bits a byte. */
function requestOf(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  const length = name.length < 128 ? [name.length] : [(name.length % 128) + 128, Math.floor(name.length / 128)];
  return Buffer.from([0x0a, ...length, ...name]);
}
