import { Client, credentials, status } from "@grpc/grpc-js";

/** Milliseconds that a server has to answer. */
const answersWithin = 2000;

/**
 * Whether a server knows a namespace; undefined when it does not say. Every run asks for every namespace, so this goes
 * without Temporal's client, which takes longer to load than a run in which nothing changes.
 */
export async function namespaceExists(address: string, namespace: string): Promise<boolean | undefined> {
  const client = new Client(address, credentials.createInsecure());
  try {
    return await new Promise((resolve) => {
      const ignored = (answer: Buffer) => answer;
      client.makeUnaryRequest(
        describe,
        requestOf,
        ignored,
        namespace,
        { deadline: Date.now() + answersWithin },
        (error) => resolve(error ? (error.code === status.NOT_FOUND ? false : undefined) : true),
      );
    });
  } finally {
    client.close();
  }
}

const describe = "/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace";

/** Protobuf: field 1, a string with its length in seven bits a byte. */
function requestOf(namespace: string): Buffer {
  const name = Buffer.from(namespace);
  const length = name.length < 128 ? [name.length] : [(name.length % 128) + 128, Math.floor(name.length / 128)];
  return Buffer.from([0x0a, ...length, ...name]);
}
