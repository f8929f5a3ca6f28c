import type { Tick } from "./config/tick.ts";
import type { DecodedRecords, EventBatch } from "./event/batch.ts";
import type { FoundEntries, IdList } from "./join/entries.ts";
import { idsOf, NOTHING_FOUND } from "./join/pending-entries.ts";
import type { FittedModel } from "./rules/fitted-model.ts";
import type { Alert, Transition } from "./verdict/alert.ts";
import { createJudges, firingAlerts, type Judges } from "./verdict/judgement-record.ts";
import type { PaneValue } from "./window/pane.ts";
import {
  cohortLayout,
  paneLayout,
  predictionIndex,
  settleTask,
  takeDelta,
  type TaskDelta,
} from "./window/task-delta.ts";
import { restoreTask } from "./window/task-record.ts";
import type { TaskStream } from "./window/stream-progress.ts";
import { Task } from "./window/task.ts";
import { newVersionsOf, positionsOf } from "./window/version-sightings.ts";
import { modelWatermark } from "./window/watermark.ts";

/** Streams that belong together (an inference stream and its labels): their partition k is one task. */
export interface TaskGroup {
  readonly name: string;
  readonly streams: readonly TaskStream[];
}

/** Stored panes to be read for judging: of one layout, from <= start < to, ms. */
export interface DueRange {
  readonly layout: string;
  readonly from: number;
  readonly to: number;
}

/** What the store must answer before a batch is taken in. */
export interface Question {
  readonly index: string;
  readonly ids: IdList;
  readonly batch: EventBatch;
}

/**
 * The engine: pure, and the same for run, demo, test, backtest and score. Records go in with `ingest`; what changed comes
 * out with `delta` and is committed by the caller; only then are closed panes handed back to `evaluate`.
 */
export class Engine {
  readonly groups: readonly TaskGroup[];
  private readonly judges = new Map<string, Judges>();
  private readonly fitted: ReadonlyMap<string, FittedModel>;
  private readonly tasks = new Map<string, Task>();
  private readonly versions = new Map<string, readonly string[]>();
  private readonly overflow = new Map<string, Set<string>>();
  /** How many partitions each group has; the watermark waits for all of them. */
  private readonly partitions = new Map<string, number>();
  /** Groups whose tasks are all somebody else's. */
  private readonly elsewhere = new Set<string>();

  constructor(options: { groups: readonly TaskGroup[]; models: readonly FittedModel[] }) {
    this.groups = options.groups;
    this.fitted = new Map(options.models.map((fitted) => [fitted.model.name, fitted]));
    this.reset();
  }

  /** Knows nothing any more but what the configuration says. */
  reset(): void {
    for (const known of [this.tasks, this.versions, this.overflow]) known.clear();
    for (const [model, fitted] of this.fitted) this.judges.set(model, createJudges(fitted));
  }

  /** Says how many partitions a group's streams have. */
  setPartitions(group: string, count: number): void {
    this.partitions.set(group, count);
  }

  partitionsOf(group: string): number {
    return this.partitions.get(group) ?? 0;
  }

  /** Says whether all tasks of a group are somebody else's. */
  setElsewhere(group: string, isElsewhere: boolean): void {
    if (isElsewhere) this.elsewhere.add(group);
    else this.elsewhere.delete(group);
  }

  /** Whether others read all records of a model: they judge it, and what stands here is old. */
  standsBy(model: string): boolean {
    const groups = this.groups.filter(({ streams }) => streams.some(({ models }) => models.includes(model)));
    return groups.length > 0 && groups.every(({ name }) => this.elsewhere.has(name));
  }

  /** Takes a task over as the store last knew it; its open panes follow through `restorePanes`. */
  openTask(group: string, partition: number, state: Uint8Array | undefined): Task {
    const known = this.groupOf(group);
    const models = [...new Set(known.streams.flatMap((stream) => stream.models))];
    const task = new Task(
      known.streams,
      models.map((model) => this.fittedOf(model).counting),
    );
    if (state !== undefined) restoreTask(task, state);
    this.tasks.set(taskKey(group, partition), task);
    return task;
  }

  closeTask(group: string, partition: number): void {
    this.tasks.delete(taskKey(group, partition));
  }

  task(group: string, partition: number): Task | undefined {
    return this.tasks.get(taskKey(group, partition));
  }

  /** Every open task, by group and partition. */
  *openTasks(): Generator<{ group: string; partition: number; task: Task }> {
    for (const group of this.groups) {
      const count = this.partitions.get(group.name) ?? 0;
      for (let partition = 0; partition < count; partition++) {
        const task = this.task(group.name, partition);
        if (task !== undefined) yield { group: group.name, partition, task };
      }
    }
  }

  /** End of the model's last closed pane, ms; -Infinity before the first close. */
  closedThrough(model: string): number {
    return this.judgesOf(model).panes.closedThrough;
  }

  /** The alerts of a model that fire now, where it is ours to tell. */
  firing(model: string): Alert[] {
    return this.standsBy(model) ? [] : firingAlerts(this.judgesOf(model));
  }

  /** The versions of a model that are counted one by one, in order of admission. */
  admittedVersions(model: string): readonly string[] {
    return this.versions.get(model) ?? [];
  }

  setVersions(model: string, names: readonly string[]): void {
    this.versions.set(model, names);
    const { panes, cohorts } = this.judgesOf(model);
    panes.setVersions(names);
    cohorts.setVersions(names);
  }

  /** Versions in a batch that have not been offered to the store yet, by model; usually none. */
  newVersions(decoded: DecodedRecords): { model: string; names: string[]; keep: number }[] {
    return decoded.batches.flatMap((batch, b) => {
      const { model } = batch.plan;
      const admitted = this.admittedVersions(model);
      const { keep } = this.fittedOf(model).model.versions;
      if (admitted.length >= keep || batch.plan.columns[0]?.role === "truth") return [];
      const names = newVersionsOf(decoded, b, admitted);
      return names.length > 0 ? [{ model, names, keep }] : [];
    });
  }

