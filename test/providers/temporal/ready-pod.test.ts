import { expect, test } from "vitest";
import { readyPods } from "../../../providers/conduit/temporal/ready-pod.ts";

const slice = (ready: boolean | undefined, ports: { name?: string; port?: number }[]) => ({
  addressType: "IPv4",
  ports,
  endpoints: [
    {
      addresses: ["10.244.0.5"],
      conditions: ready === undefined ? {} : { ready },
      targetRef: { kind: "Pod", name: `frontend-${ready}` },
    },
  ],
});

test("a pod counts unless it says that it is not ready, with the port that the Service's port leads to", () => {
  const ports = [
    { name: "metrics", port: 9090 },
    { name: "rpc", port: 17_233 },
  ];
  const slices = [slice(false, ports), slice(true, ports), slice(undefined, ports)];
  expect(readyPods(slices, "rpc")).toEqual([
    { name: "frontend-true", port: 17_233 },
    { name: "frontend-undefined", port: 17_233 },
  ]);
});

test("a Service's only port may be without a name, which slices write as an empty one", () => {
  expect(readyPods([slice(true, [{ name: "", port: 7233 }])], undefined)).toEqual([
    { name: "frontend-true", port: 7233 },
  ]);
});

test("no slice, no endpoint and an endpoint that is no pod are none", () => {
  const external = { addressType: "IPv4", ports: [{ port: 7233 }], endpoints: [{ addresses: ["192.0.2.1"] }] };
  expect(readyPods([], undefined)).toEqual([]);
  expect(readyPods([{ addressType: "IPv4", endpoints: [] }, external], undefined)).toEqual([]);
});
