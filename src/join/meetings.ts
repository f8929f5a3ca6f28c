import type { FoundEntries, IdList, IndexEntries } from "./entries.ts";
import { halfWidth } from "./half-cells.ts";
import type { HalfAnswers } from "./half-answers.ts";
import { SIDES, type JoinPlan, type Side } from "./half-plans.ts";
import { HeldCells } from "./held-cells.ts";
import { FAILED_CALL, kindOf, MEETING, OPEN } from "./meeting.ts";
import { PendingEntries } from "./pending-entries.ts";

/** The place of a key that nobody has met. Places of this commit's entries are 0 and up, those in the store's answer are below. */
export const NOWHERE = -1;
const STORED = -2;

/** After the meeting, by side: the row of the cells of the half that began to wait since the last commit, and 1; 0 without one. */
const HELD: Readonly<Record<Side, number>> = { input: MEETING.width, output: MEETING.width + 1 };

/** The meetings that a commit will write, over those that the store answered of a batch's keys. */
export class Meetings {
  private readonly plan: JoinPlan;
  private readonly pending = new PendingEntries(MEETING.width + 2);
  private readonly held: Readonly<Record<Side, HeldCells>>;
  /** By side, a half in hand. */
  readonly cells: Readonly<Record<Side, Float64Array>>;

  constructor(plan: JoinPlan) {
    this.plan = plan;
    const { input, output } = plan.halves;
    this.cells = {
      input: new Float64Array(halfWidth(input.positions.length)),
      output: new Float64Array(halfWidth(output.positions.length)),
    };
    this.held = {
      input: new HeldCells(this.cells.input.length),
      output: new HeldCells(this.cells.output.length),
    };
  }

  /** Where the key at a position of the batch's list stands. */
  locate({ keys, meetings }: HalfAnswers, position: number): number {
    const entry = this.pending.find(keys.high[position], keys.low[position]);
    if (entry >= 0) return entry;
    return meetings.found[position] === 1 ? STORED - position : NOWHERE;
  }

  field(place: number, { meetings }: HalfAnswers, field: number): number {
    if (place >= 0) return this.pending.field(place, field);
    return place === NOWHERE ? 0 : meetings.fields[(STORED - place) * meetings.width + field];
  }

  set(entry: number, field: number, value: number): void {
    this.pending.set(entry, field, value);
  }

  /** This commit's entry for the key at a position, which stands at that place: made if need be, with what the store knows. */
  enter(place: number, { keys, meetings }: HalfAnswers, position: number): number {
    return place >= 0 ? place : this.enterKey(keys, meetings, position);
  }

  /** The same for a further row of a request; -1 where the store knows nothing of it. */
  enterRest({ rest }: HalfAnswers, position: number): number {
    if (rest === undefined || rest.meetings.found[position] !== 1) return -1;
    return this.enterKey(rest.keys, rest.meetings, position);
  }

  private enterKey(keys: IdList, meetings: FoundEntries, position: number): number {
    const known = this.pending.find(keys.high[position], keys.low[position]);
    if (known >= 0) return known;
    const entry = this.pending.put(keys.high[position], keys.low[position]);
    if (meetings.found[position] === 1) {
      const at = position * meetings.width;
      for (let field = 0; field < MEETING.width; field++)
        this.pending.set(entry, field, meetings.fields[at + field]);
    }
    return entry;
  }

  /** This commit's entry of a key; -1 where there is none. */
  find(high: number, low: number): number {
    return this.pending.find(high, low);
  }

  /** Keeps the half in hand, which begins to wait. */
  hold(entry: number, side: Side): void {
    this.pending.set(entry, HELD[side], this.held[side].hold(this.cells[side]) + 1);
  }

  /** Lets go of the half of a side that waits in this entry. */
  release(entry: number, side: Side): void {
    const row = this.rowOf(entry, side);
    if (row < 0) return;
    this.held[side].release(row);
    this.pending.set(entry, HELD[side], 0);
  }

  /** Brings the half of a side that waits at a place to hand, else as the store answers at the position; false if it is gone. */
  bring(place: number, side: Side, { cells }: HalfAnswers, position: number): boolean {
    const into = this.cells[side];
    const row = place >= 0 ? this.rowOf(place, side) : -1;
    if (row >= 0) {
      this.held[side].read(row, into);
      return true;
    }
    const asked = cells.keys.at.get(position) ?? -1;
    const { found, fields, width } = cells.found;
    if (asked < 0 || found[asked] !== 1 || width !== into.length) return false;
    for (let i = 0; i < into.length; i++) into[i] = fields[asked * width + i];
    return true;
  }

  /** Calls back with every half of a side that this commit will let wait. Its cells are those in hand. */
  forEachHeld(side: Side, visit: (time: number, cells: Float64Array) => void): void {
    const into = this.cells[side];
    for (let entry = 0; entry < this.pending.count; entry++) {
      if (!this.isWaiting(entry, side)) continue;
      this.held[side].read(this.rowOf(entry, side), into);
      visit(this.pending.field(entry, MEETING[side] + MEETING.time), into);
    }
  }

  /** Event time of the half of a side under the id at a position, if it waits: by this commit, else as the store answered. */
  waitsSince(
    side: Side,
    { ids, stored, at }: { readonly ids: IdList; readonly stored: FoundEntries; readonly at: number },
  ): number | undefined {
    const entry = this.pending.find(ids.high[at], ids.low[at]);
    if (entry < 0 && stored.found[at] !== 1) return undefined;
    const fieldAt = (field: number): number =>
      entry < 0
        ? stored.fields[at * stored.width + MEETING[side] + field]
        : this.pending.field(entry, MEETING[side] + field);
    const kind = kindOf(fieldAt(MEETING.state));
    return kind === OPEN || kind === FAILED_CALL ? fieldAt(MEETING.time) : undefined;
  }

  /** Name of the index of meetings, or of the cells of a side's halves. */
  index(of: "meetings" | Side): string {
    const name = of === "meetings" ? "joined" : of === "input" ? "inputs" : "outputs";
    return `${this.plan.plan.model}/${name}/${this.plan.id}`;
  }

  /** What was written since the last commit: all meetings, and the cells of the halves among them that wait. */
  export(expires: number): IndexEntries[] {
    const { pending } = this;
    if (pending.count === 0) return [];
    const all = Array.from({ length: pending.count }, (_, entry) => entry);
    const joined = { index: this.index("meetings"), expires, width: MEETING.width };
    const exported = [pending.exportSome(all, joined)];
    for (const side of SIDES) {
      const waiting = all.filter((entry) => this.isWaiting(entry, side));
      if (waiting.length === 0) continue;
      const held = this.held[side];
      const { width } = held;
      const fields = new Float64Array(waiting.length * width);
      for (let i = 0; i < waiting.length; i++) held.read(this.rowOf(waiting[i], side), fields, i);
      const ids = pending.exportSome(waiting, { index: this.index(side), expires, width: 0 });
      exported.push({ ...ids, fields, width });
    }
    return exported;
  }

  clear(): void {
    this.pending.clear();
    for (const side of SIDES) this.held[side].clear();
  }

  private isWaiting(entry: number, side: Side): boolean {
    const kind = kindOf(this.pending.field(entry, MEETING[side] + MEETING.state));
    return (kind === OPEN || kind === FAILED_CALL) && this.rowOf(entry, side) >= 0;
  }

  /** Where the cells of an entry's half are held; -1 where they are not. */
  private rowOf(entry: number, side: Side): number {
    return this.pending.field(entry, HELD[side]) - 1;
  }
}
