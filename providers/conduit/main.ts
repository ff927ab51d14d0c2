import { main } from "@pulumi/pulumi/provider/index.js";
import { engineStatus } from "./engine-status.ts";
import { generatedSecretHandler } from "./kubernetes/generated-secret.ts";
import { environmentHandler } from "./local/environment-resource.ts";
import { standbyHandler } from "./local/standby-resource.ts";
import { supervisorHandler } from "./local/supervisor.ts";
import { temporalServerHandler } from "./local/temporal-server.ts";
import { workerHandler } from "./local/worker.ts";
import { conduitProvider } from "./provider.ts";
import { refusalHandler, releaseHandler } from "./release.ts";
import { namespaceHandler } from "./temporal/namespace.ts";

const handlers = {
  "conduit:index:Release": releaseHandler,
  "conduit:index:Refusal": refusalHandler,
  "conduit:temporal:Namespace": namespaceHandler(),
  "conduit:kubernetes:GeneratedSecret": generatedSecretHandler,
  "conduit:local:Supervisor": supervisorHandler,
  "conduit:local:TemporalServer": temporalServerHandler,
  "conduit:local:Standby": standbyHandler,
  "conduit:local:Environment": environmentHandler,
  "conduit:local:Worker": workerHandler,
};

endWithEngine();
const [engine = "", ...others] = process.argv.slice(2);
await main(conduitProvider(handlers, engineStatus(engine)), [engine, ...others]);

/**
 * The engine ends its plugins when it ends, unless it is killed: then nobody would, and a wait would go on behind the next
 * run's back. An output that nobody reads any more is the same sign, and would else be told, in vain, for ever.
 */
function endWithEngine(): void {
  const engine = process.ppid;
  const end = () => process.exit(1);
  process.stdout.on("error", end);
  process.stderr.on("error", end);
  setInterval(() => {
    if (process.ppid !== engine) end();
  }, 500).unref();
}
