import type { EventBatch } from "../event/batch.ts";
import { sortFaults } from "../event/columns.ts";
import { reasonCode } from "../event/reason.ts";
import { mixRowHigh, mixRowLow } from "../event/row-id.ts";
import type { IndexEntries } from "./entries.ts";
import type { HalfAnswers } from "./half-answers.ts";
import { contentHash, HALF, markFault, packCells, unpackCells } from "./half-cells.ts";
import { keyHigh, keyLow } from "./half-keys.ts";
import type { JoinPlan, Side } from "./half-plans.ts";
import { DONE, FAILED_CALL, kindOf, MEETING, NONE, OPEN, rowsOf, stateOf } from "./meeting.ts";
import { Meetings, NOWHERE } from "./meetings.ts";
import type { OpenHalves } from "./open-halves.ts";
import { placeOf, type HalfPlace } from "./orphans.ts";
import { VersionNumbers } from "./version-numbers.ts";

const DUPLICATE = reasonCode("duplicate");
const CONFLICT = reasonCode("conflict");
const FAILED = reasonCode("failed");
const OTHER: Readonly<Record<Side, Side>> = { input: "output", output: "input" };
/** What a failed call holds: all are the same. */
const FAILED_CONTENT = -1;

/** What became of a half that was taken: it has a reason, it waits, or it completed a pair. */
export const DROPPED = 0;
export const OPENED = 1;
export const PAIRED = 2;

/** A side's batch in hand. */
interface Taking {
  readonly batch: EventBatch;
  readonly answers: HalfAnswers;
  /** By version code. */
  readonly versions: Int32Array;
  /** The next of the batch's faults. */
  fault: number;
  /** Of the row in hand: what it holds, and whether its call failed... */
  content: number;
  isFailed: boolean;
  /** ...the places of its own key and of its second one, if it has any... */
  own: number;
  neighbour: number;
  /** ...and the position of the key of its other half. */
  partner: number;
}

/**
 * Requests and responses of one model in one task. What waits stands in the store, but for what came since the last commit: so
 * memory holds what one commit covers. Whether a half is a duplicate follows from its own side alone, and of several halves
 * that fit the one that came first on its side is taken: so the pairs are the same however the records of both sides interleave.
 */
export class Halves {
  readonly plan: JoinPlan;
  readonly meetings: Meetings;
  readonly versions = new VersionNumbers();
  /** Halves of the other side that stopped waiting because the half last taken failed: rows of one record. */
  readonly failed: HalfPlace[] = [];
  private readonly open: OpenHalves;
  private readonly words: Readonly<Record<Side, Uint32Array>>;
  private readonly rival: Float64Array;
  private readonly taking: Partial<Record<Side, Taking>> = {};
  /** Offset of the request whose first row met a failed call: its other rows have failed as well. */
  private failing = -1;
  private latest = Number.NEGATIVE_INFINITY;

  constructor(plan: JoinPlan, open: OpenHalves) {
    this.plan = plan;
    this.open = open;
    this.meetings = new Meetings(plan);
    const { input, output } = this.meetings.cells;
    this.words = { input: new Uint32Array(input.buffer), output: new Uint32Array(output.buffer) };
    this.rival = new Float64Array(Math.max(input.length, output.length));
  }

  /** Begins a batch of one side; `take` follows for its rows, in order. */
  begin(side: Side, batch: EventBatch, answers: HalfAnswers): void {
    if (!areFaultsInOrder(batch)) sortFaults(batch);
    const versions = this.versions.of(batch.versions);
    const row = { content: 0, isFailed: false, own: NOWHERE, neighbour: NOWHERE, partner: -1 };
    this.taking[side] = { batch, answers, versions, fault: 0, ...row };
  }

