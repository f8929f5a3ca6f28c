import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The crash loops at their full length, on streams of all kinds; `npm test` runs those of whole events for a minute and a half. */
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    include: ["test/crash/**/*.test.ts", "test/crash/**/*.loop.ts"],
    env: { DRIFTD_CRASH_SECONDS: process.env["DRIFTD_CRASH_SECONDS"] ?? "600" },
    // One after the other: a loop needs the machine.
    fileParallelism: false,
    hookTimeout: 120_000,
    globalSetup: ["test/services/global-setup.ts"],
  },
});
