import { expect } from "vitest";
import { countsOfPanes, fittedModel } from "../e2e/recount.ts";
import type { Store } from "../../src/state/store.ts";
import { surviveCrashLoop, type CrashLoop, type Survival } from "./crash-loop.ts";
import { expectExact } from "./exact.ts";
import { LAST_LABEL, tellLabels } from "./label-load.ts";
import { countsOfCohorts, recountLabels } from "./label-recount.ts";
import { crashLength, crashSeed } from "./length.ts";

const MINUTE = 60_000;
const FROM = Date.parse("2026-03-01T00:00:00Z");
const COHORT = 10 * MINUTE;
const MOST = 250_000;

const RULES = {
  // What the writer sends once more is not late.
  window: { size: "5m", pane: "1m", lateness: "2m" },
  labels: { cohort: `${COHORT}ms`, matureAfter: `${LAST_LABEL}ms`, expireAfter: "3h" },
  rules: [
    { alert: "Inaccurate", measure: "accuracy", below: 0.6 },
    { alert: "Uncalibrated", measure: "ece", above: 0.2, by: ["version", "region"] },
  ],
};

/**
 * A crash loop on predictions and their labels, which expects that every label meets its prediction, once, and is counted
 * where that stands. Answers how many did.
 */
export async function loopOnLabels(
  members: Pick<CrashLoop, "partitions" | "kinds" | "states" | "redis">,
  openStore: (survival: Survival) => Promise<Store>,
): Promise<number> {
  const { lasts, records } = crashLength();
  const seed = crashSeed();
  const { partitions, kinds } = members;
  const count = Math.min(MOST, Math.round(records / 3));
  const { predictions, labels, last } = tellLabels({
    predictions: count,
    partitions,
    from: FROM,
    to: FROM + 60 * MINUTE,
  });
  const survival = await surviveCrashLoop({
    ...members,
    seed,
    lasts,
    loads: [
      {
        stream: "scored",
        section: { role: "inference" },
        records: predictions,
        count: predictions.length,
        last,
      },
      { stream: "charged", section: { role: "labels", of: "scored" }, records: labels, count: labels.length },
    ],
    rules: RULES,
  });

  const { brokers, topics, project } = survival;
  const fitted = await fittedModel(project.directory, { hasLabels: true });
  const recount = await recountLabels({
    brokers,
    predictions: topics["scored"] ?? "",
    labels: topics["charged"] ?? "",
    fitted,
    cohort: COHORT,
  });
  const store = await openStore(survival);
  try {
    const stored = new Map([
      ...(await countsOfPanes(store, fitted)),
      ...(await countsOfCohorts(store, fitted)),
    ]);
    const { duplicate, ...scored } = recount.predictions;
    const { received, measured, revised, repeated, unknown } = recount.labels;
    expectExact({
      survival,
      stored,
      recounted: recount.counts,
      ledgers: {
        scored: { rows: { ...scored, dropped: duplicate === 0 ? {} : { duplicate } } },
        charged: { rows: { received, measured, revised } },
      },
      kinds,
      seed,
    });
    // Of ids that nobody predicted one that was sent twice is either: it depends on whether the first one waits.
    const {
      duplicate: same = 0,
      "orphan-label": orphans = 0,
      ...others
    } = survival.ledgers["charged"]?.rows.dropped ?? {};
    expect.soft(same + orphans).toBe(repeated + unknown);
    expect.soft(orphans).toBeGreaterThan(0);
    expect.soft(others).toEqual({});
    // It had something to judge.
    expect(survival.undisturbed.length).toBeGreaterThan(2);
    return measured;
  } finally {
    await store.close();
  }
}