  /** Which ids the store must look up before the batch is taken in; none where nothing is joined. */
  questions(decoded: DecodedRecords): Question[] {
    return decoded.batches
      .filter((batch) => batch.plan.needsId && batch.rows > 0)
      .map((batch) => ({
        index: predictionIndex(this.fittedOf(batch.plan.model).counting),
        ids: idsOf(batch),
        batch,
      }));
  }

  /** Takes decoded records in: admits, joins and counts them. `answers` are the store's to `questions`. */
  ingest(task: Task, decoded: DecodedRecords, answers: ReadonlyMap<EventBatch, FoundEntries>): void {
    task.ingest(decoded, {
      found: (batch) => answers.get(batch) ?? NOTHING_FOUND,
      versionOf: (batch) => this.versionPositions(batch),
      positionOf: (model, version) =>
        version === undefined ? 0 : Math.max(0, this.admittedVersions(model).indexOf(version)),
      closedThrough: (model) => this.judgesOf(model).panes.closedThrough,
      outcomesOpenAfter: (model) => this.judgesOf(model).cohorts.openAfter,
    });
  }

  /** All that the task must commit at once. */
  delta(task: Task): TaskDelta {
    return takeDelta(task, (model) => this.admittedVersions(model));
  }

  /** The delta is durable: panes that are closed for good can be forgotten here. */
  committed(task: Task): void {
    settleTask(task);
    for (const [model, { intake, outcomes }] of task.models) {
      const judge = this.judgesOf(model).panes;
      intake.panes.closeBefore(judge.closedThrough);
      outcomes?.cohorts.closeBefore(this.judgesOf(model).cohorts.openAfter);
    }
  }

  /** Panes that the watermark has passed and that the judge has not seen: read them and `evaluate`. */
  duePanes(model: string): DueRange | undefined {
    const range = this.judgesOf(model).panes.duePanes(this.watermark(model, "inference"));
    return range === undefined ? undefined : { layout: paneLayout(this.fittedOf(model).counting), ...range };
  }

  /** Judges closed panes of one model, all tasks' together, and answers the transitions in order. */
  evaluate(model: string, range: DueRange, panes: readonly PaneValue[], tick: Tick): Transition[] {
    return this.judgesOf(model).panes.closePanes(panes, range.to, tick);
  }

  /** The cohorts that have matured and were not judged yet. */
  dueCohorts(model: string): DueRange | undefined {
    const fitted = this.fittedOf(model);
    if (fitted.counting.outcomes === undefined) return undefined;
    const range = this.judgesOf(model).cohorts.due(
      this.watermark(model, "inference"),
      this.watermark(model, "labels"),
    );
    return range === undefined ? undefined : { layout: cohortLayout(fitted.counting), ...range };
  }

  evaluateCohorts(model: string, range: DueRange, cohorts: readonly PaneValue[]): Transition[] {
    return this.judgesOf(model).cohorts.close(cohorts, range.to);
  }

  /** What the wall clock alone decides: how old the newest event is, and what silence ends. */
  evaluateClock(model: string, tick: Tick): Transition[] {
    if (this.standsBy(model)) return [];
    let newest = Number.NEGATIVE_INFINITY;
    for (const { task } of this.openTasks()) {
      for (const progress of task.streams.values()) {
        if (progress.role !== "inference" || !progress.models.includes(model)) continue;
        // A file that has been read to its end is not silent.
        newest = Math.max(newest, progress.ended ? tick.now : progress.clock.watermark);
      }
    }
    const { freshness, panes, cohorts } = this.judgesOf(model);
    const strays = [panes, cohorts, freshness].flatMap((judge) => judge.resolveStrays(tick));
    // Rows that wait for their commit are no silence, however long the clock says they have waited.
    const isWaiting = [...this.openTasks()].some(({ task }) => task.changed);
    return [...strays, ...freshness.judge(newest, tick), ...(isWaiting ? [] : panes.resolveSilent(tick))];
  }

  /** Event time that all partitions of the model's streams in this role have passed. */
  watermark(model: string, role: "inference" | "labels"): number {
    const { pane, lateness } = this.fittedOf(model).counting;
    const progress = [];
    for (const group of this.groups) {
      for (const stream of group.streams) {
        if (stream.role !== role || !stream.models.includes(model)) continue;
        for (let partition = 0; partition < (this.partitions.get(group.name) ?? 0); partition++) {
          const found = this.task(group.name, partition)?.streams.get(stream.name);
          progress.push({
            watermark: found?.committed.watermark ?? Number.NEGATIVE_INFINITY,
            idle: found?.idle ?? false,
            ended: found?.committed.ended ?? false,
          });
        }
      }
    }
    return modelWatermark(progress, { pane, lateness });
  }

  /** Versions seen that are not counted one by one, because the model's places were taken. */
  overflowOf(model: string): Set<string> {
    const overflow = this.overflow.get(model) ?? new Set();
    this.overflow.set(model, overflow);
    return overflow;
  }

  private versionPositions(batch: EventBatch): Int32Array {
    const { model } = batch.plan;
    const { keep } = this.fittedOf(model).counting;
    return positionsOf(batch, {
      admitted: this.admittedVersions(model),
      keep,
      overflow: this.overflowOf(model),
    });
  }

  private groupOf(name: string): TaskGroup {
    const group = this.groups.find((candidate) => candidate.name === name);
    if (group === undefined) throw new Error(`no group ${name}`);
    return group;
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

function taskKey(group: string, partition: number): string {
  return `${partition}/${group}`;
}
