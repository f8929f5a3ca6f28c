import type { ReviewedEvent, ReviewedSpan } from "../window/review-plan.ts";

/** An event for people to look at, as it goes out. */
export interface ReviewItem {
  /** The same for the same event, however often it is delivered. */
  readonly key: string;
  readonly review: string;
  readonly model: string;
  readonly version?: string;
  /** RFC 3339. */
  readonly time: string;
  readonly why: readonly string[];
  readonly score?: number;
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
  readonly row: number;
  readonly id?: string;
  /** Values of the columns that the rule shows. */
  readonly columns?: Readonly<Record<string, number | string>>;
}

export function reviewItems({ model, review, start, events }: ReviewedSpan): ReviewItem[] {
  return events.map((event) => {
    const { stream, partition, offset, row, rank } = event;
    // Not by its place: of two halves either may come second when they are read again.
    const key = [model, review, new Date(start).toISOString(), rank].join("/");
    return { key, review, model, ...describe(event), stream, partition, offset, row, ...shown(event) };
  });
}

function describe({
  version,
  time,
  why,
  score,
}: ReviewedEvent): Pick<ReviewItem, "version" | "time" | "why" | "score"> {
  return {
    ...(version !== "" && { version }),
    time: new Date(time).toISOString(),
    why,
    ...(score !== undefined && { score }),
  };
}

function shown({ id, values }: ReviewedEvent): Pick<ReviewItem, "id" | "columns"> {
  return { ...(id !== undefined && { id }), ...(Object.keys(values).length > 0 && { columns: values }) };
}
