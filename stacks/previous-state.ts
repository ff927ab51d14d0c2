import * as pulumi from "@pulumi/pulumi";
import resource from "@pulumi/pulumi/proto/resource_pb.js";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";
import type { PreviousResources } from "../components/platform.ts";

/**
 * Reads what the last run of this stack left. Nothing when it is the first one.
 *
 * The engine offers it to references between stacks, and a stack may ask for its own. What it knows already need not be
 * fetched, built or looked for again, on whatever machine that is.
 *
 * Asked without the SDK's `invoke`, which wants every resource that an output refers to in this run already.
 */
export async function previousState(): Promise<PreviousResources> {
  const monitor = getMonitor();
  if (monitor === undefined) throw new Error("Only inside a Pulumi program there is a previous state.");
  const request = new resource.ResourceInvokeRequest();
  request.setTok("pulumi:pulumi:readStackResourceOutputs");
  request.setArgs(struct.Struct.fromJavaScript({ stackName: pulumi.getStack() }));
  const answer = await new Promise<unknown>((resolve, reject) => {
    monitor.invoke(request, (error, response) => {
      if (error) reject(error);
      else resolve(response.getReturn()?.toJavaScript());
    });
  });
  return readPrevious(answer);
}

const answerSchema = z.object({
  outputs: z
    .record(
      z.string(),
      z.object({ type: z.string().default(""), outputs: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default({}),
});

/** What the engine answers, by URN, in a handier shape. */
export function readPrevious(answer: unknown): PreviousResources {
  const resources = Object.entries(answerSchema.parse(answer).outputs).map(([urn, { type, outputs }]) => ({
    type,
    name: urn.split("::").slice(3).join("::"),
    outputs,
  }));
  return { resources, ofType: (type) => resources.filter((resource) => resource.type === type) };
}
