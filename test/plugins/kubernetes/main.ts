import grpc from "@grpc/grpc-js";
import sdk from "@pulumi/kubernetes/package.json" with { type: "json" };
import provider from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { engineLog } from "./engine-log.ts";
import { service } from "./server.ts";

// The same bounds as the SDK's own server has: a state with large objects is a large message.
const largestMessage = 400 * 1024 * 1024;

endWithEngine();
const server = new grpc.Server({ "grpc.max_receive_message_length": largestMessage });
const engine = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";
server.addService(provider.ResourceProviderService, service(sdk.version, engineLog(engine)));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});

/** The engine ends its plugins when it ends, unless it is killed: then nobody would. */
function endWithEngine(): void {
  const parent = process.ppid;
  const end = () => process.exit(1);
  process.stdout.on("error", end);
  process.stderr.on("error", end);
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 500).unref();
}
