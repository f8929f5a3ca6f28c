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
  readonly recounted: Counts;
  /** By stream: what a recount says of its records and rows. */
  readonly ledgers: Readonly<Record<string, { readonly records?: object; readonly rows: object }>>;
  readonly kinds: readonly Kind[];
  readonly seed: number;
}): void {
  const { survival, stored, recounted, kinds, seed } = outcome;
  const { transitions, undisturbed, posted, came } = survival;
  const again = `again with DRIFTD_CRASH_SEED=${seed}`;
  expect.soft(survival.failures, `members that ended by themselves; ${again}`).toEqual([]);

  expect.soft(recounted.size).toBeGreaterThan(1_000);
  expect.soft(differences(stored, recounted), `counts; ${again}`).toEqual([]);
  for (const [stream, expected] of Object.entries(outcome.ledgers)) {
    const told = survival.ledgers[stream];
    expect.soft(told, `the ledger of ${stream}; ${again}`).toMatchObject(expected);
    expect
      .soft(told?.rows, `the ledger of ${stream}; ${again}`)
      .toMatchObject({ waiting: 0, balanced: true });
  }

  expect.soft(contradictions(transitions), `recorded twice; ${again}`).toEqual([]);
  expect.soft(distinct(transitions), `transitions; ${again}`).toEqual(distinct(undisturbed));
  expect.soft(undelivered(transitions, posted), `never delivered; ${again}`).toEqual([]);
  expect
    .soft(
      kinds.filter((kind) => !came.has(kind)),
      `what never came; ${again}`,
    )
    .toEqual([]);
}
