import { defineConfig } from "vitest/config";
import { PodsFirst } from "./test/tools/pods-first.ts";

export default defineConfig({
  test: {
    sequence: { sequencer: PodsFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/cluster/**", "test/e2e/**"],
          setupFiles: "test/tools/seed-fast-check.ts",
          testTimeout: 30_000,
          typecheck: { enabled: true, include: ["test/**/*.test-d.ts"] },
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Real engine, real Temporal, real git: one file at a time, since each starts a platform of its own.
        test: {
          name: "e2e",
          globalSetup: "test/tools/prepare.ts",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // A real Kubernetes, each file's own: two files at a time, since each waits for half of its time.
        test: {
          name: "cluster",
          globalSetup: "test/cluster/prepare.ts",
          include: ["test/cluster/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
