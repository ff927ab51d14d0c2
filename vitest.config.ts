import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
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
        // A real Kubernetes control plane: one file at a time, since each starts a cluster of its own.
        test: {
          name: "cluster",
          globalSetup: "test/cluster/prepare.ts",
          include: ["test/cluster/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
