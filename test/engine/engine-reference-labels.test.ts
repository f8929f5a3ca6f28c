import { expect, it } from "vitest";
import type { EventBatch } from "../../src/event/batch.ts";
import { LabelJoin } from "../../src/reference/label-join.ts";
import { batchOf, numberColumn } from "../counts/number-batch.ts";
import { plan } from "../reference/plain-rows.ts";
import { DAY, event, HOUR, label, modelOf, random, START } from "./fixture.ts";
import { worldOf } from "./world.ts";

const MATURE_AFTER = 36 * HOUR;
const COHORTS = 4;
const PER_COHORT = 60;
const HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
labels: { cohort: 1d, matureAfter: 36h, expireAfter: 4d }`;
const RULES = "\n  - { alert: Wrong, measure: brier, above: 0.9 }";

interface Prediction {
  readonly number: number;
  readonly time: number;
  readonly labelled: number;
}

/** Labels take from half a day to four: many come when their cohort has been judged. */
function story(): Prediction[] {
  const u = random(3);
  return Array.from({ length: COHORTS * PER_COHORT }, (_, number) => {
    const time = START + Math.floor((number * DAY) / PER_COHORT);
    return { number, time, labelled: time + Math.floor((0.5 + 3.5 * u()) * DAY) + 1 };
  });
}

/** The share of each cohort that has a label when the daemon judges it. */
async function judgedCoverage(predictions: readonly Prediction[]): Promise<unknown[]> {
  const world = await worldOf({ fitted: modelOf({ rules: RULES, head: HEAD, labels: true }) });
  const records = predictions.flatMap(({ number, time, labelled }) => [
    { time, stream: "s", sent: event({ id: `${number}`, time, score: 0.5 }) },
    { time: labelled, stream: "l", sent: label(`${number}`, 1, labelled) },
  ]);
  // Both streams pass the moment of every judgement, also when no more predictions are made.
  for (let cohort = 1; cohort <= COHORTS; cohort += 1) {
    const time = START + cohort * DAY + MATURE_AFTER;
    if (time >= START + COHORTS * DAY) {
      records.push({ time, stream: "s", sent: event({ id: `later ${cohort}`, time, score: 0.5 }) });
    }
    records.push({ time, stream: "l", sent: label(`nobody ${cohort}`, 1, time) });
  }
  const { cohorts } = world.engine.judgesOf("m");
  const coverage = new Map<number, unknown>();
  for (const { stream, sent } of records.toSorted((a, b) => a.time - b.time)) {
    await world.feed([sent], { stream });
    const { judgedThrough } = cohorts;
    if (coverage.has(judgedThrough)) continue;
    const brier = cohorts.currentScores().find(({ series }) => series.measure.name === "brier");
    coverage.set(judgedThrough, brier?.score.extras?.["coverage"]);
  }
  return Array.from({ length: COHORTS }, (_, cohort) => coverage.get(START + (cohort + 1) * DAY));
}

/** The same, as a reference of the same predictions and labels has it. */
function referenceCoverage(predictions: readonly Prediction[]): number[] {
  const columns = plan(
    { name: "prediction.score", type: "number", role: "output" },
    { name: "truth", type: "number", role: "truth" },
  );
  const join = new LabelJoin({
    plan: columns,
    cohort: DAY,
    matureAfter: MATURE_AFTER,
    expireAfter: 4 * DAY,
  });
  const made = predictions.map(({ number, time }) => ({ number, time }));
  const labels = predictions
    .map(({ number, labelled }) => ({ number, time: labelled }))
    .toSorted((a, b) => a.time - b.time);
  join.addPredictions(rowsOf(made));
  join.timeLabels(rowsOf(labels));
  join.settle();
  join.addLabels(rowsOf(labels));
  const truth = join.joinTruth()(rowsOf(made)).columns.at(-1);
  const values = truth?.type === "number" ? truth.values : [];
  return Array.from({ length: COHORTS }, (_, cohort) => {
    const own = values.slice(cohort * PER_COHORT, (cohort + 1) * PER_COHORT);
    return own.filter((value) => !Number.isNaN(value)).length / PER_COHORT;
  });
}

function rowsOf(rows: readonly { number: number; time: number }[]): EventBatch {
  const batch = batchOf([numberColumn(rows.map(() => 1))], rows.length);
  for (const [row, { number, time }] of rows.entries()) {
    batch.idLow[row] = number + 1;
    batch.time[row] = time;
  }
  return batch;
}

it("a reference takes the labels that a cohort has when the daemon judges it", async () => {
  const predictions = story();
  const judged = await judgedCoverage(predictions);
  expect(Math.max(...judged.map(Number))).toBeLessThan(0.9);
  expect(Math.min(...judged.map(Number))).toBeGreaterThan(0.2);
  expect(referenceCoverage(predictions)).toEqual(judged);
});
