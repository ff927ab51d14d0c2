import { createServer } from "node:http";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import proto from "@temporalio/proto";
import { NativeConnection, Runtime, Worker } from "@temporalio/worker";
import * as activities from "./activities.ts";

// A worker that keeps version 1 of the worker contract; at one's own desk, `npm start` runs it with what stands here.
const {
  CONDUIT_ALGORITHM = "keywords",
  CONDUIT_TASK_QUEUE: taskQueue = CONDUIT_ALGORITHM,
  CONDUIT_COMMIT = "none",
  CONDUIT_VERSION = "none",
  CONDUIT_CONCURRENCY = "1",
  CONDUIT_SHUTDOWN_GRACE = "30",
  CONDUIT_HEALTH_ADDRESS = "127.0.0.1:8080",
  CONDUIT_METRICS_ADDRESS = "127.0.0.1:9090",
  CONDUIT_GATE,
} = process.env;
const identity = `${CONDUIT_ALGORITHM}@${CONDUIT_COMMIT.slice(0, 12)}+${CONDUIT_VERSION}@${hostname()}:${process.pid}`;

let isReady = false;
const health = createServer(({ url }, response) => {
  if (url === "/healthz") response.writeHead(200);
  else response.writeHead(url === "/readyz" && isReady ? 200 : 503);
  response.end();
});
const [host, port] = CONDUIT_HEALTH_ADDRESS.split(":");
health.listen(Number(port), host);

Runtime.install({ telemetryOptions: { metrics: { prometheus: { bindAddress: CONDUIT_METRICS_ADDRESS } } } });
const { connectionOptions, namespace = "default" } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
const worker = await Worker.create({
  connection,
  namespace,
  identity,
  taskQueue,
  activities,
  maxConcurrentActivityTaskExecutions: Number(CONDUIT_CONCURRENCY),
  // At SIGTERM the SDK polls no more, and cancels what still runs after this time.
  shutdownGraceTime: Number(CONDUIT_SHUTDOWN_GRACE) * 1000,
});
process.once("SIGTERM", () => {
  isReady = false;
});
const run = worker.run();
isReady = await Promise.race([isPolling(), run.then(() => false)]);
const hasPassed = isReady;
// A gate has then shown all that it is there for.
if (CONDUIT_GATE === "1" && hasPassed) worker.shutdown();
await run;
await connection.close();
health.close();
process.exitCode = CONDUIT_GATE === "1" && !hasPassed ? 1 : 0;

/** Waits until Temporal counts this worker among those that poll; false when it stopped before. */
async function isPolling(): Promise<boolean> {
  const taskQueueType = proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;
  while (worker.getState() === "RUNNING") {
    const queue = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
    const { pollers } = await connection.workflowService.describeTaskQueue(queue);
    if (pollers.some((poller) => poller.identity === identity)) return true;
    await setTimeout(200);
  }
  return false;
}
