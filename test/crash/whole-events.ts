import { expect } from "vitest";
import { createCounter } from "../e2e/counter.ts";
import { fittedModel, type Counts } from "../e2e/recount.ts";
import { readTopic } from "../e2e/topic.ts";
import { surviveCrashLoop, type CrashLoop, type Survival } from "./crash-loop.ts";
import { expectExact } from "./exact.ts";
import { crashLength, crashSeed } from "./length.ts";
import { LARGEST_RECORD, planRecords } from "./load.ts";
import { RULES } from "./rules.ts";

const HOUR = 3_600_000;

/**
 * A crash loop on a topic of whole events, which expects that all is exact. `countsOf` reads the store in the end; it answers
 * how many records there were.
 */
export async function loopOnWholeEvents(
  members: Pick<CrashLoop, "partitions" | "kinds" | "states" | "redis">,
  countsOf: (survival: Survival) => Promise<Counts>,
): Promise<{ readonly received: number }> {
  const { lasts, records: count } = crashLength();
  const seed = crashSeed();
  const { partitions, kinds } = members;
  const plan = {
    seed,
    records: count,
    partitions,
    from: Date.parse("2026-03-01T00:00:00Z"),
    span: 1.5 * HOUR,
  };
  const scored = { stream: "scored", section: { role: "inference" }, records: planRecords(plan), count };
  const survival = await surviveCrashLoop({ ...members, seed, lasts, loads: [scored], rules: RULES });

  const fitted = await fittedModel(survival.project.directory);
  const counter = createCounter({ fitted, maxRecordBytes: LARGEST_RECORD });
  const topic = survival.topics["scored"] ?? "";
  await readTopic({ brokers: survival.brokers, topic, visit: (record) => counter.add(record) });
  const stored = await countsOf(survival);
  const ledgers = { scored: counter.ledger };
  expectExact({ survival, stored, recounted: counter.counts, ledgers, kinds, seed });
  // It had something to judge.
  expect(survival.undisturbed.length).toBeGreaterThan(2);
  return counter.ledger.records;
}
