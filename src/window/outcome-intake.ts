import { keptFields, packProbabilities, unpackProbabilities } from "../counts/classwise.ts";
import { DELAYS, delaySlot } from "../counts/label-delays.ts";
import { addLabel, predictedSlot, rulerLength } from "../counts/outcome-ruler.ts";
import type { EventBatch } from "../event/batch.ts";
import { reasonCode } from "../event/reason.ts";
import { EarlyLabels, type EarlyLabel } from "../join/early-labels.ts";
import type { FoundEntries, IndexEntries } from "../join/entries.ts";
import { PendingEntries } from "../join/pending-entries.ts";
import { joinLabels, joinPredictions, PREDICTION, predictionWidth } from "../join/predictions.ts";
import type { OutcomePlan } from "./counting-plan.ts";
import { OpenPanes } from "./open-panes.ts";
import { paneStart } from "./partition-clock.ts";

const FUTURE = reasonCode("future");

/** Fields of what is kept of a prediction until its label comes: in the store, eight bytes each and eight for its id. */
export function predictionFields({ probabilities }: OutcomePlan, groupings: number): number {
  return predictionWidth(groupings) + keptFields(probabilities.length);
}

/** Early labels that met their prediction, or whose wait is over. */
export interface SettledLabels {
  readonly met: readonly EarlyLabel[];
  /** Those among `met` that took the place of an earlier one. */
  readonly revised: readonly EarlyLabel[];
  readonly expired: readonly EarlyLabel[];
}

/** Where a batch's predictions belong. */
interface Filing {
  /** By version code. */
  readonly versionOf: Int32Array;
  /** By grouping and row. */
  readonly segmentOf: readonly Int32Array[];
  /** Record time that the partition had reached before the batch, ms; absent where every row has its own. */
  readonly reached?: number;
}

/** The predictions of one model in one task, the labels that meet them, and the cohorts that count both. */
export class OutcomeIntake {
  readonly cohorts: OpenPanes;
  readonly early = new EarlyLabels();
  private readonly plan: OutcomePlan;
  private readonly groupings: number;
  private readonly pending: PendingEntries;
  private entries = new Int32Array(0);
  /** In an entry: where the probabilities of all classes are kept, and in how many fields. */
  private readonly probabilitiesAt: number;
  private readonly keptFields: number;
  /** Those of the entry in hand. */
  private readonly probabilities: Float64Array;
  /** Where the delays of labels stand in a cohort's block. */
  private readonly delaysAt: number;

  constructor(plan: OutcomePlan, options: { segments: number; groupings: number }) {
    this.plan = plan;
    this.groupings = options.groupings;
    this.probabilitiesAt = predictionWidth(options.groupings);
    this.keptFields = keptFields(plan.probabilities.length);
    this.probabilities = new Float64Array(plan.probabilities.length);
    this.delaysAt = rulerLength(plan.ruler);
    this.pending = new PendingEntries(predictionFields(plan, options.groupings));
    this.cohorts = new OpenPanes({
      stride: plan.layout.stride,
      pane: plan.cohort,
      segments: options.segments,
    });
  }

  /** Drops rows whose id is known; the others become predictions. Comes before the batch is counted. */
  join(batch: EventBatch, found: FoundEntries): void {
    if (this.entries.length < batch.rows) this.entries = new Int32Array(batch.capacity);
    const answer = batch.columns[this.plan.answer];
    const decision = batch.columns[this.plan.decision];
    joinPredictions({
      batch,
      found,
      pending: this.pending,
      answer: answer?.type === "number" ? answer.values : undefined,
      decision: decision?.type === "category" ? decision.codes : undefined,
      entries: this.entries,
    });
    if (this.keptFields > 0) this.keepProbabilities(batch);
  }

  /** What the model gave to every class is held against the truth when that comes; NaN where it gave nothing. */
  private keepProbabilities(batch: EventBatch): void {
    const { pending, probabilities, probabilitiesAt } = this;
    const columns = this.plan.probabilities.map((position) => batch.columns[position]);
    for (let row = 0; row < batch.rows; row++) {
      const entry = this.entries[row];
      if (entry < 0) continue;
      let given = 0;
      for (let one = 0; one < columns.length; one++) {
        const column = columns[one];
        probabilities[one] = column.type === "number" ? column.values[row] : Number.NaN;
        if (!Number.isNaN(probabilities[one])) given++;
      }
      for (let field = 0; field < this.keptFields; field++) {
        const packed = given === 0 ? Number.NaN : packProbabilities(probabilities, field);
        pending.set(entry, probabilitiesAt + field, packed);
      }
    }
  }

  private probabilitiesOf(entry: number): Float64Array | undefined {
    if (this.keptFields === 0) return undefined;
    for (let field = 0; field < this.keptFields; field++) {
      const packed = this.pending.field(entry, this.probabilitiesAt + field);
      if (Number.isNaN(packed)) return undefined;
      unpackProbabilities(packed, field, this.probabilities);
    }
    return this.probabilities;
  }

