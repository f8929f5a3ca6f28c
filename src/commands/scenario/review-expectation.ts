import { formatDuration } from "../../config/quantity.ts";
import { formatCount, formatScore } from "../../verdict/quantities.ts";
import { plural } from "../text.ts";
import type { Occasion } from "./expectation.ts";
import { formatMoment } from "./moment.ts";
import type { Reviewed } from "./reviewed-rows.ts";
import type { Bounds, ReviewExpectation } from "./scenario.ts";

/** What was expected of rules that pick events and did not come, each a sentence. */
export function findReviewProblems(
  expectations: readonly ReviewExpectation[],
  found: readonly Reviewed[],
  occasion: Occasion,
): string[] {
  return expectations.flatMap((expectation) => {
    const reviewed = found.find(({ review }) => review === expectation.review);
    if (reviewed === undefined) return [];
    const texts = expectation.never
      ? judgeNever(reviewed, occasion)
      : [...judgePicked(expectation, reviewed, occasion), ...judgeShare(expectation, reviewed, occasion)];
    return texts.map((text) => `${expectation.review}: ${text}`);
  });
}

/** A span of a rule's atMost. */
interface ReviewSpan {
  readonly start: number;
  /** NaN where nobody knows. */
  readonly rows: number;
  readonly meeting: number;
  /** As many of them as the rule lets through. */
  readonly picked: number;
}

/**
 * The spans that lie wholly between the first change, or what the expectation counts from, and the end. Recorded files seldom begin and
 * end with a span: of these it is all.
 */
export function spansOf(
  { after }: Pick<ReviewExpectation, "after">,
  { slices, most, per, rows: recorded }: Reviewed,
  { start, end, change }: Occasion,
): ReviewSpan[] {
  const isRecorded = recorded !== undefined;
  const base = after === undefined ? change : start + after;
  const round = isRecorded && after === undefined ? Math.floor : Math.ceil;
  const last = isRecorded ? end : end - per;
  const spans: ReviewSpan[] = [];
  for (let from = round(base / per) * per; from <= last; from += per) {
    const own = slices.filter((slice) => slice.start >= from && slice.start < from + per);
    const meeting = own.reduce((sum, slice) => sum + slice.meeting, 0);
    const rows = isRecorded ? Number.NaN : own.reduce((sum, slice) => sum + slice.rows, 0);
    spans.push({ start: from, rows, meeting, picked: Math.min(most, meeting) });
  }
  return spans;
}

function judgePicked(expectation: ReviewExpectation, reviewed: Reviewed, occasion: Occasion): string[] {
  const { picked: bounds } = expectation;
  if (bounds === undefined) return [];
  const each = formatDuration(reviewed.per);
  const wanted = `expected ${describeBounds(bounds, formatCount)} picked in each ${each}`;
  const spans = spansOf(expectation, reviewed, occasion);
  if (spans.length === 0) return [`${wanted}, and there is no whole ${each} to look at`];
  const { atLeast = 0, atMost = Number.POSITIVE_INFINITY } = bounds;
  const wrong = spans.filter(({ picked }) => picked < atLeast || picked > atMost);
  const [first] = wrong;
  if (first === undefined) return [];
  const { start, rows, meeting, picked } = first;
  const among = Number.isNaN(rows)
    ? formatCount(meeting)
    : `${formatCount(meeting)} of ${formatCount(rows)} rows`;
  const at = `in the one from ${formatMoment(start, occasion)}`;
  const more = spans.length === 1 ? "" : `; so in ${wrong.length} of ${spans.length}`;
  return [`${wanted}, but ${formatCount(picked)} were ${at} (${among} meet its conditions)${more}`];
}

function judgeShare(expectation: ReviewExpectation, reviewed: Reviewed, occasion: Occasion): string[] {
  const { share: bounds, after } = expectation;
  if (bounds === undefined) return [];
  const base = after === undefined ? occasion.change : occasion.start + after;
  const isRecorded = reviewed.rows !== undefined;
  const slices = reviewed.slices.filter(({ start }) => isRecorded || start >= base);
  const meeting = slices.reduce((sum, slice) => sum + slice.meeting, 0);
  const rows = reviewed.rows ?? slices.reduce((sum, slice) => sum + slice.rows, 0);
  const wanted = `expected ${describeBounds(bounds, formatScore)} of all rows to meet its conditions`;
  if (rows === 0) return [`${wanted}, but there were no rows`];
  const share = meeting / rows;
  const { atLeast = 0, atMost = 1 } = bounds;
  if (share >= atLeast && share <= atMost) return [];
  return [`${wanted}, but ${formatScore(share)} do (${formatCount(meeting)} of ${formatCount(rows)})`];
}

function judgeNever({ slices }: Reviewed, occasion: Occasion): string[] {
  const first = slices.find(({ meeting }) => meeting > 0);
  if (first === undefined) return [];
  const meeting = slices.reduce((sum, slice) => sum + slice.meeting, 0);
  const from = formatMoment(first.start, occasion);
  return [
    `expected to pick nothing, but its conditions are met from ${from} on (by ${plural(meeting, "row")})`,
  ];
}

/** `at least 5`, `at most 60`, `5 to 60`. */
function describeBounds({ atLeast, atMost }: Bounds, format: (value: number) => string): string {
  if (atLeast === undefined) return `at most ${format(atMost ?? Number.NaN)}`;
  if (atMost === undefined) return `at least ${format(atLeast)}`;
  return atLeast === atMost ? `exactly ${format(atLeast)}` : `${format(atLeast)} to ${format(atMost)}`;
}
