import { expect } from "vitest";
import type { Counts } from "../e2e/counter.ts";
import type { Survival } from "./crash-loop.ts";
import { differences } from "./differences.ts";
import type { Kind } from "./schedule.ts";
import { contradictions, distinct, undelivered } from "./transitions.ts";

/** Every count, every record and every transition is what it would be if nothing had happened. */
export function expectExact(outcome: {
  readonly survival: Survival;
  readonly stored: Counts;
  readonly kinds: readonly Kind[];
  readonly seed: number;
}): void {
  const { survival, stored, kinds, seed } = outcome;
  const { recounted, ledger, transitions, undisturbed, posted, came } = survival;
  const again = `again with DRIFTD_CRASH_SEED=${seed}`;
  expect(survival.failures, `members that ended by themselves; ${again}`).toEqual([]);

  expect(recounted.counts.size).toBeGreaterThan(1_000);
  expect(differences(stored, recounted.counts), `counts; ${again}`).toEqual([]);
  const { records, rows } = recounted.ledger;
  expect(ledger, `the ledger; ${again}`).toMatchObject({
    records,
    rows: { ...rows, waiting: 0, balanced: true },
  });

  expect(undisturbed.length).toBeGreaterThan(2);
  expect(contradictions(transitions), `recorded twice; ${again}`).toEqual([]);
  expect(distinct(transitions), `transitions; ${again}`).toEqual(distinct(undisturbed));
  expect(undelivered(transitions, posted), `never delivered; ${again}`).toEqual([]);
  expect(
    kinds.filter((kind) => !came.has(kind)),
    `what never came; ${again}`,
  ).toEqual([]);
}
