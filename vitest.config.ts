import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Tests of whole daemons wait most of the time: also on two cores they need not wait for each other.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: ["test/services/global-setup.ts"],
  },
});
