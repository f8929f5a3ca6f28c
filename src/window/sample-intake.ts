import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { LEAST_SAMPLE_ROWS, SAMPLE_ROWS, type LearningPlan } from "./learning-plan.ts";
import { RowRank } from "./row-rank.ts";
import { packSampled, sampleRow, unpackSampled, type SampledRow } from "./sampled-rows.ts";

/** How far a task has come with its sample, as its record keeps it; the rows stand in its panes. */
export interface SampleRecord {
  /** Of the plan. */
  readonly id: string;
  /** Start of the first pane, ms. */
  readonly begin: number;
  /** Rows by how many zero bits their rank begins with. */
  readonly byLevel: readonly number[];
}

/**
 * What one task keeps of a model that learns its reference: by pane, the rows whose ranks are among the smallest so far. A row
 * that is not can never be among the smallest of all, so that what is kept grows with the logarithm of the rows only.
 */
export class SampleIntake {
  private readonly learning: LearningPlan;
  private readonly rank = new RowRank();
  private readonly panes = new Map<number, SampledPane>();
  private begin = Number.NaN;
  private readonly byLevel = new Float64Array(LEVELS);
  private count = 0;
  /** Rows of a lower level are not kept any more: SAMPLE_ROWS of this one or above have come. */
  private level = 0;
  /** Rows above it. */
  private above = 0;
  private last: { readonly start: number; readonly pane: SampledPane } | undefined;

  constructor(learning: LearningPlan) {
    this.learning = learning;
  }

  /** Looks at the measured rows of a batch; `starts` is NaN for rows of no pane. */
  take(batch: EventBatch, starts: Float64Array, { stream, partition }: Coordinates): void {
    this.rank.begin(stream, partition);
    const isFault = faultsOf(batch);
    for (let row = 0; row < batch.rows; row++) {
      const start = starts[row];
      if (batch.reason[row] !== 0 || start !== start || !this.isAwaited(start)) continue;
      this.rank.read(batch, row);
      const pane = this.paneAt(start);
      pane.arrived += 1;
      pane.isDirty = true;
      const level = Math.clz32(this.rank.high);
      this.countRow(level);
      if (level < this.level) continue;
      const rank = this.rank.text();
      pane.rows.push(sampleRow(batch, row, { rank, isFault: (column) => isFault(row, column) }));
    }
  }

  /** Calls back with every pane that changed since the last `settle`. */
  forEachChanged(visit: (start: number, packed: Uint8Array) => void): void {
    for (const [start, { arrived, rows, isDirty }] of this.panes)
      if (isDirty) visit(start, packSampled({ arrived: [[start, arrived]], level: this.level, rows }));
  }

  settle(): void {
    for (const pane of this.panes.values()) pane.isDirty = false;
  }

  /** Takes up a stored pane of the task again. */
  restorePane(start: number, packed: Uint8Array): void {
    const { arrived, rows } = unpackSampled(packed);
    this.panes.set(start, { arrived: arrived[0]?.[1] ?? 0, rows: [...rows], isDirty: false });
    this.last = undefined;
  }

  /** Forgets the panes that start before `time`, which is a pane's end. */
  closeBefore(time: number): void {
    this.last = undefined;
    for (const start of this.panes.keys()) if (start < time) this.panes.delete(start);
  }

  export(): SampleRecord | undefined {
    const { begin, byLevel, learning } = this;
    return Number.isNaN(begin) ? undefined : { id: learning.id, begin, byLevel: [...byLevel] };
  }

  /** Brings a fresh one to where its record says it was, unless that is of something else. */
  restore({ id, begin, byLevel }: SampleRecord): void {
    if (id !== this.learning.id) return;
    this.begin = begin;
    for (const [level, rows] of byLevel.entries()) for (let i = 0; i < rows; i++) this.countRow(level);
  }

  /** Rows after the end count for nothing, unless there were too few before it. */
  private isAwaited(start: number): boolean {
    if (Number.isNaN(this.begin)) this.begin = start;
    return start < this.begin + this.learning.span || this.count < LEAST_SAMPLE_ROWS;
  }

  private countRow(level: number): void {
    this.count += 1;
    this.byLevel[level] += 1;
    if (level <= this.level) return;
    this.above += 1;
    if (this.above >= SAMPLE_ROWS) this.raise();
  }

  private raise(): void {
    this.level += 1;
    this.above -= this.byLevel[this.level];
  }

  private paneAt(start: number): SampledPane {
    if (this.last?.start === start) return this.last.pane;
    let pane = this.panes.get(start);
    if (pane === undefined) {
      pane = { arrived: 0, rows: [], isDirty: false };
      this.panes.set(start, pane);
    }
    this.last = { start, pane };
    return pane;
  }
}

/** The half of a rank that is looked at has 32 bits. */
const LEVELS = 33;

type Coordinates = Pick<DecodedRecords, "stream" | "partition">;

interface SampledPane {
  arrived: number;
  readonly rows: SampledRow[];
  isDirty: boolean;
}

function faultsOf({
  faults,
  faultRow,
  faultColumn,
  columns,
}: EventBatch): (row: number, column: number) => boolean {
  const found = new Set<number>();
  for (let i = 0; i < faults; i++) found.add(faultRow[i] * columns.length + faultColumn[i]);
  return (row, column) => found.has(row * columns.length + column);
}
