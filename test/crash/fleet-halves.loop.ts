import { expect, onTestFinished, test, vi } from "vitest";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { loopOnHalves } from "./halves.ts";
import { crashLength } from "./length.ts";
import { countsInRedis, sharedState } from "./redis-counts.ts";
import { KINDS } from "./schedule.ts";

vi.setConfig({ testTimeout: crashLength().lasts + 900_000 });

describeService("a fleet that reads requests and responses", kafkaOwnMissing ?? redisMissing, () => {
  test("lets all of them meet that can, whoever reads them", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const state = sharedState(redis);
    const met = await loopOnHalves(
      { partitions: 6, kinds: KINDS, states: [state, state, state], redis },
      ({ project: { directory } }) => countsInRedis(redis, directory),
    );
    expect(met).toBeGreaterThan(10_000);
  });
});
