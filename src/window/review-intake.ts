import { RARE_CATEGORY, shownCategory } from "../counts/categories.ts";
import { openBytes, packBytes } from "../counts/packed.ts";
import type { BatchColumn, DecodedRecords, EventBatch } from "../event/batch.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { RowRank } from "./row-rank.ts";
import { segmentName } from "./segments.ts";
import type { ReviewCondition, ReviewedEvent, ReviewPlan } from "./review-plan.ts";

/**
 * One model's picks in the open spans of one task: of all events that meet a rule's conditions those with the smallest hashes,
 * so that neither the order in which they come nor how they are cut into batches or tasks decides which they are.
 */
export class ReviewIntake {
  private readonly plan: CountingPlan;
  private readonly reviews: readonly ReviewPlan[];
  /** By rule, then by start of the span. */
  private readonly spans: readonly Map<number, ReviewSpan>[];
  private readonly rank = new RowRank();

  constructor(plan: CountingPlan, reviews: readonly ReviewPlan[]) {
    this.plan = plan;
    this.reviews = reviews;
    this.spans = reviews.map(() => new Map<number, ReviewSpan>());
  }

  /**
   * Looks at the measured rows of a batch, after they were counted; `starts` is NaN for rows of no pane. `from` is the stream whose
   * offsets the batch has (of an event that two halves made, that of the second one), and what reads its records again.
   */
  pick(batch: EventBatch, starts: Float64Array, from: PickedFrom): void {
    const { stream, partition, fields } = from;
    this.rank.begin(stream, partition);
    for (const [position, review] of this.reviews.entries()) {
      const spans = this.spans[position];
      for (let row = 0; row < batch.rows; row++) {
        const start = starts[row];
        if (batch.reason[row] !== 0 || start !== start) continue;
        if (!meetsAny(batch, row, review)) continue;
        this.rank.read(batch, row);
        const span = spanAt(spans, Math.floor(start / review.per) * review.per);
        if (!this.mayEnter(span, review.most)) continue;
        const place = { stream, partition, offset: batch.offset[row], row: batch.rowInRecord[row] };
        const event = { ...this.describe(batch, row, review), ...place, ...idOf(fields, batch, row) };
        enter(span, { rank: this.rank.text(), ...event }, review.most);
      }
    }
  }

  /** Calls back with every span that changed since the last `settle`. */
  forEachChanged(visit: (review: ReviewPlan, start: number, packed: Uint8Array) => void): void {
    for (const [position, review] of this.reviews.entries()) {
      for (const [start, { events, isDirty }] of this.spans[position]) {
        if (isDirty) visit(review, start, packReviewed(events));
      }
    }
  }

  settle(): void {
    for (const spans of this.spans) for (const span of spans.values()) span.isDirty = false;
  }

  /** Takes up a stored span of the task again. */
  restore(review: string, start: number, packed: Uint8Array): void {
    const position = this.reviews.findIndex(({ name }) => name === review);
    if (position < 0) return;
    const span = spanAt(this.spans[position], start);
    for (const event of unpackReviewed(packed)) enter(span, event, this.reviews[position].most);
    span.isDirty = false;
  }

  /** Forgets the spans that end at or before `time`. */
  closeBefore(time: number): void {
    for (const [position, { per }] of this.reviews.entries()) {
      const spans = this.spans[position];
      for (const start of spans.keys()) if (start + per <= time) spans.delete(start);
    }
  }

  private mayEnter({ events, high, low }: ReviewSpan, most: number): boolean {
    const { rank } = this;
    return events.length < most || rank.high < high || (rank.high === high && rank.low < low);
  }

  private describe(
    batch: EventBatch,
    row: number,
    review: ReviewPlan,
  ): Pick<ReviewedEvent, "time" | "version" | "score" | "why" | "values"> {
    const score = review.score < 0 ? undefined : batch.columns[review.score];
    const isScored = score?.type === "number" && isValid(score, row);
    const values: Record<string, number | string> = {};
    for (const position of review.shown) {
      const value = this.valueOf(batch.columns[position], row, position);
      if (value !== undefined) values[batch.plan.columns[position].name] = value;
    }
    return {
      time: batch.time[row],
      version: batch.versions[batch.version[row]],
      ...(isScored && { score: score.values[row] }),
      why: review.conditions.filter((condition) => meets(batch, row, condition)).map(({ why }) => why),
      values,
    };
  }

