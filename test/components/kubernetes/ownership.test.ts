import { expect, test } from "vitest";
import { type ExistingObject, foreignObjects, referenceKey } from "../../../components/kubernetes/ownership.ts";

const worker = { apiVersion: "apps/v1", kind: "Deployment", namespace: "speech", name: "ranker" };

function existing(annotations: Record<string, string>): Map<string, ExistingObject> {
  return new Map([[referenceKey(worker), { ...worker, annotations }]]);
}

test("what this stack made itself is its own, also when it does not know any more", () => {
  expect(foreignObjects([worker], existing({ "algorithm-conduit/stack": "conduit/prod" }), "conduit/prod")).toEqual([]);
  expect(foreignObjects([worker], new Map(), "conduit/prod")).toEqual([]);
});

test("an object that nobody claims is refused with the way to adopt it", () => {
  expect(foreignObjects([worker], existing({}), "conduit/prod")).toEqual([
    "The Deployment `speech/ranker` exists already and was not made by this stack. To let this stack take it over, run " +
      "`kubectl annotate --overwrite deployment ranker --namespace speech algorithm-conduit/stack=conduit/prod`; " +
      "otherwise delete it, or choose another name.",
  ]);
});

test("an object of another stack is refused with that stack's name", () => {
  const [sentence] = foreignObjects([worker], existing({ "algorithm-conduit/stack": "conduit/dev" }), "conduit/prod");
  expect(sentence).toContain("exists already and belongs to the stack `conduit/dev`.");
});

test("one kind in two versions of its API is one kind", () => {
  expect(referenceKey({ ...worker, apiVersion: "apps/v1beta1" })).toBe(referenceKey(worker));
});
