import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { reasonCode } from "../event/reason.ts";
import type { FoundEntries } from "../join/entries.ts";
import type { HalfAnswers } from "../join/half-answers.ts";
import type { Side } from "../join/half-plans.ts";
import { admitRows } from "./admission.ts";
import { bookReasons, bookRecords } from "./booking.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { panesOfLabels } from "./label-panes.ts";
import { refuseEmpty, refuseOrphans } from "./refused-labels.ts";
import type { LateDrop } from "./late-drop.ts";
import type { SettledLabels } from "./outcome-intake.ts";
import { lastPosition, rememberVersion } from "./version-sightings.ts";
import type { PartitionClock } from "./partition-clock.ts";
import {
  beginHalves,
  bookFailed,
  bookPairs,
  bringsSide,
  completedBy,
  expireHalves,
  halfBatchOf,
  takeHalves,
  type Sides,
} from "./task-halves.ts";
import { createTaskModel, type TaskModel } from "./task-model.ts";
import { createProgress, type StreamProgress, type TaskStream } from "./stream-progress.ts";

/** Partition k of all streams that belong together: what it has read, counted and not yet closed. */
export class Task {
  readonly streams: ReadonlyMap<string, StreamProgress>;
  readonly models: ReadonlyMap<string, TaskModel>;
  /** Something changed since the last commit. */
  changed = false;
  /** Rows that waited and were dropped since somebody took them from here. */
  readonly lateDrops: LateDrop[] = [];

  /** @param within the most that two halves of an event may be apart, ms; absent where the streams bring whole ones */
  constructor(streams: readonly TaskStream[], plans: readonly CountingPlan[], within?: number) {
    this.streams = new Map(streams.map((stream) => [stream.name, createProgress(stream)]));
    this.models = new Map(plans.map((plan) => [plan.model, createTaskModel(plan, within)]));
  }

  /**
   * Takes in what one run of records decoded to: admits, joins and counts its rows, and books every one of them. Of halves it
   * answers the events that they complete: `ingestEvents` must follow with those.
   */
  ingest(decoded: DecodedRecords, context: IngestContext): DecodedRecords | undefined {
    const progress = this.progressOf(decoded.stream);
    progress.next = decoded.nextOffset;
    bookRecords(progress.ledger, decoded);
    this.changed = true;
    if (progress.role === "labels") this.ingestLabels(decoded, progress, context);
    else if (decoded.batches.some(({ plan }) => plan.half !== undefined))
      return this.ingestHalves(decoded, progress, context);
    else this.ingestWhole(decoded, progress, context);
    return undefined;
  }

  private ingestWhole(decoded: DecodedRecords, progress: StreamProgress, context: IngestContext): void {
    const models = decoded.batches.map((batch) => this.modelOf(batch));
    const versions = decoded.batches.map((batch) => context.versionOf(batch));
    const before = progress.clock.recordTime;
    for (const [b, { intake }] of models.entries()) intake.reserve(decoded.batches[b].rows);
    const starts = models.map(({ intake }) => intake.starts);
    this.admit(decoded, progress, { context, versions, starts });
    for (const [b, { intake, outcomes, fields, reviews, sample }] of models.entries()) {
      const batch = decoded.batches[b];
      const versionOf = versions[b];
      fields?.count(decoded, b, intake.starts);
      rememberVersion(progress, batch, versionOf, intake.plan.keep);
      outcomes?.join(batch, context.found(batch));
      intake.count(batch, versionOf);
      reviews?.pick(batch, intake.starts, decoded);
      sample?.take(batch, intake.starts, decoded);
      if (outcomes !== undefined) {
        const filed = outcomes.file(batch, { versionOf, segmentOf: intake.segmentOf, reached: before });
        this.bookEarly(intake.plan.model, filed);
      }
      progress.ledger.measured += bookReasons(progress.ledger, batch);
    }
    this.expireEarly(progress.clock.recordTime);
  }

