import type { ReviewSinkConfig } from "../config/config.ts";
import { awakeAt, type Tick } from "../config/tick.ts";
import type { Log } from "../runtime/log.ts";
import type { ReviewedSpan } from "../window/review-plan.ts";
import type { ShownSink } from "./metrics.ts";
import type { Send } from "./quarantine-topic.ts";
import { reviewItems, type ReviewItem } from "./review-item.ts";
import { createReviewSink, type ReviewSink } from "./review-sinks.ts";
import { reasonOf, waitAfter } from "./retry.ts";

/** Events for review wait here until their sink has taken them: in order, at least once. */
export interface ReviewOutbox {
  /** To be recorded, together with `encode()`, before they are delivered. */
  add(spans: readonly ReviewedSpan[]): void;
  /** Tries what is due, one call at a time. Never rejects; true if `encode()` has changed. */
  deliver(tick: Tick): Promise<boolean>;
  encode(): Uint8Array;
  /** Takes up what was recorded; undefined: nothing was. */
  restore(recorded: Uint8Array | undefined): void;
  counts(): readonly ShownSink[];
  close(): Promise<void>;
}

interface Lane {
  readonly name: string;
  readonly sink: ReviewSink;
  pending: ReviewItem[];
  attempts: number;
  notBefore: number;
  delivered: number;
  failed: number;
  skipped: number;
}

const BATCH = 100;
const MOST_PENDING = 10_000;

/** @param options.placeOf the name of the sink that the events of a model's rule go to; undefined where the rule is gone */
export function createReviewOutbox(options: {
  readonly sinks: Readonly<Record<string, ReviewSinkConfig>>;
  readonly placeOf: (model: string, review: string) => string | undefined;
  readonly send?: Send;
  readonly log: Log;
}): ReviewOutbox {
  const { log, placeOf } = options;
  const lanes = Object.entries(options.sinks).map(([name, config]) =>
    createLane(name, createReviewSink(config, options.send)),
  );
  let delivering: Promise<boolean> | undefined;

  const deliverAll = async (tick: Tick): Promise<boolean> => {
    const changed = await Promise.all(lanes.map((lane) => deliverLane(lane, tick, log)));
    return changed.includes(true);
  };

  return {
    add(spans) {
      for (const span of spans) {
        const place = placeOf(span.model, span.review);
        const lane = lanes.find(({ name }) => name === place);
        if (lane === undefined) continue;
        lane.pending.push(...reviewItems(span));
        const excess = lane.pending.length - MOST_PENDING;
        if (excess <= 0) continue;
        lane.pending.splice(0, excess);
        lane.skipped += excess;
        log.error(
          { sink: lane.name, lost: excess },
          "the sink takes nothing; its oldest events are given up",
        );
      }
    },
    deliver(tick) {
      delivering ??= deliverAll(tick).finally(() => {
        delivering = undefined;
      });
      return delivering;
    },
    encode: () =>
      new TextEncoder().encode(
        JSON.stringify(Object.fromEntries(lanes.map(({ name, pending }) => [name, pending]))),
      ),
    restore(recorded) {
      // Written by encode, under the store's checksum.
      const state =
        recorded === undefined
          ? {}
          : (JSON.parse(new TextDecoder().decode(recorded)) as Readonly<Record<string, ReviewItem[]>>);
      for (const lane of lanes) lane.pending = [...(state[lane.name] ?? [])];
    },
    counts: () =>
      lanes.map(({ name, pending, delivered, failed, skipped }) => {
        return { sink: `review ${name}`, pending: pending.length, delivered, failed, refused: 0, skipped };
      }),
    async close() {
      for (const { sink } of lanes) await sink.close();
    },
  };
}

function createLane(name: string, sink: ReviewSink): Lane {
  return { name, sink, pending: [], attempts: 0, notBefore: 0, delivered: 0, failed: 0, skipped: 0 };
}

async function deliverLane(lane: Lane, tick: Tick, log: Log): Promise<boolean> {
  let changed = false;
  while (lane.pending.length > 0 && lane.notBefore <= awakeAt(tick)) {
    const batch = lane.pending.slice(0, BATCH);
    try {
      await lane.sink.deliver(batch);
    } catch (error) {
      lane.failed += 1;
      lane.attempts += 1;
      lane.notBefore = awakeAt(tick) + waitAfter(error, lane.attempts);
      const fields = { sink: lane.name, attempts: lane.attempts, reason: reasonOf(error) };
      const message = "events for review not delivered; they are kept, and tried again until they are";
      if (lane.attempts === 1) log.warn(fields, message);
      else log.debug(fields, message);
      return changed;
    }
    changed = true;
    if (lane.attempts > 0)
      log.info({ sink: lane.name, attempts: lane.attempts }, "events for review are taken again");
    lane.attempts = 0;
    lane.delivered += batch.length;
    // Not by count: while the sink was busy, add() may have given up the oldest.
    const done = new Set(batch);
    lane.pending = lane.pending.filter((item) => !done.has(item));
  }
  return changed;
}
