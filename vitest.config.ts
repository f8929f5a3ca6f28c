import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { EvenSequencer } from "./test/services/sequencer.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // For what hangs: tests wait for their conditions by themselves, not as long, and say what they waited for.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A condition that nobody has to wait for costs nothing; other tests may have the machine.
    expect: { poll: { timeout: 120_000, interval: 20 } },
    // Tests of whole daemons wait most of the time: also on two cores a third one finds room.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: EvenSequencer },
    globalSetup: ["test/services/global-setup.ts"],
  },
});
