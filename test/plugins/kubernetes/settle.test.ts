import fc from "fast-check";
import { expect, test } from "vitest";
import { sameQuantity } from "./quantity.ts";
import { settle } from "./settle.ts";

const deployment = { apiVersion: "apps/v1", kind: "Deployment" };

test("only fields that the inputs set are taken from the live object", () => {
  const inputs = { ...deployment, spec: { template: { spec: { containers: [{ name: "web", image: "a" }] } } } };
  const containers = [
    { name: "web", image: "b", imagePullPolicy: "Always" },
    { name: "sidecar", image: "c" },
  ];
  const live = { ...deployment, spec: { replicas: 3, template: { spec: { containers } } }, status: { replicas: 3 } };
  expect(settle(inputs, live)).toEqual({
    ...deployment,
    spec: { template: { spec: { containers: [{ name: "web", image: "b" }] } } },
  });
});

test("what was taken away from the live object is away", () => {
  const inputs = { ...deployment, metadata: { labels: { a: "1", b: "2" } } };
  const live = { ...deployment, metadata: { labels: { b: "2" } } };
  expect(settle(inputs, live)).toEqual(live);
});

test("an amount that is only written in another way stays as it was written", () => {
  const inputs = { ...deployment, limits: { cpu: "1000m", memory: "0.5Gi" }, emptyDir: { sizeLimit: 1 } };
  const same = { ...deployment, limits: { cpu: "1", memory: "512Mi" }, emptyDir: { sizeLimit: "1" } };
  expect(settle(inputs, same)).toEqual(inputs);
  const other = { ...deployment, limits: { cpu: "2", memory: "1Gi" }, emptyDir: { sizeLimit: "2" } };
  expect(settle(inputs, other)).toEqual(other);
});

test("what looks like an amount elsewhere, or in a kind that the server does not know, is a plain text", () => {
  const container = (value: string) => ({ ...deployment, env: [{ name: "CPU", value }] });
  expect(settle(container("1000m"), container("1"))).toEqual(container("1"));
  const custom = (cpu: string) => ({ apiVersion: "example.test/v1", kind: "Thing", limits: { cpu } });
  expect(settle(custom("1000m"), custom("1"))).toEqual(custom("1"));
});

test("a value that says no more than its absence may be absent in the server's own kinds", () => {
  const empty = { args: [], env: "", hostNetwork: false, labels: {}, weight: 0 };
  expect(settle({ ...deployment, spec: empty }, { ...deployment, spec: {} })).toEqual({ ...deployment, spec: empty });
  const custom = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" };
  expect(settle({ ...custom, spec: empty }, { ...custom, spec: {} })).toEqual({ ...custom, spec: {} });
});

test("amounts are the same whatever their suffix", () => {
  expect(sameQuantity("1Gi", "1024Mi")).toBe(true);
  expect(sameQuantity("1G", "1Gi")).toBe(false);
  expect(sameQuantity("1e3", "1k")).toBe(true);
  expect(sameQuantity("web", "web")).toBe(false);
});

test("an amount is the same in thousandths", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000 }), (n) => sameQuantity(`${n}`, `${n * 1000}m`)));
});
