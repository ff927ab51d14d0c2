import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import { getEngine, resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import type { Tell } from "./handler.ts";

/**
 * Tells the engine what is being done for a resource: plain `pulumi up` shows it beside the resource while it lasts, and
 * `./conduit` in its progress. Nothing depends on its getting there.
 *
 * @param address The engine's, the first argument of a provider.
 */
export function engineStatus(address: string): (urn: string) => Tell {
  // The SDK makes its connection to the engine out of these.
  resetOptions("", "", -1, address, "", false, "");
  return (urn) => (what) => {
    const request = new enginePb.LogRequest();
    request.setSeverity(enginePb.LogSeverity.INFO);
    request.setMessage(what);
    request.setUrn(urn);
    request.setEphemeral(true);
    getEngine()?.log(request, () => {});
  };
}
