import { expect, test, vi } from "vitest";
import { countsInStore } from "../e2e/recount.ts";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { surviveCrashLoop } from "./crash-loop.ts";
import { expectExact } from "./exact.ts";
import { crashLength, crashSeed } from "./length.ts";

const { lasts, records } = crashLength();
vi.setConfig({ testTimeout: lasts + 900_000 });

const KINDS = ["kill", "freeze", "leave", "kill-broker", "halt-broker"] as const;

describeService("one process, while it, its brokers and its group are in trouble", kafkaOwnMissing, () => {
  test("counts every record once, and judges as if nothing had happened", async () => {
    const seed = crashSeed();
    const survival = await surviveCrashLoop({
      seed,
      lasts,
      load: { records, partitions: 6 },
      kinds: KINDS,
      states: [{ store: "lmdb", path: "./state" }],
    });
    const { directory, state } = survival.project;
    expectExact({ survival, kinds: KINDS, seed, stored: await countsInStore(directory, state) });
    expect(survival.recounted.ledger.records.received).toBeGreaterThanOrEqual(records);
  });
});
