import { quantile } from "../counts/quantile.ts";
import type { EventBatch, EventPlan } from "../event/batch.ts";
import { reasonCode } from "../event/reason.ts";
import { IdTable } from "../join/id-table.ts";
import type { LabelMaturity } from "./options.ts";
import { createTruthColumn, truthOf, valueOf, writeTruth } from "./truth-column.ts";

export interface LabelJoinOptions {
  /** Of the predictions, with the column of the truth at its end. */
  readonly plan: EventPlan;
  /** How long a cohort of predictions is, ms. */
  readonly cohort: number;
  /** A cohort is judged this long after its end, ms; the 99% label delay where that was not declared. */
  readonly matureAfter?: number;
  /** Predictions are forgotten this long after their time, ms: a label that takes longer meets none. */
  readonly expireAfter: number;
}

/** What became of the sound rows of both sources. */
export interface LabelLedger {
  predictions: number;
  /** Predictions of an id that came before; the first one counts. */
  repeated: number;
  /** Predictions whose labels may still come: no part of the outcomes. */
  immature: number;
  /** Labels = matched + revised + duplicate + late + orphan + empty. Predictions that have one. */
  matched: number;
  /** Labels in place of an earlier one of their id. */
  revised: number;
  /** Labels that say again what is known. */
  duplicate: number;
  /** Labels that came when their cohort had been judged. */
  late: number;
  /** Labels of unknown predictions. */
  orphan: number;
  /** Labels without a truth. */
  empty: number;
}

/** What is kept with every prediction: its time, its truth, and how long after it that truth was first said; NaN for none. */
const TIME = 0;
const TRUTH = 1;
const DELAY = 2;
const WIDTH = 3;

const DUPLICATE = reasonCode("duplicate");

/**
 * Meets labels with the predictions of their ids, each source read in its order: `addPredictions` all, `timeLabels` all,
 * `settle`, `addLabels` all, and then whoever reads the predictions again finds the truth beside them (`joinTruth`). As in a
 * stream, the first prediction of an id counts, and the last of its labels that came in time (STREAMING 21). Nothing grows with the labels;
 * a prediction takes about 40 bytes.
 */
export class LabelJoin {
  readonly ledger: LabelLedger = {
    predictions: 0,
    repeated: 0,
    immature: 0,
    matched: 0,
    revised: 0,
    duplicate: 0,
    late: 0,
    orphan: 0,
    empty: 0,
  };
  readonly #options: LabelJoinOptions;
  readonly #known = new IdTable(WIDTH);
  #lastLabel = Number.NaN;
  #matureAfter = Number.NaN;
  /** The labels' own, which grows; [] where the truth is a number. */
  #categories: readonly string[] = [];

  constructor(options: LabelJoinOptions) {
    this.#options = options;
  }

  addPredictions(batch: EventBatch): void {
    const { ledger } = this;
    for (let row = 0; row < batch.rows; row += 1) {
      if (batch.reason[row] !== 0) continue;
      const high = batch.idHigh[row];
      const low = batch.idLow[row];
      if (this.#known.find(high, low) >= 0) {
        ledger.repeated += 1;
        continue;
      }
      this.#known.set(this.#known.add(high, low), TIME, batch.time[row]);
      ledger.predictions += 1;
    }
  }

