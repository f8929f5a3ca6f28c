import { expect, onTestFinished, test, vi } from "vitest";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { loopOnLabels } from "./labels.ts";
import { crashLength } from "./length.ts";
import { openShared, sharedState } from "./redis-counts.ts";
import { KINDS } from "./schedule.ts";

vi.setConfig({ testTimeout: crashLength().lasts + 900_000 });

describeService("a fleet that reads predictions and their labels", kafkaOwnMissing ?? redisMissing, () => {
  test("counts every label once, where its prediction stands, whoever reads them", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const state = sharedState(redis);
    const met = await loopOnLabels(
      { partitions: 6, kinds: KINDS, states: [state, state, state], redis },
      () => openShared(redis),
    );
    expect(met).toBeGreaterThan(10_000);
  });
});
