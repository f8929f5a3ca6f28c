import type { Config } from "../config/config.ts";
import type { Tick } from "../config/tick.ts";
import type { ShownSink } from "../publish/metrics.ts";
import { createOutbox } from "../publish/outbox.ts";
import { decodeOutbox, encodeOutbox } from "../publish/outbox-state.ts";
import type { Send } from "../publish/quarantine-topic.ts";
import type { ReportMessage } from "../publish/report-message.ts";
import { createReportOutbox } from "../publish/report-outbox.ts";
import { createReviewOutbox } from "../publish/review-outbox.ts";
import { createSinks } from "../publish/sinks.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Log } from "../runtime/log.ts";
import type { Alert, Transition } from "../verdict/alert.ts";
import type { ReviewedSpan } from "../window/review-plan.ts";

/** All that waits to be told: alerts, events for review, and reports. What is added is recorded, by name, before it is delivered. */
export interface Outboxes {
  addTransitions(transitions: readonly Transition[]): void;
  addReviewed(spans: readonly ReviewedSpan[]): void;
  addReport(message: ReportMessage): void;
  /** Tries what is due. Never rejects; true if `save()` has changed. */
  deliver(tick: Tick): Promise<boolean>;
  /** Says again what fires; true as above. `judgedAt` is the newest event time judged. */
  refresh(firing: readonly Alert[], judgedAt: number, tick: Tick): Promise<boolean>;
  /** What is to be recorded. */
  save(): ReadonlyMap<string, Uint8Array>;
  /** Takes up what was recorded, among whatever else. */
  restore(recorded: ReadonlyMap<string, Uint8Array>): void;
  counts(): readonly ShownSink[];
  close(): Promise<void>;
}

const ALERTS = "outbox";
const REVIEWS = "reviews";
const REPORTS = "reports";

export function createOutboxes(options: {
  readonly config: Pick<Config, "publish" | "reports">;
  /** Those that are judged now. */
  readonly models: () => readonly FittedModel[];
  readonly send?: Send;
  readonly log: Log;
}): Outboxes {
  const { models, send, log } = options;
  const { publish: config, reports: reported = [] } = options.config;
  const sinks = createSinks({ config, ...(send && { send }), log });
  const alerts = createOutbox({ sinks, maxAge: config.maxAge, log });
  const reviews = createReviewOutbox({
    sinks: config.review ?? {},
    placeOf: (model, review) => placeOf(models(), model, review),
    ...(send && { send }),
    log,
  });
  const reports = createReportOutbox({ reports: reported, publish: config, ...(send && { send }), log });
  const hasReviews = config.review !== undefined;
  return {
    addTransitions: (transitions) => alerts.add(transitions),
    addReviewed: (spans) => reviews.add(spans),
    addReport: (message) => reports.add(message),
    async deliver(tick) {
      const changed = await Promise.all([alerts, reviews, reports].map((outbox) => outbox.deliver(tick)));
      return changed.includes(true);
    },
    refresh: (firing, judgedAt, tick) => alerts.refresh(firing, judgedAt, tick),
    save: () =>
      new Map([
        [ALERTS, encodeOutbox(alerts.state())],
        ...(hasReviews ? [[REVIEWS, reviews.encode()] as const] : []),
        ...(reported.length > 0 ? [[REPORTS, reports.encode()] as const] : []),
      ]),
    restore(recorded) {
      const blob = recorded.get(ALERTS);
      alerts.restore(blob === undefined ? undefined : decodeOutbox(blob));
      reviews.restore(recorded.get(REVIEWS));
      reports.restore(recorded.get(REPORTS));
    },
    counts: () => [...alerts.counts(), ...reviews.counts(), ...reports.counts()],
    async close() {
      for (const sink of sinks.toReversed()) await sink.close();
      await reviews.close();
      await reports.close();
    },
  };
}

/** Which sink the events that a rule picks go to. */
function placeOf(models: readonly FittedModel[], model: string, review: string): string | undefined {
  const fitted = models.find((candidate) => candidate.model.name === model);
  return fitted?.model.reviews?.find((rule) => rule.review === review)?.to;
}
