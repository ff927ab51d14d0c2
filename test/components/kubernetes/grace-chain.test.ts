import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { graceChain, hardExitSeconds } from "../../../components/kubernetes/grace-chain.ts";

test("activities end before the worker does, and the worker before the kubelet ends it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), (shutdownGrace) => {
      const { shutdownGrace: grace, hardExit, terminationGracePeriodSeconds } = graceChain(shutdownGrace);
      expect(grace * 1000).toBe(shutdownGrace);
      expect(hardExit).toBeGreaterThan(grace);
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(hardExit + 10);
      expect(Number.isInteger(terminationGracePeriodSeconds)).toBe(true);
    }),
  );
});

test("the worker's own hard exit is the one that the chain counts with", async () => {
  const source = await readFile("runtime/python/src/algorithm_conduit/shutdown.py", "utf8");
  expect(Number(/^HARD_EXIT_SECONDS = ([\d.]+)$/m.exec(source)?.[1])).toBe(hardExitSeconds);
});
