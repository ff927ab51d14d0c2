import { expect, test } from "vitest";
import { killedCreates } from "../../cli/kubernetes/killed-creates.ts";

const stack = "platform/prod";
const root = "urn:pulumi:prod::platform::conduit:index:Algorithm";

/** A gate as the state and what is pending have it. */
function gate(algorithm: string, version: string, more: object = {}) {
  return {
    urn: `${root}$conduit:kubernetes:AlgorithmGate$kubernetes:batch/v1:Job::${algorithm}`,
    type: "kubernetes:batch/v1:Job",
    inputs: {
      metadata: {
        name: `${algorithm}-${version}`,
        namespace: "speech",
        annotations: { "algorithm-conduit/stack": stack },
      },
    },
    ...more,
  };
}

const job = (name: string) => ({ apiVersion: "batch/v1", kind: "Job", namespace: "speech", name, stack });
const creating = (...resources: object[]) => resources.map((resource) => ({ type: "creating", resource }));

test("what the later run wanted too is its own now", () => {
  const state = { resources: [gate("a", "1")], pending_operations: creating(gate("a", "1")) };
  expect(killedCreates(state, true)).toEqual({ unwanted: [], open: false });
});

test("the gate of a version that another one took the place of is wanted no more, whoever else failed", () => {
  const state = { resources: [gate("a", "3")], pending_operations: creating(gate("a", "1"), gate("a", "2")) };
  expect(killedCreates(state, false)).toEqual({ unwanted: [job("a-1"), job("a-2")], open: false });
});

test("what is not in the state may yet be wanted, unless nothing else is", () => {
  const state = { resources: [], pending_operations: creating(gate("a", "1")) };
  expect(killedCreates(state, false)).toEqual({ unwanted: [], open: true });
  expect(killedCreates(state, true)).toEqual({ unwanted: [job("a-1")], open: false });
});

test("what is to be kept, was not made by a stack, or is no object of a cluster is left alone", () => {
  const bare = gate("c", "1", { inputs: { metadata: { name: "c-1", namespace: "speech" } } });
  const worker = { urn: "urn:pulumi:local::platform::conduit:local:Worker::w", type: "conduit:local:Worker" };
  const pending = creating(gate("a", "1", { retainOnDelete: true }), gate("b", "1", { protect: true }), bare, worker);
  const deleting = { type: "deleting", resource: gate("d", "1") };
  expect(killedCreates({ pending_operations: [...pending, deleting] }, true)).toEqual({ unwanted: [], open: false });
  expect(killedCreates(undefined, true)).toEqual({ unwanted: [], open: false });
});