  /**
   * Files the batch's predictions under their cohort, version and segments. Comes after counting, which knows the
   * segments. Answers which early labels stopped waiting.
   */
  file(batch: EventBatch, { versionOf, segmentOf, reached }: Filing): SettledLabels {
    const met: EarlyLabel[] = [];
    const expired: EarlyLabel[] = [];
    const revised: EarlyLabel[] = [];
    let now = reached ?? Number.NEGATIVE_INFINITY;
    for (let row = 0; row < batch.rows; row++) {
      // What came before this record has ended the wait of a label, wherever the batch was cut.
      const oldest = (reached === undefined ? batch.recordTime[row] : now) - this.plan.early;
      if (batch.reason[row] !== FUTURE && batch.recordTime[row] > now) now = batch.recordTime[row];
      const entry = this.entries[row];
      if (entry < 0) continue;
      this.pending.set(entry, PREDICTION.version, versionOf[batch.version[row]]);
      for (let g = 0; g < this.groupings; g++) {
        this.pending.set(entry, PREDICTION.segments + g, segmentOf[g][row]);
      }
      this.addToCohort(entry, predictedSlot(this.plan.ruler));
      this.addToCohort(entry, this.delaysAt + DELAYS.predicted);
      for (const label of this.early.take(batch.idHigh[row], batch.idLow[row])) {
        if (label.recordTime < oldest) {
          expired.push(label);
          continue;
        }
        if (this.setTruth(entry, label.truth, label.recordTime)) revised.push(label);
        met.push(label);
      }
    }
    return { met, expired, revised };
  }

  /** Gives up the labels whose wait is over. `now` is the record time that predictions have reached, ms. */
  expireEarly(now: number): SettledLabels {
    return { met: [], expired: this.early.expire(now - this.plan.early), revised: [] };
  }

  /** Counts an early label's truth, in place of the one before; whether there was one. */
  private setTruth(entry: number, truth: number, recordTime: number): boolean {
    const previous = this.pending.field(entry, PREDICTION.truth);
    const isFirst = Number.isNaN(previous);
    if (isFirst) this.addDelay(entry, recordTime);
    else this.addTruth(entry, previous, -1);
    this.pending.set(entry, PREDICTION.truth, truth);
    this.addTruth(entry, truth, 1);
    return !isFirst;
  }

  /** Meets labels with predictions. `openAfter`: outcomes of predictions made before it are no longer counted. */
  label(options: {
    batch: EventBatch;
    found: FoundEntries;
    truth: ArrayLike<number>;
    stream: string;
    openAfter: number;
  }): {
    matched: number;
    waiting: number;
    revised: number;
  } {
    const { batch, openAfter, stream } = options;
    return joinLabels({
      batch,
      found: options.found,
      pending: this.pending,
      truth: options.truth,
      visitor: {
        matched: (entry, previous, row) => {
          if (Number.isNaN(previous)) this.addDelay(entry, batch.recordTime[row]);
          else this.addTruth(entry, previous, -1);
          this.addTruth(entry, this.pending.field(entry, PREDICTION.truth), 1);
        },
        early: (row, truth) =>
          this.early.add({
            high: batch.idHigh[row],
            low: batch.idLow[row],
            truth,
            stream,
            offset: batch.offset[row],
            recordTime: batch.recordTime[row],
          }),
        isOpen: (time) => paneStart(time, this.plan.cohort) + this.plan.cohort > openAfter,
      },
    });
  }

  /** What was written since the last commit, for the store's index. */
  exportEntries(index: string): IndexEntries | undefined {
    if (this.pending.count === 0) return undefined;
    let latest = Number.NEGATIVE_INFINITY;
    for (let entry = 0; entry < this.pending.count; entry++) {
      latest = Math.max(latest, this.pending.field(entry, PREDICTION.time));
    }
    return this.pending.export(index, latest + this.plan.expireAfter);
  }

  settle(): void {
    this.pending.clear();
    this.cohorts.settle();
  }

  private addTruth(entry: number, truth: number, sign: 1 | -1): void {
    const answer = this.pending.field(entry, PREDICTION.answer);
    const code = this.pending.field(entry, PREDICTION.decision);
    const probabilities = this.probabilitiesOf(entry);
    const label = { answer, decision: this.decisionOf(code), truth, probabilities };
    const counted = { ruler: this.plan.ruler, label, sign };
    this.forEachBlock(entry, (blocks, offset) => addLabel(blocks, offset, counted));
  }

  /** In the code of truths; NaN where the model decided nothing that could be one. */
  private decisionOf(code: number): number {
    if (code < 0) return Number.NaN;
    const { classes } = this.plan;
    return classes === undefined ? code : (classes[code] ?? Number.NaN);
  }

  /** Counts how long the first label took that came with a record of `recordTime`, ms. */
  private addDelay(entry: number, recordTime: number): void {
    const delay = recordTime - this.pending.field(entry, PREDICTION.time);
    this.addToCohort(entry, this.delaysAt + delaySlot(delay));
  }

  private addToCohort(entry: number, slot: number): void {
    this.forEachBlock(entry, (blocks, offset) => {
      blocks[offset + slot] += 1;
    });
  }

  /** The blocks of a prediction's cohort: `all`, and its segment of every grouping. */
  private forEachBlock(entry: number, visit: (blocks: Float64Array, offset: number) => void): void {
    const time = this.pending.field(entry, PREDICTION.time);
    const version = this.pending.field(entry, PREDICTION.version);
    const group = this.cohorts.group(paneStart(time, this.plan.cohort), version);
    let offset = this.cohorts.touch(group, 0);
    visit(this.cohorts.blocks, offset);
    for (let g = 0; g < this.groupings; g++) {
      offset = this.cohorts.touch(group, this.pending.field(entry, PREDICTION.segments + g));
      visit(this.cohorts.blocks, offset);
    }
  }
}
