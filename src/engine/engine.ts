import type { Tick } from "../config/tick.ts";
import { questionsOf, type Question } from "./questions.ts";
import { EngineVersions } from "./versions.ts";
import { EngineTasks, type TaskGroup } from "./tasks.ts";
import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import type { FoundEntries } from "../join/entries.ts";
import { NO_ANSWERS, type HalfAnswers } from "../join/half-answers.ts";
import { NOTHING_FOUND } from "../join/pending-entries.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Alert, Transition } from "../verdict/alert.ts";
import type { LookAt } from "../verdict/blindness.ts";
import { createJudges, firingAlerts, type Judges } from "../verdict/judgement-record.ts";
import { judgeJoin, type JoinHealth } from "../verdict/join-health.ts";
import type { PaneValue } from "../window/pane.ts";
import { cohortLayout, paneLayout, settleTask, takeDelta, type TaskDelta } from "../window/task-delta.ts";
import { restoreTask } from "../window/task-record.ts";
import { Task, type IngestContext } from "../window/task.ts";
import type { Reached } from "../window/watermark.ts";

/** Stored panes to be read for judging: of one layout, from <= start < to, ms. */
export interface DueRange {
  readonly layout: string;
  readonly from: number;
  readonly to: number;
}

/** What whoever judges has announced of a model: all of it before these event times is closed, or about to be, ms. */
export interface Closing {
  readonly panes: number;
  readonly outcomes: number;
}

export interface EngineOptions {
  readonly groups: readonly TaskGroup[];
  readonly models: readonly FittedModel[];
}

/** What the store answered, by batch. */
export interface Answers {
  readonly predictions: ReadonlyMap<EventBatch, FoundEntries>;
  readonly halves: ReadonlyMap<EventBatch, HalfAnswers>;
}

/**
 * The engine: pure, and the same for run, demo, test, backtest and score. Records go in with `ingest`; what changed comes
 * out with `delta` and is committed by the caller; only then are closed panes handed back to `evaluate`.
 */
export class Engine {
  readonly tasks: EngineTasks;
  private readonly judges = new Map<string, Judges>();
  private fitted: ReadonlyMap<string, FittedModel>;
  private readonly versions = new EngineVersions();
  /** By model: what whoever judges has said of closing. */
  private readonly closing = new Map<string, Closing>();
  private isJudge = true;

  constructor({ groups, models }: EngineOptions) {
    this.tasks = new EngineTasks(groups);
    this.fitted = byName(models);
    this.reset();
  }

  /** Goes by other models from now on, and knows nothing besides; of groups that stay it stays known whose they are. */
  configure({ groups, models }: EngineOptions): void {
    this.tasks.groups = groups;
    this.fitted = byName(models);
    this.judges.clear();
    this.reset();
  }

  /** The models that are counted and judged. */
  get models(): readonly FittedModel[] {
    return [...this.fitted.values()];
  }

  /** Knows nothing any more but what the configuration says. */
  reset(): void {
    for (const known of [this.tasks, this.versions, this.closing]) known.clear();
    this.resetJudges();
  }

  /** The judges know nothing any more; tasks stay open. */
  resetJudges(): void {
    for (const [model, fitted] of this.fitted) {
      const judges = createJudges(fitted);
      this.judges.set(model, judges);
      judges.panes.setVersions(this.admittedVersions(model));
      judges.cohorts.setVersions(this.admittedVersions(model));
    }
  }

  /** Whether somebody else judges a model, so that what stands here is old: all records, or all panes, are theirs. */
  standsBy(model: string): boolean {
    return !this.isJudge || this.tasks.areElsewhere(model);
  }

  /** Says whether this process judges what all members count; it does unless this is called. */
  setJudge(isJudge: boolean): void {
    this.isJudge = isJudge;
    if (isJudge) this.closing.clear();
  }

  /** Says what whoever judges has announced of a model; nothing new to that one. */
  setClosing(model: string, closing: Closing): void {
    if (!this.isJudge) this.closing.set(model, closing);
  }

