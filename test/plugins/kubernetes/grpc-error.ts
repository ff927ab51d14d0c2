import grpc from "@grpc/grpc-js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import { messageOf } from "../../../errors.ts";
import { InitFailed } from "./init-failed.ts";
import { toStruct } from "./struct.ts";

/** Whatever was thrown, as the engine reads it. An object that is there but not ready comes with what to keep of it. */
export function grpcError(thrown: unknown): Partial<grpc.StatusObject> {
  const message = messageOf(thrown);
  const answer = { code: grpc.status.UNKNOWN, details: message };
  if (!(thrown instanceof InitFailed)) return answer;
  const { id, properties, inputs, reasons } = thrown.kept;
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(toStruct(properties));
  detail.setReasonsList([...reasons]);
  if (inputs !== undefined) detail.setInputs(toStruct(inputs));
  const packed = new anyPb.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { ...answer, metadata };
}
