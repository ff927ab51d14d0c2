import { main } from "@pulumi/pulumi/provider/index.js";
import { environmentHandler } from "./local/environment-resource.ts";
import { supervisorHandler } from "./local/supervisor.ts";
import { temporalServerHandler } from "./local/temporal-server.ts";
import { workerHandler } from "./local/worker.ts";
import { conduitProvider } from "./provider.ts";
import { refusalHandler, releaseHandler } from "./release.ts";
import { namespaceHandler } from "./temporal/namespace.ts";

const provider = conduitProvider({
  "conduit:index:Release": releaseHandler,
  "conduit:index:Refusal": refusalHandler,
  "conduit:temporal:Namespace": namespaceHandler,
  "conduit:local:Supervisor": supervisorHandler,
  "conduit:local:TemporalServer": temporalServerHandler,
  "conduit:local:Environment": environmentHandler,
  "conduit:local:Worker": workerHandler,
});

// The engine ends its plugins when it ends, unless it is killed: then nobody would, and a wait would go on behind the next
// run's back.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 500).unref();

await main(provider, process.argv.slice(2));
