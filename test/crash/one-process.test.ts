import { expect, test, vi } from "vitest";
import { countsInStore } from "../e2e/recount.ts";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { crashLength } from "./length.ts";
import { loopOnWholeEvents } from "./whole-events.ts";

vi.setConfig({ testTimeout: crashLength().lasts + 900_000 });

describeService("one process, while it, its brokers and its group are in trouble", kafkaOwnMissing, () => {
  test("counts every record once, and judges as if nothing had happened", async () => {
    const { received } = await loopOnWholeEvents(
      {
        partitions: 6,
        kinds: ["kill", "freeze", "leave", "kill-broker", "halt-broker"],
        states: [{ store: "lmdb", path: "./state" }],
      },
      ({ project: { directory, state } }) => countsInStore(directory, state),
    );
    expect(received).toBeGreaterThanOrEqual(crashLength().records);
  });
});
