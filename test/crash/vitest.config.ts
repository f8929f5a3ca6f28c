import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The crash loop at its full length; `npm test` runs it too, for a minute and a half. */
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    include: ["test/crash/**/*.test.ts"],
    env: { DRIFTD_CRASH_SECONDS: "600" },
    // One after the other: a loop needs the machine.
    fileParallelism: false,
    hookTimeout: 120_000,
    globalSetup: ["test/services/global-setup.ts"],
  },
});
