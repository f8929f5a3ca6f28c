import type { EventBatch } from "../event/batch.ts";
import { createBatch, resetBatch } from "../event/columns.ts";
import { reasonCode } from "../event/reason.ts";
import type { FoundEntries } from "../join/entries.ts";
import type { HalfAnswers } from "../join/half-answers.ts";
import { HALF } from "../join/half-cells.ts";
import { planJoin, SIDES, type JoinPlan, type Side } from "../join/half-plans.ts";
import { Halves, OPENED, PAIRED } from "../join/halves.ts";
import type { HalfPlace } from "../join/orphans.ts";
import { OpenHalves, type OpenHalvesRecord } from "../join/open-halves.ts";
import type { CountingPlan } from "./counting-plan.ts";

const INVALID = reasonCode("invalid");
const FAILED = reasonCode("failed");
/** In place of a row's position: it is no pair. */
const NO_PAIR = -1;

/** Fields of each pair's `waited`. */
const WAITED = { offset: 0, row: 1, recordTime: 2, width: 3 } as const;

/** A model's join as the task's record keeps it; what waits stands in the store. */
export interface ModelJoinRecord {
  readonly open: OpenHalvesRecord;
  readonly versions: readonly string[];
}

/** How far behind the watermark panes of a model close whose halves may be `within` apart, beyond its lateness: whole panes, ms. */
export function joinSpan(within: number, pane: number): number {
  return Math.ceil(within / pane) * pane;
}

/** What became of the halves of one run of records. */
export interface TakenHalves {
  /** Begin to wait. */
  opened: number;
  /** Of the other side: have failed, and waited until now. */
  readonly failed: HalfPlace[];
}

/** The halves of one model in one task, and the complete events that they gave in the call in hand. */
export class ModelJoin {
  readonly plan: JoinPlan;
  readonly open: OpenHalves;
  readonly halves: Halves;
  /** ms */
  readonly span: number;
  /** Complete events, then those that are invalid: a half that says too little to be joined is seen where it came. */
  events: EventBatch;
  /** Start of each event's pane. */
  starts = new Float64Array(0);
  private readonly pane: number;
  private readonly halfStarts: Record<Side, Float64Array> = {
    input: new Float64Array(0),
    output: new Float64Array(0),
  };
  private readonly batches: Partial<Record<Side, EventBatch>> = {};
  /** Of each event: the row that completed it, and of which side; no row where it is an invalid half. */
  private rows = new Int32Array(0);
  private sides: Side[] = [];
  /** Of each pair: where the half that waited stood. */
  private waited = new Float64Array(0);

  /** @param within ms */
  constructor({ plan, pane }: CountingPlan, within: number) {
    this.plan = planJoin(plan, within);
    this.pane = pane;
    this.span = joinSpan(within, pane);
    this.open = new OpenHalves(pane);
    this.halves = new Halves(this.plan, this.open);
    this.events = this.createEvents(FIRST_CAPACITY);
  }

  /** Forgets the events of the last call and makes room for as many as these rows may give. */
  reserve(rows: number): void {
    if (rows > this.events.capacity)
      this.events = this.createEvents(Math.max(rows, 2 * this.events.capacity));
    resetBatch(this.events, rows);
    if (this.rows.length < this.events.capacity) {
      this.rows = new Int32Array(this.events.capacity);
      this.starts = new Float64Array(this.events.capacity);
      this.waited = new Float64Array(WAITED.width * this.events.capacity);
    }
    this.sides.length = 0;
    for (const side of SIDES) delete this.batches[side];
  }

  /** Begins a batch of one side; admission then writes into `startsOf`, and `take` follows for its rows. */
  begin(side: Side, batch: EventBatch, answers: HalfAnswers): void {
    this.batches[side] = batch;
    this.halves.begin(side, batch, answers);
  }

  /** Where admission writes the pane of each row of a side's batch. */
  startsOf(side: Side, rows: number): Float64Array {
    if (this.halfStarts[side].length < rows) this.halfStarts[side] = new Float64Array(2 * rows);
    return this.halfStarts[side];
  }

