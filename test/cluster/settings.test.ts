import path from "node:path";
import { expect, test } from "vitest";
import { cacheDirectory } from "../../tools/cache.ts";
import { commandSettings } from "./command-line.ts";
import { definitionName } from "./furnish.ts";
import { clusterPortForward } from "./kwok.ts";
import { missingForCluster } from "./machine.ts";
import { holds, networkOf } from "./network.ts";
import { withTriggers } from "./node/keda-module.ts";
import { nodeNeeds } from "./node/start-node.ts";

test("all that a machine lacks is told at once", () => {
  const all = { platform: "linux", user: 0, has: () => true };
  expect(missingForCluster(all)).toEqual([]);
  expect(missingForCluster({ ...all, user: 1000, has: (name) => name !== "ip" })).toEqual([
    "Only root may make network namespaces. Run it as root.",
    "`ip` is not there. Install it (Debian's package `iproute2`).",
  ]);
  const bare = { ...all, has: (name: string) => name !== "iptables" && !name.includes(".so.") };
  expect([missingForCluster(bare), missingForCluster(bare, nodeNeeds)]).toEqual([
    [],
    [
      "`iptables` is not there. Install it (Debian's package `iptables`).",
      "`libseccomp.so.2` is not there. Install it (Debian's package `libseccomp2`).",
    ],
  ]);
  expect(missingForCluster({ ...all, platform: "darwin" })).toEqual([
    "A cluster needs Linux's network namespaces. Run it on Linux.",
  ]);
});

test("a range holds the addresses that begin as it does", () => {
  const { address } = networkOf(7, "a");
  const ranges = ["198.18.7.0/30", "198.18.0.0/15", "198.18.7.2", "198.18.8.0/30", "198.18.7.4/30", "10.0.0.0/8"];
  expect(ranges.map((range) => holds(range, address))).toEqual([true, true, true, false, false, false]);
});

test("a forwarded port is of all namespaces unless one is named", () => {
  expect(clusterPortForward({ port: 7233, address: "127.0.0.1:41000" }, 0)).toMatchObject({
    spec: { selector: {}, forwards: [{ ports: [7233], target: { address: "127.0.0.1", port: 41000 } }] },
  });
  expect(clusterPortForward({ namespace: "temporal", port: 1, address: "localhost:2" }, 0)).toMatchObject({
    spec: { selector: { matchNamespaces: ["temporal"] } },
  });
});

test("a definition's name is told by its file", () => {
  expect(definitionName("keda.sh_scaledobjects.yaml")).toBe("scaledobjects.keda.sh");
});

test("KEDA is built with the triggers that stacks have", () => {
  const caseOf = (trigger: string) => `\tcase "${trigger}":\n\t\treturn scalers.New(config)\n`;
  const end = "\tdefault:\n\t\treturn nil, err\n";
  const text = [...["activemq", "cpu", "metrics-api", "nsq", "temporal"].map(caseOf), end].join("");
  expect(withTriggers(text)).toBe([caseOf("metrics-api"), caseOf("temporal"), end].join(""));
});

test("a cluster's folder is below the cache unless one is named", () => {
  const folder = path.join(cacheDirectory(), "test", "running-cluster");
  expect(commandSettings([])).toEqual({ folder, node: false });
  expect(commandSettings(["--node", "--folder", "/a/../b"])).toEqual({ folder: "/b", node: true });
  expect(() => commandSettings(["--fodler", "a"])).toThrow("The options are `--folder <folder>` and `--node`.");
});