  /** Admits the rows of all batches, and counts what could not be decoded where the rows before it are. */
  private admit(decoded: DecodedRecords, progress: StreamProgress, admission: Admission): void {
    const { context, versions, starts } = admission;
    const models = decoded.batches.map((batch) => this.modelOf(batch));
    admitRows({
      decoded,
      rules: models.map(({ intake: { plan }, join }) => ({
        pane: plan.pane,
        lateness: plan.lateness,
        // Nor can what comes to a pane whose halves were given up meet any of them.
        closedThrough: Math.max(context.closedThrough(plan.model), join?.open.expiredThrough ?? -Infinity),
      })),
      clock: progress.clock,
      starts,
      undecodable: (b, start, row) => {
        const { intake } = models[b];
        // A stream of both sides has two batches of each model.
        if (progress.role === "inference" && decoded.batches[b].plan.half === "output") return;
        const position =
          lastPosition({ batch: decoded.batches[b], versionOf: versions[b], row, keep: intake.plan.keep }) ??
          context.positionOf(intake.plan.model, progress.lastVersion[intake.plan.model]);
        intake.countUndecodable(start, position);
      },
    });
  }

  /** Admits halves and lets them meet; answers the events that they complete. */
  private ingestHalves(
    decoded: DecodedRecords,
    progress: StreamProgress,
    context: IngestContext,
  ): DecodedRecords {
    this.expireHalves((model) => context.closedThrough(model));
    const halves = decoded.batches.map((batch) => halfBatchOf(batch, this.modelOf(batch)));
    const starts = beginHalves(halves, (batch) => context.halves(batch));
    const versions = decoded.batches.map((batch) => context.versionOf(batch));
    this.admit(decoded, progress, { context, versions, starts });
    const taken = takeHalves(decoded, halves);
    for (const [b, { batch, model }] of halves.entries()) {
      model.fields?.count(decoded, b, starts[b]);
      rememberVersion(progress, batch, versions[b], model.intake.plan.keep);
      bookReasons(progress.ledger, batch);
      progress.ledger.waiting += taken[b].opened;
      bookFailed(halves[b], taken[b], this.sides());
    }
    return completedBy(decoded, halves);
  }

  /** Counts the events that halves completed, and books both halves of each. */
  ingestEvents(events: DecodedRecords, context: IngestContext): void {
    for (const batch of events.batches) {
      const { intake, outcomes, join, reviews } = this.modelOf(batch);
      if (join === undefined) continue;
      const versionOf = context.versionOf(batch);
      intake.reserve(batch.rows);
      intake.starts.set(join.starts.subarray(0, batch.rows));
      outcomes?.join(
        batch,
        join.found((half) => context.found(half)),
      );
      intake.count(batch, versionOf);
      reviews?.pick(batch, intake.starts, events);
      if (outcomes !== undefined)
        this.bookEarly(batch.plan.model, outcomes.file(batch, { versionOf, segmentOf: intake.segmentOf }));
      bookPairs(join, this.sides());
    }
    // Before the panes behind them are closed: then the store forgets where they stood.
    this.expireHalves((model) => context.closedThrough(model));
    const reading = this.eventStreams().filter(({ ended, idle }) => !ended && !idle);
    if (reading.length > 0) this.expireEarly(Math.min(...reading.map(({ clock }) => clock.recordTime)));
  }

  /** Gives up the halves that nothing can meet any more. `closedThrough` answers the end of a model's last closed pane. */
  expireHalves(closedThrough: (model: string) => number): void {
    for (const [model, { intake, join }] of this.models) {
      if (join === undefined) continue;
      const streams = this.eventStreams().filter(({ models }) => models.includes(model));
      const parts = { streams, plan: intake.plan, sides: this.sides() };
      const found = expireHalves(join, { ...parts, closedThrough: closedThrough(model) });
      if (found) this.changed = true;
    }
  }

  private eventStreams(): StreamProgress[] {
    return [...this.streams.values()].filter(({ role }) => role !== "labels");
  }

  private sides(): Sides {
    const streamOf = (side: Side): StreamProgress => {
      const progress = this.eventStreams().find((stream) => bringsSide(stream, side));
      if (progress === undefined) throw new Error(`no stream brings a side: ${side}`);
      return progress;
    };
    return { streams: { input: streamOf("input"), output: streamOf("output") }, drops: this.lateDrops };
  }

