import { expect, onTestFinished, test, vi } from "vitest";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { crashLength } from "./length.ts";
import { countsInRedis, sharedState } from "./redis-counts.ts";
import { KINDS } from "./schedule.ts";
import { loopOnWholeEvents } from "./whole-events.ts";

vi.setConfig({ testTimeout: crashLength().lasts + 900_000 });

describeService(
  "a fleet, while members, brokers and Redis are in trouble",
  kafkaOwnMissing ?? redisMissing,
  () => {
    test("counts every record once, and judges as one process that nothing befell", async () => {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      const state = sharedState(redis);
      const { received } = await loopOnWholeEvents(
        { partitions: 8, kinds: KINDS, states: [state, state, state], redis },
        ({ project: { directory } }) => countsInRedis(redis, directory),
      );
      expect(received).toBeGreaterThanOrEqual(crashLength().records);
    });
  },
);
