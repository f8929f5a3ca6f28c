import { expect, onTestFinished, test, vi } from "vitest";
import { createCounter, type Counts } from "../e2e/counter.ts";
import { fittedModel } from "../e2e/recount.ts";
import { readTopic } from "../e2e/topic.ts";
import { kafkaOwnMissing } from "../services/kafka.ts";
import { redisMissing, startRedis } from "../services/redis.ts";
import { describeService } from "../services/service.ts";
import { surviveCrashLoop } from "./crash-loop.ts";
import { crashLength, crashSeed } from "./length.ts";
import { LARGEST_RECORD, planRecords } from "./load.ts";
import { countsInRedis, sharedState } from "./redis-counts.ts";
import { RULES } from "./rules.ts";
import { KINDS } from "./schedule.ts";

vi.setConfig({ testTimeout: crashLength().lasts + 900_000 });

const PARTITIONS = 8;
/** Only these always bring something. */
const BUSY = 3;
/** From one burst to all partitions to the next, ms, and the share of it that a burst takes. */
const BURST = { every: 15_000, share: 0.05 };
const HOUR = 3_600_000;

/** All rows that were measured, whatever pane they are in. */
function measuredIn(counts: Counts): number {
  let sum = 0;
  for (const [place, count] of counts) if (place.endsWith("/all//measured")) sum += count;
  return sum;
}

describeService("a fleet whose partitions fall silent and wake", kafkaOwnMissing ?? redisMissing, () => {
  test("counts every record once, or says that it came too late", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const { lasts, records: count } = crashLength();
    const seed = crashSeed();
    const bursts = Math.max(2, Math.round(lasts / BURST.every));
    const records = planRecords({
      seed,
      records: count,
      partitions: PARTITIONS,
      from: Date.parse("2026-03-01T00:00:00Z"),
      span: 1.5 * HOUR,
      partitionOf: (share, drawn) =>
        Math.floor(drawn * ((share * bursts) % 1 < BURST.share ? PARTITIONS : BUSY)),
    });
    const state = sharedState(redis);
    const survival = await surviveCrashLoop({
      seed,
      lasts,
      partitions: PARTITIONS,
      loads: [{ stream: "scored", section: { role: "inference" }, records, count }],
      rules: RULES,
      // Who reads again what was lost with the store may come too late with other rows than the first time.
      kinds: KINDS.filter((kind) => kind !== "rewind-redis" && kind !== "wipe-redis"),
      states: [state, state, state],
      redis,
      idleAfter: "3s",
    });

    const { project, brokers, topics, failures } = survival;
    const again = `again with DRIFTD_CRASH_SEED=${seed}`;
    expect.soft(failures, `members that ended by themselves; ${again}`).toEqual([]);
    const fitted = await fittedModel(project.directory);
    const counter = createCounter({ fitted, maxRecordBytes: LARGEST_RECORD });
    await readTopic({ brokers, topic: topics["scored"] ?? "", visit: (record) => counter.add(record) });
    const { counts, ledger } = counter;
    const stored = await countsInRedis(redis, project.directory);
    const told = survival.ledgers["scored"];
    const { late = 0, ...dropped } = told?.rows.dropped ?? {};
    const { late: lateAnyway = 0, ...droppedAnyway } = ledger.rows.dropped;
    expect.soft(told?.records, again).toMatchObject(ledger.records);
    expect
      .soft(told?.rows, again)
      .toMatchObject({ received: ledger.rows.received, waiting: 0, balanced: true });
    expect.soft(dropped, again).toEqual(droppedAnyway);
    const measured = told?.rows.measured ?? Number.NaN;
    expect.soft(measured + late, again).toBe(ledger.rows.measured + lateAnyway);
    // What is in the store is what the ledger says, and nowhere more than there is in the topic.
    expect.soft(measuredIn(stored), again).toBe(measured);
    const excess = [...stored].filter(([place, value]) => value > (counts.get(place) ?? 0));
    expect.soft(excess, again).toEqual([]);
    process.stderr.write(
      `late since panes were closed without idle partitions: ${late - lateAnyway} of ${count}\n`,
    );
  });
});