  /** Takes a task over as the store last knew it; its open panes follow through `restorePanes`. */
  openTask(group: string, partition: number, state: Uint8Array | undefined): Task {
    const known = this.tasks.groupOf(group);
    const models = [...new Set(known.streams.flatMap((stream) => stream.models))];
    const task = new Task(
      known.streams,
      models.map((model) => this.fittedOf(model).counting),
      known.within,
    );
    if (state !== undefined) restoreTask(task, state);
    this.tasks.set({ group, partition, task });
    return task;
  }

  /** End of the model's last closed pane, ms; -Infinity before the first close. */
  closedThrough(model: string): number {
    return Math.max(this.judgesOf(model).panes.closedThrough, this.closing.get(model)?.panes ?? -Infinity);
  }

  /** Outcomes of predictions in cohorts that end at or before this are no longer counted, ms. */
  outcomesOpenAfter(model: string): number {
    return Math.max(this.judgesOf(model).cohorts.openAfter, this.closing.get(model)?.outcomes ?? -Infinity);
  }

  /** The alerts of a model that fire now, where it is ours to tell. */
  firing(model: string): Alert[] {
    return this.standsBy(model) ? [] : firingAlerts(this.judgesOf(model));
  }

  /** The versions of a model that are counted one by one, in order of admission. */
  admittedVersions(model: string): readonly string[] {
    return this.versions.of(model);
  }

  setVersions(model: string, names: readonly string[]): void {
    this.versions.set(model, names);
    const { panes, cohorts } = this.judgesOf(model);
    panes.setVersions(names);
    cohorts.setVersions(names);
  }

  /** Versions in a batch that have not been offered to the store yet, by model; usually none. */
  newVersions(decoded: DecodedRecords): { model: string; names: string[]; keep: number }[] {
    return this.versions.newIn(decoded, (model) => this.fittedOf(model).model.versions.keep);
  }

  /** Which ids the store must look up before the batch is taken in; none where nothing is joined. */
  questions(decoded: DecodedRecords): Question[] {
    return questionsOf(decoded, (model) => this.fittedOf(model).counting);
  }

  /**
   * Takes decoded records in: admits, joins and counts them. `answers` are the store's to the questions. Where records bring
   * halves of events it answers those that are complete now: their versions may be new, and `ingestEvents` must follow.
   */
  ingest(task: Task, decoded: DecodedRecords, answers: Answers): DecodedRecords | undefined {
    return task.ingest(decoded, this.contextOf(answers));
  }

  ingestEvents(task: Task, events: DecodedRecords, answers: Answers): void {
    task.ingestEvents(events, this.contextOf(answers));
  }

  /** Gives up what waits for its other half and cannot meet it any more; `task.changed` says whether there was any. */
  expireHalves(task: Task): void {
    task.expireHalves((model) => this.closedThrough(model));
  }

  /** Whether the halves of a model's events find each other; undefined where its events come whole. */
  joinHealth(model: string): JoinHealth | undefined {
    const halves = [...this.tasks.halvesOf(model, this.fittedOf(model).counting.pane)];
    return halves.length === 0 ? undefined : judgeJoin(halves.flatMap((open) => open.expired()));
  }

  private contextOf({ predictions, halves }: Answers): IngestContext {
    return {
      found: (batch) => predictions.get(batch) ?? NOTHING_FOUND,
      halves: (batch) => halves.get(batch) ?? NO_ANSWERS,
      versionOf: (batch) => this.versions.positionsIn(batch, this.fittedOf(batch.plan.model).counting.keep),
      positionOf: (model, version) =>
        version === undefined ? 0 : Math.max(0, this.admittedVersions(model).indexOf(version)),
      closedThrough: (model) => this.closedThrough(model),
      outcomesOpenAfter: (model) => this.outcomesOpenAfter(model),
    };
  }

  /** All that the task must commit at once. */
  delta(task: Task): TaskDelta {
    return takeDelta(task, (model) => this.admittedVersions(model));
  }

