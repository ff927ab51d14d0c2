import { fileURLToPath } from "node:url";
import { NativeConnection, Worker } from "@temporalio/worker";
import { TASK_QUEUE, temporal } from "./connect.ts";

const { connectionOptions, namespace } = temporal();
const connection = await NativeConnection.connect(connectionOptions);
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: TASK_QUEUE,
  workflowsPath: fileURLToPath(new URL("workflows.ts", import.meta.url)),
});
try {
  await worker.run();
} finally {
  await connection.close();
}
