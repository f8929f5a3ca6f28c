import { DAY, HOUR } from "../config/quantity.ts";
import { pack, unpackInto } from "../counts/packed.ts";
import type { CountingPlan } from "./counting-plan.ts";
import type { PaneValue } from "./pane.ts";
import { paneLayout } from "./task-delta.ts";

/** Longer panes, kept when those that they were added up from are gone; times in ms (STREAMING 27). */
export interface RollUpStep {
  readonly name: "1h" | "1d";
  readonly span: number;
  /** How long after its start such a pane is kept, in event time. */
  readonly keep: number;
}

/** Each is added up from the one before, the first from the panes themselves. */
export const ROLL_UP_STEPS: readonly RollUpStep[] = [
  { name: "1h", span: HOUR, keep: 14 * DAY },
  { name: "1d", span: DAY, keep: 400 * DAY },
];

/** The name under which the store keeps a model's hours or days: the integers are those of its panes. */
export function rollUpLayout(plan: CountingPlan, step: RollUpStep): string {
  return `${paneLayout(plan)}@${step.name}`;
}

/**
 * Adds up the closed panes of one model, all tasks' together, to panes of an hour and of a day, by version and segment. A
 * pane belongs to the hour that it starts in, so that every one is in exactly one; where it does not divide the hour (45m,
 * 6h), the last of an hour reaches beyond its end. A day is always a whole number of panes.
 *
 * All of an hour's panes are closed, and so are what they will ever be, once `closedThrough` has reached its end. The same
 * panes give the same bytes: hours that were written before a crash are written again as they were.
 */
export class RollUp {
  private readonly plan: CountingPlan;
  private readonly levels: readonly Level[];

  constructor(plan: CountingPlan) {
    this.plan = plan;
    this.levels = ROLL_UP_STEPS.map((step) => ({
      step,
      layout: rollUpLayout(plan, step),
      start: Number.NaN,
      sums: new Map(),
    }));
  }

  /** Takes in panes that have been closed, by start; answers the hours and days that ended by `closedThrough`. */
  add(panes: readonly PaneValue[], closedThrough: number): PaneValue[] {
    const ended: PaneValue[] = [];
    for (const pane of panes) this.addPane(0, pane, ended);
    for (const [position, level] of this.levels.entries()) {
      if (level.start + level.step.span <= closedThrough) this.end(position, ended);
    }
    return ended;
  }

  /** Takes up again, after a restart, what the hour and the day that had not ended by `closedThrough` held. */
  async resume(
    closedThrough: number,
    read: (range: { layout: string; from: number; to: number }) => Promise<readonly PaneValue[]>,
  ): Promise<void> {
    let layout = paneLayout(this.plan);
    let to = closedThrough;
    for (const [position, level] of this.levels.entries()) {
      const from = startOf(level.step, to);
      // All start within one span, so none ends.
      for (const pane of await read({ layout, from, to })) this.addPane(position, pane, []);
      layout = level.layout;
      to = from;
    }
  }

  /** Time goes forward: with the first pane of a span, the span before ends. */
  private addPane(position: number, pane: PaneValue, ended: PaneValue[]): void {
    const level = this.levels[position];
    const start = startOf(level.step, pane.start);
    if (start !== level.start) {
      this.end(position, ended);
      level.start = start;
    }
    const sum = this.sumOf(level, pane);
    unpackInto(pane.packed, sum.counts, 1);
    sum.isEmpty = false;
  }

  private end(position: number, ended: PaneValue[]): void {
    const { layout, start, sums } = this.levels[position];
    const isLast = position === this.levels.length - 1;
    for (const [version, bySegment] of sums) {
      for (const [segment, sum] of bySegment) {
        if (sum.isEmpty) continue;
        const pane = { layout, version, segment, start, packed: pack(sum.counts) };
        ended.push(pane);
        if (!isLast) this.addPane(position + 1, pane, ended);
        sum.counts.fill(0);
        sum.isEmpty = true;
      }
    }
  }

  private sumOf({ sums }: Level, { version, segment }: PaneValue): Sum {
    let bySegment = sums.get(version);
    if (bySegment === undefined) {
      bySegment = new Map();
      sums.set(version, bySegment);
    }
    let sum = bySegment.get(segment);
    if (sum === undefined) {
      sum = { counts: new Float64Array(this.plan.layout.stride), isEmpty: true };
      bySegment.set(segment, sum);
    }
    return sum;
  }
}

interface Level {
  readonly step: RollUpStep;
  readonly layout: string;
  /** Of the span that is being added up; NaN before the first. */
  start: number;
  /** By version, then segment: as many as the model admits. Kept for the next span, since it will hold the same ones. */
  readonly sums: Map<string, Map<string, Sum>>;
}

interface Sum {
  readonly counts: Float64Array;
  isEmpty: boolean;
}

function startOf({ span }: RollUpStep, time: number): number {
  return Math.floor(time / span) * span;
}
