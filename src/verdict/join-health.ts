import { MINUTE } from "../config/quantity.ts";
import type { PaneMeetings } from "../join/open-halves.ts";
import { formatCount, formatShare } from "./quantities.ts";

/** What became of requests and responses in the last ten minutes of event time for which all is known. */
export interface JoinHealth {
  readonly pairs: number;
  readonly orphans: { readonly input: number; readonly output: number };
  /** Of the requests, or of the responses, those that never met their other half, 0 to 1; NaN where there were none. */
  readonly shares: { readonly input: number; readonly output: number };
  /** Present where both sides miss each other: why that may be, in a sentence without its full stop. */
  readonly broken?: string;
}

const SPAN = 10 * MINUTE;
/** Losses are on one side, or few; more than this on both means that halves cannot find each other (STREAMING 22). */
const MOST = 0.2;
/** Fewer halves on a side decide nothing. */
const LEAST = 30;

/** @param meetings of all tasks; panes that are still open must not be among them */
export function judgeJoin(meetings: readonly PaneMeetings[]): JoinHealth {
  const latest = meetings.reduce((last, { start }) => Math.max(last, start), Number.NEGATIVE_INFINITY);
  const counted = { pairs: 0, input: 0, output: 0 };
  for (const { start, pairs, orphans } of meetings) {
    if (start <= latest - SPAN) continue;
    counted.pairs += pairs;
    counted.input += orphans.input;
    counted.output += orphans.output;
  }
  const { pairs, ...orphans } = counted;
  const shareOf = (lost: number): number => lost / (lost + pairs);
  const shares = { input: shareOf(orphans.input), output: shareOf(orphans.output) };
  const isBroken = (["input", "output"] as const).every(
    (side) => shares[side] > MOST && orphans[side] + pairs >= LEAST,
  );
  if (!isBroken) return { pairs, orphans, shares };
  const broken =
    `${formatShare(shares.input)} of ${formatCount(orphans.input + pairs)} requests and ` +
    `${formatShare(shares.output)} of ${formatCount(orphans.output + pairs)} responses did not find each other: either their ` +
    "ids are not the same (look at map.id), or they come in two topics that are not partitioned alike (other partition counts, " +
    "or producers with another partitioner)";
  return { pairs, orphans, shares, broken };
}