  /** Learns how late labels come. A label that only says again what is known is not news, however late. */
  timeLabels(batch: EventBatch): void {
    const truth = truthOf(batch);
    for (let row = 0; row < batch.rows; row += 1) {
      if (batch.reason[row] !== 0) continue;
      const time = batch.time[row];
      if (!(time <= this.#lastLabel) && !Number.isNaN(time)) this.#lastLabel = time;
      const entry = this.#known.find(batch.idHigh[row], batch.idLow[row]);
      const value = valueOf(truth, row);
      if (entry < 0 || Number.isNaN(value) || this.#known.field(entry, TRUTH) === value) continue;
      this.#known.set(entry, TRUTH, value);
      this.#known.set(entry, DELAY, time - this.#known.field(entry, TIME));
    }
  }

  /**
   * Ends the first reading of the labels. delay99 is the 99% quantile (type 7, to 1 ms) of how long after its prediction the
   * truth that stands at the end was first said, over all predictions that have one; at least 0, NaN where times are missing.
   * Labels that are still to come when the sources end make it too small. A label counts until its prediction's cohort is
   * judged: `matureAfter`, else delay99, after the cohort's end, and no longer than predictions are kept (SIGNIFICANCE 6).
   * Predictions closer than that to the last label are not mature: their labels may still come.
   */
  settle(): LabelMaturity {
    const { matureAfter, expireAfter } = this.#options;
    const delay99 = Math.max(0, Math.round(quantile(this.#sortDelays(), 0.99)));
    this.#matureAfter = Math.min(matureAfter ?? delay99, expireAfter);
    const until = this.#lastLabel - this.#matureAfter;
    const matureUntil = Number.isNaN(until) ? Number.POSITIVE_INFINITY : until;
    this.#forgetTruths(matureUntil);
    return { delay99, matureUntil };
  }

  addLabels(batch: EventBatch): void {
    const truth = truthOf(batch);
    if (truth.type === "category") this.#categories = truth.categories;
    for (let row = 0; row < batch.rows; row += 1) {
      if (batch.reason[row] === 0) this.#addLabel(batch, row, valueOf(truth, row));
    }
  }

  #addLabel(batch: EventBatch, row: number, value: number): void {
    const { ledger } = this;
    const entry = this.#known.find(batch.idHigh[row], batch.idLow[row]);
    if (Number.isNaN(value)) {
      ledger.empty += 1;
      return;
    }
    if (entry < 0) {
      ledger.orphan += 1;
      return;
    }
    const previous = this.#known.field(entry, TRUTH);
    if (previous === value) {
      ledger.duplicate += 1;
    } else if (batch.time[row] > this.#judgedAt(this.#known.field(entry, TIME))) {
      ledger.late += 1;
    } else {
      this.#known.set(entry, TRUTH, value);
      if (Number.isNaN(previous)) ledger.matched += 1;
      else ledger.revised += 1;
    }
  }

  /**
   * Begins another reading of the predictions, in the order of the first. What it returns adds the truth to a batch, and marks
   * rows of an id that came before; the column that it adds is used again by the next batch.
   */
  joinTruth(): (batch: EventBatch) => EventBatch {
    const { plan } = this.#options;
    const isNumber = plan.columns.at(-1)?.type === "number";
    let column = createTruthColumn(isNumber, this.#categories, 0);
    let capacity = 0;
    let next = 0;
    return (batch) => {
      if (capacity < batch.capacity) {
        capacity = batch.capacity;
        column = createTruthColumn(isNumber, this.#categories, capacity);
      }
      for (let row = 0; row < batch.rows; row += 1) {
        const isSound = batch.reason[row] === 0;
        const entry = isSound ? this.#known.find(batch.idHigh[row], batch.idLow[row]) : -1;
        // Entries are numbered as they came: one that was passed already is a repetition.
        if (entry >= 0 && entry < next) batch.reason[row] = DUPLICATE;
        else if (entry >= 0) next = entry + 1;
        writeTruth(column, row, entry < 0 ? Number.NaN : this.#known.field(entry, TRUTH));
      }
      return { ...batch, plan, columns: [...batch.columns, column] };
    };
  }

  /** When the cohort of a prediction is judged; NaN where times are missing. ms. */
  #judgedAt(time: number): number {
    const { cohort } = this.#options;
    return (Math.floor(time / cohort) + 1) * cohort + this.#matureAfter;
  }

  /** They may have come too late; the second reading says. */
  #forgetTruths(matureUntil: number): void {
    const known = this.#known;
    for (let entry = 0; entry < known.count; entry += 1) {
      known.set(entry, TRUTH, Number.NaN);
      if (known.field(entry, TIME) > matureUntil) this.ledger.immature += 1;
    }
  }

  /** All that are known, ascending. */
  #sortDelays(): Float64Array {
    const known = this.#known;
    const delays = new Float64Array(known.count);
    let found = 0;
    for (let entry = 0; entry < known.count; entry += 1) {
      const delay = known.field(entry, DELAY);
      if (!Number.isNaN(delay)) delays[found++] = delay;
    }
    return delays.subarray(0, found).sort();
  }
}
