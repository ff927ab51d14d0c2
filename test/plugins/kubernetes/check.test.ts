import { expect, test } from "vitest";
import { check } from "./check.ts";
import type { JsonObject } from "./json.ts";
import { secret, unknown } from "./secrets.ts";

const urn = "urn:pulumi:test::platform::kubernetes:core/v1:ConfigMap::settings";
const request = { urn, olds: {}, seed: new Uint8Array([1, 2, 3]), proposedName: undefined, namespace: "default" };

function checked(news: JsonObject, olds: JsonObject = {}): JsonObject {
  return check({ ...request, olds, news });
}

test("an object without a name gets the resource's name and eight digits, and is marked so", () => {
  expect(checked({ kind: "ConfigMap" })).toEqual({
    kind: "ConfigMap",
    metadata: { name: "settings-039058c6", namespace: "default", annotations: { "pulumi.com/autonamed": "true" } },
  });
});

test("a name that was made up is kept, and one that the program gave is not", () => {
  const autonamed = { metadata: { name: "settings-1", annotations: { "pulumi.com/autonamed": "true" } } };
  expect(checked({}, autonamed)).toMatchObject({ metadata: { name: "settings-1" } });
  expect(checked({}, { metadata: { name: "own" } })).toMatchObject({ metadata: { name: "settings-039058c6" } });
});

test("the engine's own proposal comes before a made-up name", () => {
  const inputs = check({ ...request, news: {}, proposedName: "settings" });
  expect(inputs).toMatchObject({ metadata: { name: "settings" } });
});

test("a namespace is filled in where the kind has one and the program names none", () => {
  const named = { metadata: { name: "a" } };
  expect(checked(named)).toEqual({ metadata: { name: "a", namespace: "default" } });
  expect(checked({ metadata: { name: "a", namespace: "b" } })).toEqual({ metadata: { name: "a", namespace: "b" } });
  expect(check({ ...request, news: named, namespace: undefined })).toEqual(named);
});

test("names, namespaces and metadata that are not known yet stay so", () => {
  const metadata = { name: unknown, namespace: unknown };
  expect(checked({ metadata })).toEqual({ metadata });
  expect(checked({ metadata: unknown })).toEqual({ metadata: unknown });
});

test("what is secret stays secret, and a Secret's data becomes so", () => {
  const metadata = { name: "a", namespace: "b" };
  const news = { apiVersion: "v1", kind: "Secret", metadata, data: { key: "dg==" } };
  expect(checked(news)).toEqual({ ...news, data: secret({ key: "dg==" }) });
  const map = { kind: "ConfigMap", metadata, data: { open: "1", hidden: secret("2") } };
  expect(checked(map)).toEqual(map);
});

test("a name that the server is to make up is refused", () => {
  expect(() => checked({ metadata: { generateName: "a-" } })).toThrow(
    "the `.metadata.generateName` field is not supported in Server-Side Apply mode",
  );
});