  /**
   * Takes a row that is in time, with no reason to drop it unless its call failed. Writes a complete event to the end of `into`,
   * or the reason into the row's batch, or neither where the half begins to wait.
   */
  take(side: Side, row: number, into: EventBatch): typeof DROPPED | typeof OPENED | typeof PAIRED {
    const taking = this.taking[side];
    if (taking === undefined) throw new Error(`no batch of ${side} halves was begun`);
    const { batch, answers } = taking;
    this.failed.length = 0;
    taking.isFailed = batch.reason[row] === FAILED;
    this.pack(side, taking, row);
    taking.content = taking.isFailed ? FAILED_CONTENT : contentHash(this.words[side]);
    const near = answers.keys.near[row];
    taking.own = this.meetings.locate(answers, row);
    taking.neighbour = near < 0 ? NOWHERE : this.meetings.locate(answers, near);
    const first = this.firstOf(side, row, taking);
    if (first !== NOWHERE) {
      const known = this.meetings.field(first, answers, MEETING[side] + MEETING.content);
      batch.reason[row] = known === taking.content ? DUPLICATE : CONFLICT;
      return DROPPED;
    }
    if (side === "input" && this.isFailing(batch, row)) {
      this.note(side, row, taking, DONE);
      this.open.meet(batch.time[row]);
      batch.reason[row] = FAILED;
      return DROPPED;
    }
    taking.partner = this.partnerOf(OTHER[side], row, taking);
    if (taking.partner >= 0) return this.meet(side, row, taking, into);
    const entry = this.note(side, row, taking, taking.isFailed ? FAILED_CALL : OPEN);
    this.meetings.hold(entry, side);
    this.open.add(side, batch.time[row]);
    batch.reason[row] = 0;
    return OPENED;
  }

  /** What was written since the last commit, for the store's indexes. */
  exportEntries(): IndexEntries[] {
    return this.meetings.export(this.latest + this.plan.age + this.open.pane);
  }

  /** All that was written is committed. */
  settle(): void {
    this.meetings.clear();
  }

  private meet(side: Side, row: number, taking: Taking, into: EventBatch): typeof DROPPED | typeof PAIRED {
    const { batch, answers, partner: position } = taking;
    const other = OTHER[side];
    const place = position === row ? taking.own : taking.neighbour;
    const partner = this.meetings.enter(place, answers, position);
    if (position === row) taking.own = partner;
    const state = this.meetings.field(partner, answers, MEETING[other] + MEETING.state);
    const otherTime = this.meetings.field(partner, answers, MEETING[other] + MEETING.time);
    this.close(partner, other, answers);
    this.note(side, row, taking, DONE);
    const inputTime = side === "input" ? batch.time[row] : otherTime;
    this.open.meet(inputTime);
    if (!taking.isFailed && kindOf(state) !== FAILED_CALL) {
      this.append(batch, row, inputTime, into);
      return PAIRED;
    }
    batch.reason[row] = FAILED;
    this.failed.push(placeOf(otherTime, this.meetings.cells[other]));
    if (side === "input") this.failing = batch.offset[row];
    else this.failRest(taking, { row, position, time: inputTime, rows: rowsOf(state) });
    return DROPPED;
  }

  private pack(side: Side, taking: Taking, row: number): void {
    const { batch, versions } = taking;
    const cells = this.meetings.cells[side];
    cells[HALF.offset] = batch.offset[row];
    cells[HALF.row] = batch.rowInRecord[row];
    cells[HALF.recordTime] = batch.recordTime[row];
    cells[HALF.version] = versions[batch.version[row]];
    packCells(batch, row, cells);
    while (taking.fault < batch.faults && batch.faultRow[taking.fault] < row) taking.fault++;
    for (; taking.fault < batch.faults && batch.faultRow[taking.fault] === row; taking.fault++) {
      markFault(cells, batch.faultColumn[taking.fault]);
    }
  }

  /** Where the first half of this id on the same side stands, if it was recently enough to be the same one. */
  private firstOf(side: Side, row: number, { batch, answers, own, neighbour }: Taking): number {
    if (this.kindAt(own, side, answers) !== NONE) return own;
    if (this.kindAt(neighbour, side, answers) === NONE) return NOWHERE;
    const time = this.meetings.field(neighbour, answers, MEETING[side] + MEETING.time);
    return Math.abs(batch.time[row] - time) <= this.plan.within ? neighbour : NOWHERE;
  }

  /** Whether the row belongs to the request of which the first row met a failed call just now. */
  private isFailing(batch: EventBatch, row: number): boolean {
    if (batch.offset[row] === this.failing && batch.rowsOfRecord[row] === 0) return true;
    this.failing = -1;
    return false;
  }

  /**
   * Position of the key of the half that this one is to meet, and which then is in hand; -1 without one. Of two it is the one
   * that came first.
   */
  private partnerOf(other: Side, row: number, taking: Taking): number {
    const cells = this.meetings.cells[other];
    const isOwn = this.bring(other, row, row, taking);
    const near = taking.answers.keys.near[row];
    if (near < 0) return isOwn ? row : -1;
    if (!isOwn) return this.bring(other, row, near, taking) ? near : -1;
    for (let i = 0; i < cells.length; i++) this.rival[i] = cells[i];
    if (this.bring(other, row, near, taking) && cells[HALF.offset] < this.rival[HALF.offset]) return near;
    for (let i = 0; i < cells.length; i++) cells[i] = this.rival[i];
    return row;
  }

