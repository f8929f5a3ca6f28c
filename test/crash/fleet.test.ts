import { expect, onTestFinished, test, vi } from "vitest";
import { createLog } from "../../src/runtime/log.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openRedisStore } from "../../src/state/redis.ts";
import { countsOfPanes, fittedModel } from "../e2e/recount.ts";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { surviveCrashLoop } from "./crash-loop.ts";
import { expectExact } from "./exact.ts";
import { crashLength, crashSeed } from "./length.ts";
import { KINDS } from "./schedule.ts";

const { lasts, records } = crashLength();
vi.setConfig({ testTimeout: lasts + 900_000 });

describeService(
  "a fleet, while members, brokers and Redis are in trouble",
  kafkaOwnMissing ?? redisMissing,
  () => {
    test("counts every record once, and judges as one process that nothing befell", async () => {
      const seed = crashSeed();
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const state = { store: "redis", url: redis.url, prefix: "crash" };
      const survival = await surviveCrashLoop({
        seed,
        lasts,
        load: { records, partitions: 8 },
        kinds: KINDS,
        states: [state, state, state],
        redis,
      });
      const fitted = await fittedModel(survival.project.directory);
      const log = createLog({ level: "silent" });
      const store = await openRedisStore({ url: redis.url, prefix: "crash", clock: systemClock, log });
      onTestFinished(() => store.close());
      expectExact({ survival, kinds: KINDS, seed, stored: await countsOfPanes(store, fitted) });
      expect(survival.recounted.ledger.records.received).toBeGreaterThanOrEqual(records);
    });
  },
);
