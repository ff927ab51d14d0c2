import { expect, test } from "vitest";
import { isOthers, takenOver } from "./managed-fields.ts";

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1: JSON.parse(JSON.stringify(fieldsV1)),
  ...more,
});
const withFields = (...managedFields: ReturnType<typeof entry>[]) => ({
  apiVersion: "v1",
  metadata: { managedFields },
});

test("the fields of the plugin's own create and of kubectl become ours, those of others stay theirs", () => {
  const others = entry("kube-controller-manager", "Update", { "f:status": {} }, { subresource: "status" });
  const live = withFields(
    entry("pulumi-kubernetes", "Update", { "f:data": { "f:a": {} } }),
    entry("kubectl", "Apply", { "f:data": { "f:b": {} } }),
    entry("pulumi-kubernetes-1", "Apply", { "f:data": { "f:c": {} } }),
    others,
  );
  expect(takenOver(live, "pulumi-kubernetes-1")).toEqual([
    others,
    entry("pulumi-kubernetes-1", "Apply", { "f:data": { "f:c": {}, "f:a": {}, "f:b": {} } }),
  ]);
});

test("there is nothing to take over once it is done", () => {
  const live = withFields(entry("pulumi-kubernetes-1", "Apply", {}), entry("someone", "Update", {}));
  expect(takenOver(live, "pulumi-kubernetes-1")).toBeUndefined();
});

test("a field is somebody else's when only others manage it", () => {
  const live = withFields(
    entry("scaler", "Update", { "f:spec": { "f:replicas": {}, "f:paused": {} } }),
    entry("us", "Apply", { "f:spec": { "f:paused": {} } }),
  );
  expect(isOthers(live, "us", ["spec", "replicas"])).toBe(true);
  expect(isOthers(live, "us", ["spec", "paused"])).toBe(false);
  expect(isOthers(live, "us", ["spec", "template"])).toBe(false);
});
