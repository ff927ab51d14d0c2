import { expect, test } from "vitest";
import { secret } from "./secrets.ts";
import { checkpoint, parseState } from "./state.ts";

const urn = "urn:pulumi:test::platform::kubernetes:core/v1:Secret::key";
const inputs = { apiVersion: "v1", kind: "Secret", stringData: { a: "v" } };
const live = { apiVersion: "v1", kind: "Secret", metadata: { uid: "1" }, data: { a: "dg==" } };

test("a state holds the live object, the inputs and the manager, with every secret hidden", () => {
  const state = checkpoint({ inputs, live, secrets: inputs, manager: "pulumi-kubernetes-1" });
  expect(state).toEqual({
    ...live,
    data: secret({ a: "dg==" }),
    __inputs: { ...inputs, stringData: secret({ a: "v" }) },
    __initialApiVersion: "v1",
    __fieldManager: "pulumi-kubernetes-1",
    __standIn: true,
  });
  expect(parseState(state, urn)).toEqual({
    inputs: { apiVersion: "v1", kind: "Secret", data: { a: "dg==" } },
    live,
    manager: "pulumi-kubernetes-1",
  });
});

test("a value that is secret in the inputs is secret in the live object, and arrays are so as a whole", () => {
  const map = { apiVersion: "v1", kind: "ConfigMap", data: { open: "1", hidden: "2" }, list: [{ a: "3" }] };
  const secrets = { ...map, data: { open: "1", hidden: secret("2") }, list: [{ a: secret("3") }] };
  const state = checkpoint({ inputs: map, live: map, secrets, manager: "m" });
  expect(state.data).toEqual({ open: "1", hidden: secret("2") });
  expect(state.list).toEqual(secret([{ a: "3" }]));
});

test("the schema extensions of a definition are under the names that the SDK has for them", () => {
  const definition = { kind: "CustomResourceDefinition", schema: { "x-kubernetes-preserve-unknown-fields": true } };
  const state = checkpoint({ inputs: definition, live: definition, secrets: {}, manager: "m" });
  expect(state.schema).toEqual({ x_kubernetes_preserve_unknown_fields: true });
  expect(parseState(state, urn).live).toEqual(definition);
});

test("a state that another plugin wrote is refused", () => {
  const { __standIn: _, ...official } = checkpoint({ inputs, live, secrets: inputs, manager: "m" });
  expect(() => parseState(official, urn)).toThrow(
    `${urn} was made by another kubernetes plugin, so the stand-in of the tests does not touch it.`,
  );
});
