import { MINUTE } from "../config/quantity.ts";
import { SIDES, type Side } from "./half-plans.ts";

/** What became of the halves of one pane: those of a pair stand where its input does. */
export interface PaneMeetings {
  /** Start of the pane, ms since the epoch. */
  readonly start: number;
  /** Requests that met their response, also a failed one. */
  pairs: number;
  /** Halves given up without their other half. */
  readonly orphans: Record<Side, number>;
}

/** As the task's record keeps it. */
export interface OpenHalvesRecord {
  readonly expiredThrough: number | null;
  /** Pairs of pane start and count. */
  readonly open: Readonly<Record<Side, readonly (readonly [start: number, count: number])[]>>;
  readonly meetings: readonly PaneMeetings[];
}

/** How long it is remembered what became of halves, in event time up to the last expiry, ms. */
const REMEMBERED = 10 * MINUTE;

/**
 * How many halves of a model wait, by the pane of their own event time: enough to give up exactly those whose time has come,
 * without ever looking for them.
 */
export class OpenHalves {
  /** Halves of panes that end at or before this were given up, ms: a multiple of the pane, or infinite. */
  expiredThrough = Number.NEGATIVE_INFINITY;
  /** ms */
  readonly pane: number;
  private readonly open: Readonly<Record<Side, Map<number, number>>> = {
    input: new Map(),
    output: new Map(),
  };
  private readonly meetings = new Map<number, PaneMeetings>();

  /** @param pane ms */
  constructor(pane: number) {
    this.pane = pane;
  }

  /** A half of this event time begins to wait. */
  add(side: Side, time: number): void {
    this.count(side, time, 1);
  }

  /** A half of this event time no longer waits. */
  remove(side: Side, time: number): void {
    this.count(side, time, -1);
  }

  /** An input of this event time met its output. */
  meet(time: number): void {
    this.meetingsOf(this.startOf(time)).pairs += 1;
  }

  /**
   * Gives up what waits in panes that end at or before `through`, ms; answers how many halves that were, and tells `gone` of them
   * pane by pane.
   */
  expire(through: number, gone?: (side: Side, start: number, count: number) => void): Record<Side, number> {
    const expired = { input: 0, output: 0 };
    if (through <= this.expiredThrough) return expired;
    this.expiredThrough = through;
    for (const side of SIDES) {
      for (const [start, count] of this.open[side]) {
        if (start + this.pane > through) continue;
        this.open[side].delete(start);
        this.meetingsOf(start).orphans[side] += count;
        expired[side] += count;
        gone?.(side, start, count);
      }
    }
    this.forget();
    return expired;
  }

  /** What became of the halves of the panes that were given up last: ten minutes of them. */
  expired(): readonly PaneMeetings[] {
    return [...this.meetings.values()].filter(({ start }) => start + this.pane <= this.expiredThrough);
  }

  export(): OpenHalvesRecord {
    const { expiredThrough, open, meetings } = this;
    return {
      expiredThrough: Number.isFinite(expiredThrough) ? expiredThrough : null,
      open: { input: [...open.input], output: [...open.output] },
      meetings: [...meetings.values()],
    };
  }

  restore(record: OpenHalvesRecord): void {
    this.expiredThrough = record.expiredThrough ?? Number.NEGATIVE_INFINITY;
    for (const side of SIDES)
      for (const [start, count] of record.open[side]) this.open[side].set(start, count);
    for (const { start, pairs, orphans } of record.meetings)
      this.meetings.set(start, { start, pairs, orphans: { ...orphans } });
  }

  private count(side: Side, time: number, change: 1 | -1): void {
    const start = this.startOf(time);
    const count = (this.open[side].get(start) ?? 0) + change;
    if (count === 0) this.open[side].delete(start);
    else this.open[side].set(start, count);
  }

  private startOf(time: number): number {
    return Math.floor(time / this.pane) * this.pane;
  }

  private meetingsOf(start: number): PaneMeetings {
    let found = this.meetings.get(start);
    if (found === undefined) {
      found = { start, pairs: 0, orphans: { input: 0, output: 0 } };
      this.meetings.set(start, found);
    }
    return found;
  }

  private forget(): void {
    const latest = Math.max(
      ...[...this.meetings.keys()].filter((start) => start + this.pane <= this.expiredThrough),
    );
    for (const start of this.meetings.keys()) if (start <= latest - REMEMBERED) this.meetings.delete(start);
  }
}