  /** Brings the half of the other side under one of the row's keys to hand, if it waits and is near enough in time. */
  private bring(other: Side, row: number, position: number, taking: Taking): boolean {
    const { batch, answers, own, neighbour } = taking;
    const place = position === row ? own : neighbour;
    const kind = this.kindAt(place, other, answers);
    if (kind !== OPEN && kind !== FAILED_CALL) return false;
    const otherTime = this.meetings.field(place, answers, MEETING[other] + MEETING.time);
    if (Math.abs(batch.time[row] - otherTime) > this.plan.within || otherTime < this.open.expiredThrough)
      return false;
    return this.meetings.bring(place, other, answers, position);
  }

  private kindAt(place: number, side: Side, answers: HalfAnswers): number {
    return kindOf(this.meetings.field(place, answers, MEETING[side] + MEETING.state));
  }

  /** Notes the half under its own key. */
  private note(side: Side, row: number, { batch, answers, content, own }: Taking, kind: number): number {
    const entry = this.meetings.enter(own, answers, row);
    const at = MEETING[side];
    const time = batch.time[row];
    this.meetings.set(entry, at + MEETING.time, time);
    this.meetings.set(entry, at + MEETING.content, content);
    this.meetings.set(entry, at + MEETING.state, stateOf(kind, batch.rowsOfRecord[row]));
    if (time > this.latest) this.latest = time;
    return entry;
  }

  /** The half of a side in this entry no longer waits. */
  private close(entry: number, side: Side, answers: HalfAnswers): void {
    const at = MEETING[side];
    const state = this.meetings.field(entry, answers, at + MEETING.state);
    this.meetings.set(entry, at + MEETING.state, stateOf(DONE, rowsOf(state)));
    this.meetings.release(entry, side);
    this.open.remove(side, this.meetings.field(entry, answers, at + MEETING.time));
  }

  /** The further rows of a request whose call failed, and whose first row has been noted. */
  private failRest(
    { batch, answers }: Taking,
    { row, position, time, rows }: { row: number; position: number; time: number; rows: number },
  ): void {
    const [first] = this.failed;
    const age = Math.floor(time / this.plan.age);
    const from = answers.rest?.keys.from.get(position) ?? Number.NaN;
    for (let k = 1; k < rows; k++) {
      const high = keyHigh(mixRowHigh(batch.idHigh[row], k), age);
      const low = keyLow(mixRowLow(batch.idLow[row], k), age);
      let entry = this.meetings.find(high, low);
      if (entry < 0) entry = this.meetings.enterRest(answers, from + k - 1);
      if (entry < 0 || this.kindAt(entry, "input", answers) !== OPEN) continue;
      if (this.meetings.field(entry, answers, MEETING.input + MEETING.time) !== time) continue;
      this.close(entry, "input", answers);
      this.open.meet(time);
      this.failed.push({ ...first, row: k });
    }
  }

  /** Writes the pair in hand: its time and pane are the input's, its version the output's if that names one. */
  private append(batch: EventBatch, row: number, inputTime: number, into: EventBatch): void {
    const { input, output } = this.meetings.cells;
    const at = into.rows;
    into.offset[at] = batch.offset[row];
    into.recordTime[at] = Math.max(input[HALF.recordTime], output[HALF.recordTime]);
    into.time[at] = inputTime;
    into.reason[at] = 0;
    into.version[at] = output[HALF.version] === 0 ? input[HALF.version] : output[HALF.version];
    into.idHigh[at] = batch.idHigh[row];
    into.idLow[at] = batch.idLow[row];
    into.rowInRecord[at] = batch.rowInRecord[row];
    unpackCells(input, this.plan.halves.input.positions, into);
    unpackCells(output, this.plan.halves.output.positions, into);
    into.rows = at + 1;
  }
}

/** Tensors are read column by column; the row of a half is looked for in one go. */
function areFaultsInOrder({ faults, faultRow }: EventBatch): boolean {
  for (let fault = 1; fault < faults; fault++) if (faultRow[fault] < faultRow[fault - 1]) return false;
  return true;
}
