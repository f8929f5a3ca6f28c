import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { EvenSequencer } from "./test/services/sequencer.ts";

const COMPUTING =
  "test/{commands,config,counts,engine,evaluation,event,honesty,ingestion,join,laws,publish,reference,rules,statistics,verdict,views,web,window}/**/*.test.ts";

const patience = {
  // For what hangs: tests wait for their conditions by themselves, not as long, and say what they waited for.
  testTimeout: 600_000,
  hookTimeout: 300_000,
  // A condition that holds at once costs nothing; other tests may have the machine.
  expect: { poll: { timeout: 120_000, interval: 20 } },
};

export default defineConfig({
  test: {
    // Tests of whole daemons wait most of the time: also on two cores a third one finds room.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    sequence: { sequencer: EvenSequencer },
    globalSetup: ["test/services/global-setup.ts"],
    projects: [
      // They leave nothing behind: in one process one after the other, the program is loaded once and not for each.
      {
        test: {
          ...patience,
          name: "computing",
          include: [COMPUTING],
          isolate: false,
          setupFiles: ["test/engine/fixture-setup.ts"],
        },
      },
      // Here clients of brokers, timers and the process itself are changed: each file has a process of its own.
      { test: { ...patience, name: "waiting", include: ["test/**/*.test.ts"], exclude: [COMPUTING] } },
    ],
  },
});
