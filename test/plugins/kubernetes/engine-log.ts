import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";

/**
 * Shows beside a resource what is being waited for, as long as it lasts. The same words are not sent twice.
 *
 * @param address The engine's, the first argument of a plugin.
 */
export function engineLog(address: string): (urn: string, what: string) => void {
  if (address === "") return () => {};
  const engine = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  const shown = new Map<string, string>();
  return (urn, what) => {
    if (shown.get(urn) === what) return;
    shown.set(urn, what);
    const request = new enginePb.LogRequest();
    request.setSeverity(enginePb.LogSeverity.INFO);
    request.setMessage(what);
    request.setUrn(urn);
    request.setEphemeral(true);
    engine.log(request, () => {});
  };
}
