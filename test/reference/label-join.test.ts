import { describe, expect, it } from "vitest";
import type { EventBatch } from "../../src/event/batch.ts";
import { DROP_REASONS } from "../../src/event/reason.ts";
import { LabelJoin } from "../../src/reference/label-join.ts";
import type { LabelJoinOptions } from "../../src/reference/label-join.ts";
import { batchOf, numberColumn } from "../counts/number-batch.ts";
import { plan } from "./plain-rows.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PLAN = plan(
  { name: "prediction.score", type: "number", role: "output" },
  { name: "truth", type: "number", role: "truth" },
);

/** [id, hour], and of labels [id, hour, truth]. */
type Prediction = readonly [number, number?];
type Label = readonly [number, number | undefined, number?];

function batch(rows: readonly (Prediction | Label)[], cells: readonly (number | undefined)[]): EventBatch {
  const made = batchOf([numberColumn(cells)], rows.length);
  for (const [row, [id, hour]] of rows.entries()) {
    made.idHigh[row] = id;
    made.idLow[row] = id * 7;
    made.time[row] = hour === undefined ? Number.NaN : hour * HOUR;
  }
  return made;
}

const predictionsOf = (rows: readonly Prediction[]): EventBatch =>
  batch(
    rows,
    rows.map(() => 0.5),
  );
const labelsOf = (rows: readonly Label[]): EventBatch =>
  batch(
    rows,
    rows.map(([, , truth]) => truth),
  );

function meet(
  predictions: readonly Prediction[],
  labels: readonly Label[],
  options: Partial<LabelJoinOptions> = {},
): { join: LabelJoin; settled: ReturnType<LabelJoin["settle"]>; truths: (number | string)[] } {
  const join = new LabelJoin({ plan: PLAN, cohort: DAY, expireAfter: Number.POSITIVE_INFINITY, ...options });
  join.addPredictions(predictionsOf(predictions));
  join.timeLabels(labelsOf(labels));
  const settled = join.settle();
  join.addLabels(labelsOf(labels));
  return { join, settled, truths: truthsOf(join.joinTruth()(predictionsOf(predictions))) };
}

/** Of every row: its truth, or why it is left out. */
function truthsOf({ rows, columns, reason }: EventBatch): (number | string)[] {
  const truth = columns.at(-1);
  return Array.from({ length: rows }, (_, row) =>
    reason[row] === 0 && truth?.type === "number"
      ? (truth.values[row] ?? "")
      : (DROP_REASONS[(reason[row] ?? 0) - 1] ?? ""),
  );
}

describe("LabelJoin", () => {
  it("puts the truth beside its prediction, and counts what meets nothing", () => {
    const { join, truths } = meet(
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
      [
        [3, 3, 1],
        [9, 3, 1],
        [1, 4, 0],
        [2, 4],
      ],
    );
    expect(truths).toEqual([0, Number.NaN, 1]);
    expect(join.ledger).toEqual({
      predictions: 3,
      repeated: 0,
      // The last label is at hour 4, and 99% come within 3.97: of the third, more may come.
      immature: 2,
      matched: 2,
      revised: 0,
      duplicate: 0,
      late: 0,
      orphan: 1,
      empty: 1,
    });
  });

  it("keeps the first prediction of an id, in every reading", () => {
    const predictions: Prediction[] = [
      [1, 0],
      [2, 1],
      [1, 2],
      [3, 3],
    ];
    const { join, truths } = meet(predictions, [[1, 4, 1]]);
    const expected = [1, Number.NaN, "duplicate", Number.NaN];
    expect(truths).toEqual(expected);
    expect(truthsOf(join.joinTruth()(predictionsOf(predictions)))).toEqual(expected);
    expect(join.ledger.repeated).toBe(1);
  });

  it("knows a repetition across batches", () => {
    const { join } = meet(
      [
        [1, 0],
        [2, 1],
        [1, 2],
      ],
      [],
    );
    const read = join.joinTruth();
    expect(truthsOf(read(predictionsOf([[1, 0]])))).toEqual([Number.NaN]);
    expect(
      truthsOf(
        read(
          predictionsOf([
            [2, 1],
            [1, 2],
          ]),
        ),
      ),
    ).toEqual([Number.NaN, "duplicate"]);
  });

  it("lets the last label of an id stand, and says which only repeat", () => {
    const { join, truths, settled } = meet(
      [[1, 0]],
      [
        [1, 1, 0],
        [1, 2, 0],
        [1, 5, 1],
        [1, 9, 1],
      ],
    );
    expect(truths).toEqual([1]);
    expect(join.ledger).toMatchObject({ matched: 1, duplicate: 2, revised: 1 });
    // The truth was first said after five hours; that it was said again is no news.
    expect(settled.delay99).toBe(5 * HOUR);
  });

  it("knows within what time 99% of labels come: numpy's quantile", () => {
    const hours = Array.from({ length: 200 }, (_, i) => i);
    const { settled } = meet(
      hours.map((hour) => [hour, hour] as const),
      hours.map((hour) => [hour, 2 * hour, 1] as const),
    );
    // numpy.quantile(range(200), 0.99) = 197.01
    expect(settled.delay99 / HOUR).toBeCloseTo(197.01, 9);
    expect(settled.matureUntil / HOUR).toBeCloseTo(398 - 197.01, 9);
  });

  it("leaves out labels that came when their cohort had been judged", () => {
    // The cohort ends at hour 24, and is judged at hour 34.
    const { join, truths, settled } = meet(
      [
        [1, 1],
        [2, 23],
        [3, 2],
      ],
      [
        [1, 34, 1],
        [2, 35, 1],
        [3, 20, 0],
        [3, 60, 1],
      ],
      { matureAfter: 10 * HOUR },
    );
    expect(truths).toEqual([1, Number.NaN, 0]);
    expect(join.ledger).toMatchObject({ matched: 2, late: 2, revised: 0 });
    expect(settled.matureUntil).toBe(50 * HOUR);
    // What is learnt is how late labels come, not how late they may.
    expect(settled.delay99).toBeGreaterThan(50 * HOUR);
  });

  it("waits no longer than predictions are kept", () => {
    const labels: Label[] = [
      [1, 30, 1],
      [2, 90, 1],
    ];
    const { join, settled } = meet(
      [
        [1, 0],
        [2, 0],
      ],
      labels,
      { expireAfter: 10 * HOUR },
    );
    expect(join.ledger).toMatchObject({ matched: 1, late: 1 });
    expect(settled.matureUntil).toBe(80 * HOUR);
  });

  it("takes every label where none has a time", () => {
    const { settled, truths } = meet([[1, 0]], [[1, undefined, 1]], { matureAfter: HOUR });
    expect(truths).toEqual([1]);
    expect(settled).toEqual({ delay99: Number.NaN, matureUntil: Number.POSITIVE_INFINITY });
  });

  it("takes a label before its prediction for one without delay", () => {
    expect(meet([[1, 5]], [[1, 3, 1]]).settled.delay99).toBe(0);
  });
});
