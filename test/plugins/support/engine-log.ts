import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import { getEngine, resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import type { Log } from "./plugin.ts";

/**
 * Tells the engine what is being done for a resource.
 *
 * @param address The engine's, the first argument of a plugin.
 */
export function engineLog(address: string): (urn: string) => Log {
  // The SDK makes its connection to the engine out of these.
  resetOptions("", "", -1, address, "", false, "");
  const tell = (urn: string, severity: enginePb.LogSeverity, ephemeral: boolean) => (text: string) => {
    const request = new enginePb.LogRequest();
    request.setSeverity(severity);
    request.setMessage(text);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    getEngine()?.log(request, () => {});
  };
  const { INFO, WARNING } = enginePb.LogSeverity;
  return (urn) => ({ status: tell(urn, INFO, true), warn: tell(urn, WARNING, false) });
}
