import { Metadata, status } from "@grpc/grpc-js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Incomplete } from "./plugin.ts";

/** What goes with an error so that the engine records the resource all the same. */
export function incompleteMetadata({ made, inputs, reasons, message }: Incomplete): Metadata {
  const failed = new providerPb.ErrorResourceInitFailed();
  failed.setId(made.id);
  failed.setProperties(structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(made.outputs))));
  failed.setInputs(structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(inputs))));
  failed.setReasonsList([...reasons]);
  const detail = new anyPb.Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const whole = new statusPb.Status();
  whole.setCode(status.UNKNOWN);
  whole.setMessage(message);
  whole.addDetails(detail);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
  return metadata;
}