  private ingestLabels(decoded: DecodedRecords, progress: StreamProgress, context: IngestContext): void {
    const { clock, ledger } = progress;
    for (const [b, batch] of decoded.batches.entries()) {
      advance(clock, batch);
      const { outcomes, fields, intake } = this.modelOf(batch);
      const { model, pane } = intake.plan;
      const closedThrough = context.closedThrough(model);
      fields?.count(decoded, b, panesOfLabels(batch, { streams: this.eventStreams(), pane, closedThrough }));
      const truth = batch.columns[0];
      if (truth === undefined) continue;
      refuseEmpty(batch, truth);
      if (outcomes === undefined) {
        // Nothing is kept of predictions while the model learns its reference.
        refuseOrphans(batch);
        bookReasons(ledger, batch);
        continue;
      }
      const result = outcomes.label({
        batch,
        found: context.found(batch),
        truth: truth.type === "number" ? truth.values : truth.codes,
        stream: progress.name,
        openAfter: context.outcomesOpenAfter(batch.plan.model),
      });
      bookReasons(ledger, batch);
      ledger.measured += result.matched;
      ledger.waiting += result.waiting;
      ledger.revised += result.revised;
    }
  }

  /** Books what was turned away unread: one row for each record that there was no room for, and records too large to be read. */
  turnAway(stream: string, { overflow, oversize }: { overflow: number; oversize: number }): void {
    if (overflow + oversize === 0) return;
    const { ledger } = this.progressOf(stream);
    ledger.received += overflow;
    ledger.dropped.overflow += overflow;
    ledger.oversize += oversize;
    this.changed = true;
  }

  /** Early labels whose wait is over become orphans. `now` is the record time that predictions have reached. */
  expireEarly(now: number): void {
    for (const [model, { outcomes }] of this.models) {
      if (outcomes !== undefined && outcomes.early.count > 0)
        this.bookEarly(model, outcomes.expireEarly(now));
    }
  }

  /** All streams of predictions have ended: no other half will come, and no prediction for the labels that wait. */
  expireAtEnd(): void {
    this.expireHalves(() => Number.NEGATIVE_INFINITY);
    const predictions = [...this.streams.values()].filter(({ role }) => role !== "labels");
    if (predictions.every(({ ended }) => ended)) this.expireEarly(Number.POSITIVE_INFINITY);
  }

  /** Labels that no longer wait, each in the ledger of the stream that brought it. */
  private bookEarly(model: string, { met, expired, revised }: SettledLabels): void {
    for (const { stream } of met) {
      const { ledger } = this.progressOf(stream);
      ledger.waiting -= 1;
      ledger.measured += 1;
    }
    for (const { stream } of revised) this.progressOf(stream).ledger.revised += 1;
    for (const { stream, offset, recordTime } of expired) {
      const { ledger } = this.progressOf(stream);
      ledger.waiting -= 1;
      ledger.dropped["orphan-label"] += 1;
      this.lateDrops.push({ stream, offset, recordTime, reason: "orphan-label", model });
    }
    if (met.length + expired.length > 0) this.changed = true;
  }

  progressOf(stream: string): StreamProgress {
    const progress = this.streams.get(stream);
    if (progress === undefined) throw new Error(`stream ${stream} does not belong to this task`);
    return progress;
  }

  private modelOf(batch: EventBatch): TaskModel {
    const model = this.models.get(batch.plan.model);
    if (model === undefined) throw new Error(`model ${batch.plan.model} does not belong to this task`);
    return model;
  }
}

interface Admission {
  readonly context: IngestContext;
  /** By batch. */
  readonly versions: readonly Int32Array[];
  readonly starts: readonly Float64Array[];
}

/** What ingestion must be told, since it stands outside the task. */
export interface IngestContext {
  /** What the store knows of the batch's ids. */
  found(batch: EventBatch): FoundEntries;
  /** The same of a batch of halves, and of their other halves. */
  halves(batch: EventBatch): HalfAnswers;
  /** The batch's version codes -> positions among the model's admitted versions. */
  versionOf(batch: EventBatch): Int32Array;
  /** The same for one name; the first position where there is none. */
  positionOf(model: string, version: string | undefined): number;
  /** End of the model's last closed pane. */
  closedThrough(model: string): number;
  /** Outcomes of predictions in cohorts that end at or before this are no longer counted. */
  outcomesOpenAfter(model: string): number;
}

const FUTURE = reasonCode("future");

/** Labels belong to no pane; their own time only says how far they have come. */
function advance(clock: PartitionClock, batch: EventBatch): void {
  for (let row = 0; row < batch.rows; row++) {
    if (batch.reason[row] !== FUTURE && batch.recordTime[row] > clock.recordTime)
      clock.recordTime = batch.recordTime[row];
    if (batch.reason[row] === 0 && batch.time[row] > clock.watermark) clock.watermark = batch.time[row];
  }
}
