import { Client } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";
import type { PreviousResources } from "../components/platform.ts";
import { partsOf } from "../tools/urn.ts";
import { fieldBytes, readStruct, type Selection } from "../tools/wire-struct.ts";

/**
 * Reads what the last run of this stack left. Nothing when it is the first one.
 *
 * The engine offers it to references between stacks, and a stack may ask for its own. What it knows already need not be
 * fetched, built or looked for again, on whatever machine that is.
 *
 * Asked without the SDK's `invoke`, which makes an object of every value of the state, and wants every resource that an
 * output refers to in this run already.
 *
 * @param wanted The outputs that are read, by the type of their resource.
 */
export async function previousState(wanted: (type: string) => Selection): Promise<PreviousResources> {
  const request = new resource.ResourceInvokeRequest();
  request.setTok("pulumi:pulumi:readStackResourceOutputs");
  request.setArgs(struct.Struct.fromJavaScript({ stackName: pulumi.getStack() }));
  const monitor: unknown = getMonitor();
  if (!isClient(monitor)) throw new Error("Only inside a Pulumi program there is a previous state.");
  const answer = await new Promise<Uint8Array>((resolve, reject) => {
    const serialize = () => Buffer.from(request.serializeBinary());
    const path = "/pulumirpc.ResourceMonitor/Invoke";
    monitor.makeUnaryRequest(
      path,
      serialize,
      (bytes) => bytes,
      undefined,
      (error, response) => {
        if (response === undefined) reject(error);
        else resolve(response);
      },
    );
  });
  return readPrevious(answer, wanted);
}

/** The SDK may have a copy of the library of its own. */
function isClient(monitor: unknown): monitor is Client {
  return (
    monitor instanceof Client || (typeof monitor === "object" && monitor !== null && "makeUnaryRequest" in monitor)
  );
}

const answerSchema = z.object({
  outputs: z.record(z.string(), z.object({ outputs: z.record(z.string(), z.unknown()).default({}) })).default({}),
});

/**
 * What the engine answers, in a handier shape.
 *
 * @param answer The bytes of an `InvokeResponse`, whose field 1 is what the function returns.
 */
export function readPrevious(answer: Uint8Array, wanted: (type: string) => Selection): PreviousResources {
  const returned = fieldBytes(answer, 1) ?? new Uint8Array();
  const outputsOf = (urn: string) => (key: string) => (key === "outputs" ? wanted(partsOf(urn).type) : undefined);
  const read = readStruct(returned, (field) => (field === "outputs" ? outputsOf : undefined));
  const resources = Object.entries(answerSchema.parse(read).outputs).map(([urn, { outputs }]) => {
    const { type, name } = partsOf(urn);
    return { type, name, outputs };
  });
  return { resources, ofType: (type) => resources.filter((resource) => resource.type === type) };
}