  /** Takes an admitted row, adding to `taken` what became of it and of others. */
  take(side: Side, batch: EventBatch, row: number, taken: TakenHalves): void {
    const reason = batch.reason[row];
    const start = this.halfStarts[side][row];
    const { events } = this;
    if (reason === INVALID && start === start) {
      this.addInvalid(side, batch, row);
    } else if (reason === 0 || (reason === FAILED && side === "output")) {
      const fate = this.halves.take(side, row, events);
      if (this.halves.failed.length > 0) taken.failed.push(...this.halves.failed);
      if (fate === OPENED) taken.opened += 1;
      if (fate === PAIRED) {
        this.note(side, row, Math.floor(events.time[events.rows - 1] / this.pane) * this.pane);
        this.noteWaited(this.halves.meetings.cells[side === "input" ? "output" : "input"]);
      }
    }
  }

  /** What the store answered about the ids of the halves, by event. */
  found(of: (batch: EventBatch) => FoundEntries): FoundEntries {
    const { rows } = this.events;
    const bySide = Object.values(this.batches).map(of);
    const width = Math.max(0, ...bySide.map((one) => one.width));
    const found = { found: new Uint8Array(rows), fields: new Float64Array(rows * width), width };
    if (width === 0) return found;
    for (let event = 0; event < rows; event++) {
      const batch = this.batches[this.sides[event]];
      const row = this.rows[event];
      if (batch === undefined || row === NO_PAIR) continue;
      const answer = of(batch);
      if (answer.found[row] !== 1) continue;
      found.found[event] = 1;
      for (let k = 0; k < width; k++) found.fields[event * width + k] = answer.fields[row * width + k];
    }
    return found;
  }

  /**
   * Calls back with every pair: the side of the half that completed it, the reason to drop it after all, 0 for none, and which
   * event it is.
   */
  forEachPair(visit: (side: Side, reason: number, event: number) => void): void {
    for (let event = 0; event < this.events.rows; event++) {
      const row = this.rows[event];
      if (row === NO_PAIR) continue;
      const reason = this.events.reason[event];
      const side = this.sides[event];
      const batch = this.batches[side];
      // Whoever asks the batch that brought it is told, too.
      if (reason !== 0 && batch !== undefined) batch.reason[row] = reason;
      visit(side, reason, event);
    }
  }

  /** Where the half of a pair stood that waited for the other one. */
  waitedOf(event: number): Omit<HalfPlace, "time"> {
    const at = WAITED.width * event;
    const [offset, row, recordTime] = this.waited.subarray(at, at + WAITED.width);
    return { offset, row, recordTime };
  }

  export(): ModelJoinRecord {
    return { open: this.open.export(), versions: this.halves.versions.names };
  }

  restore({ open, versions }: ModelJoinRecord): void {
    this.open.restore(open);
    this.halves.versions.restore(versions);
  }

  private note(side: Side, row: number, start: number): void {
    const event = this.events.rows - 1;
    this.rows[event] = row;
    this.sides.push(side);
    this.starts[event] = start;
  }

  private noteWaited(cells: Float64Array): void {
    const at = WAITED.width * (this.events.rows - 1);
    this.waited[at + WAITED.offset] = cells[HALF.offset];
    this.waited[at + WAITED.row] = cells[HALF.row];
    this.waited[at + WAITED.recordTime] = cells[HALF.recordTime];
  }

  private addInvalid(side: Side, batch: EventBatch, row: number): void {
    const { events } = this;
    const event = events.rows++;
    events.offset[event] = batch.offset[row];
    events.recordTime[event] = batch.recordTime[row];
    events.time[event] = batch.time[row];
    events.reason[event] = INVALID;
    events.version[event] = this.halves.versions.of(batch.versions)[batch.version[row]];
    this.note(side, NO_PAIR, this.halfStarts[side][row]);
  }

  private createEvents(capacity: number): EventBatch {
    const { plan } = this.plan;
    const dictionaries = plan.columns.map(({ type, categories }) => {
      if (type === "number") return undefined;
      return { categories: type === "boolean" ? ["false", "true"] : [...categories] };
    });
    return createBatch({ plan, dictionaries, versions: this.halves.versions.names, capacity });
  }
}

/** Most of the models of a stream of many bring little. */
const FIRST_CAPACITY = 16;