  private valueOf(column: BatchColumn, row: number, position: number): number | string | undefined {
    if (!isValid(column, row)) return undefined;
    if (column.type === "number") return column.values[row];
    const code = column.codes[row];
    const { name, categories } = this.plan.plan.columns[position];
    // What the reference never had, and what few of its rows had, has no name.
    if (code >= categories.length) return "new";
    const ref = this.plan.columns.find((one) => one.position === position)?.ref;
    if (ref?.kind === "categories") return shownCategory(ref, code);
    // Columns that only say which segment a row is in are not measured.
    const isShown = this.plan.segments.names.includes(segmentName([name], [categories[code]]));
    return isShown ? categories[code] : RARE_CATEGORY;
  }
}

type PickedFrom = Pick<DecodedRecords, "stream" | "partition" | "fields">;

interface ReviewSpan {
  /** By rank, the smallest first. */
  readonly events: ReviewedEvent[];
  /** The halves of the last one's rank. */
  high: number;
  low: number;
  isDirty: boolean;
}

function createSpanOfEvents(): ReviewSpan {
  return { events: [], high: 0, low: 0, isDirty: false };
}

function spanAt(spans: Map<number, ReviewSpan>, start: number): ReviewSpan {
  let span = spans.get(start);
  if (span === undefined) {
    span = createSpanOfEvents();
    spans.set(start, span);
  }
  return span;
}

function enter(span: ReviewSpan, event: ReviewedEvent, most: number): void {
  const { events } = span;
  let at = events.length;
  while (at > 0 && events[at - 1].rank > event.rank) at--;
  // The same event once more: read again, or its id again where nobody looks for duplicates.
  if (at > 0 && events[at - 1].rank === event.rank) return;
  events.splice(at, 0, event);
  if (events.length > most) events.length = most;
  const last = events[events.length - 1].rank;
  span.high = Number.parseInt(last.slice(0, 8), 16);
  span.low = Number.parseInt(last.slice(8), 16);
  span.isDirty = true;
}

function meetsAny(batch: EventBatch, row: number, { conditions }: ReviewPlan): boolean {
  for (const condition of conditions) if (meets(batch, row, condition)) return true;
  return false;
}

function meets(batch: EventBatch, row: number, { kind, columns, low, high }: ReviewCondition): boolean {
  for (const position of columns) {
    const column = batch.columns[position];
    if (!isValid(column, row)) continue;
    if (column.type === "category") {
      if (kind === "novel" && column.codes[row] >= batch.plan.columns[position].categories.length)
        return true;
      continue;
    }
    const value = column.values[row];
    if (kind === "between" && value >= low && value <= high) return true;
    if (kind === "above" && value > low) return true;
    if (kind === "below" && value < high) return true;
  }
  return false;
}

function isValid({ validity }: BatchColumn, row: number): boolean {
  return ((validity[row >> 3] >> (row & 7)) & 1) === 1;
}

/** As labels name it. Read again from the record, which happens for picked events only. */
function idOf(fields: PickedFrom["fields"], batch: EventBatch, row: number): { id?: string } {
  if (fields === undefined || batch.plan.hidesIds === true) return {};
  if (fields.read(batch.offset[row]) === undefined) return {};
  const { example } = fields.origin(batch.offset[row], "");
  if (example === undefined) return {};
  const k = batch.rowInRecord[row];
  return { id: k === 0 ? example : `${example}#${k}` };
}

function packReviewed(events: readonly ReviewedEvent[]): Uint8Array {
  return packBytes(new TextEncoder().encode(JSON.stringify(events)));
}

/** The bytes must have passed checkPacked. */
function unpackReviewed(packed: Uint8Array): readonly ReviewedEvent[] {
  // Written by packReviewed and guarded by the pane's checksum.
  return JSON.parse(new TextDecoder().decode(openBytes(packed))) as ReviewedEvent[];
}

/** The picks of one span, over all tasks. */
export function gatherReviewed(
  packed: readonly Uint8Array[],
  { most }: Pick<ReviewPlan, "most">,
): readonly ReviewedEvent[] {
  const span = createSpanOfEvents();
  for (const bytes of packed) for (const event of unpackReviewed(bytes)) enter(span, event, most);
  return span.events;
}