  /** The delta is durable: panes that are closed for good can be forgotten here. */
  committed(task: Task): void {
    settleTask(task);
    for (const [model, { intake, outcomes, fields, reviews, sample }] of task.models) {
      const closed = this.closedThrough(model);
      intake.panes.closeBefore(closed);
      fields?.closeBefore(closed);
      reviews?.closeBefore(closed);
      sample?.closeBefore(closed);
      outcomes?.cohorts.closeBefore(this.outcomesOpenAfter(model));
    }
  }

  /**
   * Panes that the watermark has passed and that the judge has not seen: read them and `evaluate`.
   * @param through the watermark counts up to here, ms
   */
  duePanes(model: string, through = Number.POSITIVE_INFINITY): DueRange | undefined {
    const { counting } = this.fittedOf(model);
    const watermark = Math.min(this.tasks.watermark(counting, "events"), through);
    const range = this.judgesOf(model).panes.duePanes(watermark);
    return range === undefined ? undefined : { layout: paneLayout(counting), ...range };
  }

  /** Judges closed panes of one model, all tasks' together, and answers the transitions in order. */
  evaluate(model: string, range: DueRange, panes: readonly PaneValue[], tick: Tick): Transition[] {
    return this.judgesOf(model).panes.closePanes(panes, range.to, tick);
  }

  /** Judges the fields of the same panes: those that the fields' own layout has of the range. */
  evaluateFields(model: string, panes: readonly PaneValue[], tick: Tick): Transition[] {
    return this.judgesOf(model).schema.closePanes(panes, tick);
  }

  /**
   * The cohorts that have matured and were not judged yet.
   * @param through the watermarks count up to here, and silence where they are there
   */
  dueCohorts(model: string, { now }: Tick, through?: Reached): DueRange | undefined {
    const { counting } = this.fittedOf(model);
    if (counting.outcomes === undefined) return undefined;
    const events = this.tasks.watermark(counting, "events");
    const labels = this.tasks.watermark(counting, "labels");
    const least = {
      events: Math.min(events, through?.events ?? events),
      labels: Math.min(labels, through?.labels ?? labels),
    };
    const isThere = least.events === events && least.labels === labels;
    const silence = isThere ? this.tasks.silence(model) : undefined;
    const { cohorts } = this.judgesOf(model);
    const range = cohorts.due(least.events, least.labels, silence && { ...silence, now });
    return range === undefined ? undefined : { layout: cohortLayout(counting), ...range };
  }

  evaluateCohorts(model: string, range: DueRange, cohorts: readonly PaneValue[]): Transition[] {
    return this.judgesOf(model).cohorts.close(cohorts, range.to);
  }

  /** What the wall clock alone decides: how old the newest event is, whether anything is seen, and what silence ends. */
  evaluateClock(model: string, tick: Tick, look?: LookAt): Transition[] {
    if (this.standsBy(model)) return [];
    const newestEvent = this.tasks.newestEvent(model, tick.now);
    const { clock, panes, cohorts, schema } = this.judgesOf(model);
    const strays = [panes, cohorts, clock, schema].flatMap((judge) => judge.resolveStrays(tick));
    // Rows that wait for their commit are no silence, however long the clock says they have waited.
    const isWaiting = [...this.tasks.all()].some(({ task }) => task.changed);
    const judged = clock.judge({ newestEvent, look }, tick);
    return [
      ...strays,
      ...judged,
      ...(isWaiting ? [] : [panes, schema].flatMap((judge) => judge.resolveSilent(tick))),
    ];
  }

  /** Versions seen that are not counted one by one, because the model's places were taken. */
  overflowOf(model: string): Set<string> {
    return this.versions.overflowOf(model);
  }

  private fittedOf(model: string): FittedModel {
    const fitted = this.fitted.get(model);
    if (fitted === undefined) throw new Error(`no model ${model}`);
    return fitted;
  }

  /** The judges of a model. */
  judgesOf(model: string): Judges {
    const judges = this.judges.get(model);
    if (judges === undefined) throw new Error(`no model ${model}`);
    return judges;
  }
}

function byName(models: readonly FittedModel[]): ReadonlyMap<string, FittedModel> {
  return new Map(models.map((fitted) => [fitted.model.name, fitted]));
}
