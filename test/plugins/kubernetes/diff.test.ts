import { expect, test } from "vitest";
import { formatPath, parsePath } from "./compare.ts";
import { diff } from "./diff.ts";
import type { JsonObject } from "./json.ts";
import { normalized } from "./manifest.ts";
import { unknown } from "./secrets.ts";

const configuration = { configMapMutable: false, secretMutable: false };

function differences(inputs: JsonObject, news: JsonObject, more: object = {}) {
  const before = normalized(inputs);
  const state = { inputs: before, live: before, manager: undefined };
  return diff({ state, news, ignoreChanges: [], configuration, namespaced: true, ...more });
}

/** `~ path` for a change in place, `+- path` for one that needs a new object. */
function linesOf(inputs: JsonObject, news: JsonObject, more: object = {}): readonly string[] {
  return differences(inputs, news, more).changes.map(({ path, replaces }) => `${replaces ? "+-" : "~"} ${path}`);
}

function deployment(image: string, more: object = {}): JsonObject {
  const template = { spec: { containers: [{ name: "web", image }] } };
  const spec = { selector: { matchLabels: { app: "web" } }, template, ...more };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec };
}

test("an image is changed in place, a selector is not", () => {
  expect(linesOf(deployment("a"), deployment("a"))).toEqual([]);
  expect(linesOf(deployment("a"), deployment("b"))).toEqual(["~ spec.template.spec.containers[0].image"]);
  const other = deployment("a", { selector: { matchLabels: { app: "other" } } });
  expect(linesOf(deployment("a"), other)).toEqual(["+- spec.selector.matchLabels.app"]);
});

test("a value that is not known yet is a change, and needs a new object where another value would", () => {
  expect(linesOf(deployment("a"), deployment(unknown))).toEqual(["~ spec.template.spec.containers[0].image"]);
  const job = (image: string) => ({ apiVersion: "batch/v1", kind: "Job", spec: { template: { spec: { image } } } });
  expect(linesOf(job("a"), job(unknown))).toEqual(["+- spec.template.spec.image"]);
});

test("another name or namespace is another object, and the default namespace need not be named", () => {
  const at = (metadata: JsonObject) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata });
  expect(linesOf(at({ name: "a" }), at({ name: "b" }))).toEqual(["+- metadata.name"]);
  expect(linesOf(at({ name: "a" }), at({ name: "a", namespace: "default" }))).toEqual([]);
  expect(linesOf(at({ name: "a" }), at({ name: "a", namespace: "b" }))).toEqual(["+- metadata.namespace"]);
  const news = at({ name: "a", namespace: "b" });
  expect(linesOf(at({ name: "a" }), news, { namespaced: false })).toEqual([]);
});

test("the old object goes first where the new one has its name, and a made-up name is new each time", () => {
  const at = (metadata: JsonObject) => ({ apiVersion: "v1", kind: "ConfigMap", metadata });
  const metadata = { name: "a", namespace: "b" };
  expect(differences(at(metadata), at(metadata)).deleteBeforeReplace).toBe(true);
  const autonamed = { ...metadata, annotations: { "pulumi.com/autonamed": "true" } };
  expect(differences(at(autonamed), at(autonamed)).deleteBeforeReplace).toBe(false);
  expect(differences(at(metadata), at({ ...metadata, namespace: "c" })).deleteBeforeReplace).toBe(false);
});

test("data is mutable only where the provider says so and the object is not immutable", () => {
  const map = (a: string, more: object = {}) => ({ apiVersion: "v1", kind: "ConfigMap", data: { a }, ...more });
  const mutable = { configuration: { configMapMutable: true, secretMutable: true } };
  expect(linesOf(map("1"), map("2"))).toEqual(["+- data.a"]);
  expect(linesOf(map("1"), map("2"), mutable)).toEqual(["~ data.a"]);
  const frozen = { immutable: true };
  expect(linesOf(map("1", frozen), map("2", frozen), mutable)).toEqual(["+- data.a"]);
  const key = (type: string, a: string) => ({ apiVersion: "v1", kind: "Secret", type, stringData: { a } });
  expect(linesOf(key("Opaque", "1"), key("Opaque", "2"), mutable)).toEqual(["~ data.a"]);
  expect(linesOf(key("Opaque", "1"), key("Opaque", "2"))).toEqual(["+- data.a"]);
  expect(linesOf(key("Opaque", "1"), key("other", "1"), mutable)).toContain("+- type");
});

test("the fields that a StatefulSet, a claim, a binding and a pod cannot change need a new object", () => {
  const of = (apiVersion: string, kind: string, rest: JsonObject) => ({ apiVersion, kind, ...rest });
  const set = (serviceName: string) => of("apps/v1", "StatefulSet", { spec: { serviceName } });
  expect(linesOf(set("a"), set("b"))).toEqual(["+- spec.serviceName"]);
  const claim = (size: string, name: string) =>
    of("v1", "PersistentVolumeClaim", { spec: { storageClassName: name, resources: { requests: { storage: size } } } });
  expect(linesOf(claim("1Gi", "a"), claim("2Gi", "a"))).toEqual(["~ spec.resources.requests.storage"]);
  expect(linesOf(claim("1Gi", "a"), claim("1Gi", "b"))).toEqual(["+- spec.storageClassName"]);
  const binding = (name: string) => of("rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name } });
  expect(linesOf(binding("a"), binding("b"))).toEqual(["+- roleRef.name"]);
  const pod = (image: string) => of("v1", "Pod", { spec: { containers: [{ image }] } });
  expect(linesOf(pod("a"), pod("b"))).toEqual(["+- spec.containers[0].image"]);
  expect(linesOf(pod("a"), of("v1", "Pod", {}))).toEqual(["+- spec"]);
});

test("ignored fields are no change", () => {
  const ignoreChanges = ["spec.template"];
  expect(linesOf(deployment("a"), deployment("b"), { ignoreChanges })).toEqual([]);
});

test("a path is written as the engine writes it, and read again", () => {
  const path = ["metadata", "labels", 'a.b/"c"', "list", 0, "x"];
  expect(formatPath(path)).toBe('metadata.labels["a.b/\\"c\\""].list[0].x');
  expect(parsePath(formatPath(path))).toEqual(path);
});
