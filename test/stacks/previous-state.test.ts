import resource from "@pulumi/pulumi/proto/provider_pb.js";
import fc from "fast-check";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import { previousOutputs } from "../../components/kubernetes/previous-outputs.ts";
import { readPrevious } from "../../stacks/previous-state.ts";
import { readStruct } from "../../tools/wire-struct.ts";

const value = fc.letrec<{ value: fc.JsonValue; object: Record<string, fc.JsonValue> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 5 }),
})).object;

test("a struct is read as the library reads it", () => {
  fc.assert(
    fc.property(value, (written) => {
      const message = struct.Struct.fromJavaScript(written);
      const bytes = message.serializeBinary();
      expect(readStruct(bytes, true)).toEqual(struct.Struct.deserializeBinary(bytes).toJavaScript());
    }),
  );
});

test("what is cut off is refused", () => {
  const bytes = struct.Struct.fromJavaScript({ a: { b: ["text", 1, true, null] } }).serializeBinary();
  for (let length = 1; length < bytes.length; length++) {
    expect(() => readStruct(bytes.subarray(0, length), true)).toThrow(RangeError);
  }
});

test("of the last run the platform reads releases, the number of shards, and what objects are called", () => {
  const answer = new resource.InvokeResponse();
  const urn = (type: string, name: string) => `urn:pulumi:prod::project::conduit:index:Algorithm$${type}::${name}`;
  answer.setReturn(
    struct.Struct.fromJavaScript({
      name: "prod",
      outputs: {
        [urn("conduit:index:Release", "ranker")]: { type: "x", outputs: { version: "a", settings: { cpu: 250 } } },
        [urn("conduit:kubernetes:TemporalCluster", "temporal")]: { outputs: { numHistoryShards: 4, ready: ["x"] } },
        [urn("kubernetes:core/v1:Secret", "s")]: {
          outputs: { metadata: { name: "s", namespace: "speech", uid: "u" }, data: { password: "hidden" } },
        },
        [urn("pulumi:providers:kubernetes", "kubernetes")]: { outputs: { context: "prod", clusterIdentifier: "c-1" } },
      },
    }),
  );
  expect(readPrevious(answer.serializeBinary(), previousOutputs).resources).toEqual([
    { type: "conduit:index:Release", name: "ranker", outputs: { version: "a", settings: { cpu: 250 } } },
    { type: "conduit:kubernetes:TemporalCluster", name: "temporal", outputs: { numHistoryShards: 4 } },
    { type: "kubernetes:core/v1:Secret", name: "s", outputs: { metadata: { name: "s", namespace: "speech" } } },
    { type: "pulumi:providers:kubernetes", name: "kubernetes", outputs: { clusterIdentifier: "c-1" } },
  ]);
});
