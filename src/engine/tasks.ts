import { OpenHalves } from "../join/open-halves.ts";
import type { CommittedTask } from "../window/committed-task.ts";
import type { CommittedProgress, TaskStream } from "../window/stream-progress.ts";
import { joinSpan } from "../window/model-join.ts";
import type { Task } from "../window/task.ts";
import { modelWatermark, type PartitionProgress } from "../window/watermark.ts";

/** Streams that belong together (what was asked and answered, and its labels): their partition k is one task. */
export interface TaskGroup {
  readonly name: string;
  readonly streams: readonly TaskStream[];
  /** Present where requests and responses come one by one: the most that two of a pair may be apart in event time, ms. */
  readonly within?: number;
}

/** A task that is open, and which one it is. */
interface OpenTask {
  readonly group: string;
  readonly partition: number;
  readonly task: Task;
}

/** A task that another member owns, and what that one has committed of it. */
export interface OtherTask {
  readonly group: string;
  readonly partition: number;
  readonly task: CommittedTask;
}

/** One stream's part of one task, wherever that is open. */
interface StreamPart {
  readonly stream: TaskStream;
  readonly partition: number;
  readonly progress: CommittedProgress;
  /** Whether the task is open here. */
  readonly isOurs: boolean;
}

/**
 * The tasks that are open here, among all that there are; of the others, what their owners have committed. What nobody has
 * committed anything of holds the watermark.
 */
export class EngineTasks {
  /** The groups of streams that are read. */
  groups: readonly TaskGroup[];
  private readonly open = new Map<string, Task>();
  private others = new Map<string, CommittedTask>();
  /** How many partitions each group has; the watermark waits for all of them. */
  private readonly partitions = new Map<string, number>();
  /** By stream and partition: declared idle by another member, and not at its end any more. */
  private awake: ReadonlySet<string> = new Set();
  /** Groups whose tasks are all somebody else's. */
  private readonly elsewhere = new Set<string>();

  constructor(groups: readonly TaskGroup[]) {
    this.groups = groups;
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

  /** Whether others read all records of a model. */
  areElsewhere(model: string): boolean {
    const groups = this.groups.filter(({ streams }) => streams.some(({ models }) => models.includes(model)));
    return groups.length > 0 && groups.every(({ name }) => this.elsewhere.has(name));
  }

  set({ group, partition, task }: OpenTask): void {
    this.open.set(partitionKey(group, partition), task);
  }

  get(group: string, partition: number): Task | undefined {
    return this.open.get(partitionKey(group, partition));
  }

  delete(group: string, partition: number): void {
    this.open.delete(partitionKey(group, partition));
  }

  /** Closes all of them. How many partitions there are, and whose, stays known. */
  clear(): void {
    this.open.clear();
    this.others.clear();
    this.awake = new Set();
  }

  /** Says what is known of the tasks that are open elsewhere: all of them. */
  setOthers(others: readonly OtherTask[]): void {
    this.others = new Map(others.map(({ group, partition, task }) => [partitionKey(group, partition), task]));
  }

  /** Says which partitions hold records, although their owners have declared them idle and know no better yet; by `partitionKey`. */
  setAwake(partitions: ReadonlySet<string>): void {
    this.awake = partitions;
  }

  /** What was committed of every task that is not open here. */
  *elsewhereOpen(): Generator<OtherTask> {
    for (const { name: group } of this.groups) {
      for (let partition = 0; partition < this.partitionsOf(group); partition++) {
        const task = this.otherOf(group, partition);
        if (task !== undefined) yield { group, partition, task };
      }
    }
  }

  /** What is committed of the streams of all tasks. Of those that are open here it is known at once whether they are idle. */
  *parts(): Generator<StreamPart> {
    for (const { name: group, streams } of this.groups) {
      for (let partition = 0; partition < this.partitionsOf(group); partition++) {
        const isOurs = this.get(group, partition) !== undefined;
        for (const stream of streams) {
          const progress = this.partOf({ group, stream: stream.name, partition });
          if (progress !== undefined) yield { stream, partition, progress, isOurs };
        }
      }
    }
  }

  /** What is committed of partition k of a stream; undefined where nobody has committed anything. */
  partOf({
    group,
    stream,
    partition,
  }: {
    group: string;
    stream: string;
    partition: number;
  }): CommittedProgress | undefined {
    const open = this.get(group, partition)?.streams.get(stream);
    if (open !== undefined) return { ...open.committed, idle: open.idle };
    const other = this.otherOf(group, partition)?.streams.get(stream);
    const isAwake = other?.idle === true && this.awake.has(partitionKey(stream, partition));
    return isAwake ? { ...other, idle: false } : other;
  }

  /**
   * Whether panes of the model, or cohorts, may be closed now only because partitions have been declared idle: any, or those of
   * others. Labels hold no pane.
   */
  reliesOnIdle(what: { model: string; of: "panes" | "cohorts"; whose: "any" | "others" }): boolean {
    for (const { stream, progress, isOurs } of this.parts()) {
      if (!progress.idle || !stream.models.includes(what.model)) continue;
      if (what.of === "panes" && stream.role === "labels") continue;
      if (what.whose === "any" || !isOurs) return true;
    }
    return false;
  }

  /** What became of the halves of a model's events, task by task; `pane` in ms. */
  *halvesOf(model: string, pane: number): Generator<OpenHalves> {
    for (const { task } of this.all()) {
      const open = task.models.get(model)?.join?.open;
      if (open !== undefined) yield open;
    }
    for (const { task } of this.elsewhereOpen()) {
      const record = task.joins.get(model);
      if (record === undefined) continue;
      const open = new OpenHalves(pane);
      open.restore(record);
      yield open;
    }
  }

  private otherOf(group: string, partition: number): CommittedTask | undefined {
    const key = partitionKey(group, partition);
    return this.open.has(key) ? undefined : this.others.get(key);
  }

  /** The group of this name, which there must be. */
  groupOf(name: string): TaskGroup {
    const group = this.groups.find((candidate) => candidate.name === name);
    if (group === undefined) throw new Error(`no group ${name}`);
    return group;
  }

  /** Every open task, by group and partition. */
  *all(): Generator<OpenTask> {
    for (const { name: group } of this.groups) {
      for (let partition = 0; partition < this.partitionsOf(group); partition++) {
        const task = this.get(group, partition);
        if (task !== undefined) yield { group, partition, task };
      }
    }
  }

  /**
   * Event time that all partitions of the model's streams of events, or of labels, have passed; where events come in halves,
   * less the time in which the other half may still come. All in ms.
   */
  watermark(
    model: { readonly model: string; readonly pane: number; readonly lateness: number },
    of: "events" | "labels",
  ): number {
    const span = of === "labels" ? 0 : this.joinSpan(model);
    return (
      modelWatermark(this.progressOf(model.model, of), {
        pane: model.pane,
        lateness: model.lateness + span,
      }) - span
    );
  }

  /** Where all partitions of the model's events are idle, or have ended: its newest event, ms, and whether its labels are so, too. */
  silence(model: string): { readonly newest: number; readonly hasLabelsToo: boolean } | undefined {
    const isSilent = (progress: readonly PartitionProgress[]): boolean =>
      progress.every(({ idle, ended }) => idle || ended);
    const events = this.progressOf(model, "events");
    if (events.length === 0 || !isSilent(events)) return undefined;
    const newest = Math.max(...events.map(({ watermark }) => watermark));
    return { newest, hasLabelsToo: isSilent(this.progressOf(model, "labels")) };
  }

  /**
   * How far both predictions and their labels have come, ms: labels by the time of their records, which may tell of long ago.
   * Where no predictions come any more only labels count, and where none come either the wall clock, `now`.
   */
  outcomesReached(model: { model: string; pane: number; lateness: number }, now: number): number {
    const { hasLabelsToo } = this.silence(model.model) ?? {};
    if (hasLabelsToo === true) return now;
    let told = Number.NEGATIVE_INFINITY;
    for (const { stream, progress } of this.parts()) {
      if (stream.role === "labels" && stream.models.includes(model.model))
        told = Math.max(told, progress.recordTime);
    }
    return hasLabelsToo === false ? told : Math.min(told, this.watermark(model, "events"));
  }

  /** Of every partition of a model's streams of events, or of labels. */
  private progressOf(model: string, of: "events" | "labels"): PartitionProgress[] {
    const progress: PartitionProgress[] = [];
    for (const group of this.groups) {
      for (const stream of group.streams) {
        if ((stream.role === "labels") !== (of === "labels") || !stream.models.includes(model)) continue;
        for (let partition = 0; partition < this.partitionsOf(group.name); partition++) {
          const found = this.partOf({ group: group.name, stream: stream.name, partition });
          progress.push({
            watermark: found?.watermark ?? Number.NEGATIVE_INFINITY,
            idle: found?.idle ?? false,
            ended: found?.ended ?? false,
          });
        }
      }
    }
    return progress;
  }

  /** Whether a model's events come in halves. */
  isJoined(model: string): boolean {
    return this.groups.some(
      ({ within, streams }) => within !== undefined && streams.some(({ models }) => models.includes(model)),
    );
  }

  /** How long the panes of a model stay open for halves that come later than their other half, ms. */
  private joinSpan({ model, pane }: { readonly model: string; readonly pane: number }): number {
    const spans = this.groups
      .filter(({ streams }) => streams.some(({ models }) => models.includes(model)))
      .map(({ within }) => (within === undefined ? 0 : joinSpan(within, pane)));
    return Math.max(0, ...spans);
  }

  /** The highest event time of the model's streams of events; -Infinity before the first. `now` is the wall clock. All in ms. */
  newestEvent(model: string, now: number): number {
    let newest = Number.NEGATIVE_INFINITY;
    const note = (stream: TaskStream, { ended, watermark }: { ended: boolean; watermark: number }): void => {
      if (stream.role === "labels" || !stream.models.includes(model)) return;
      // What has ended is not silent; nor is a file before its end: history is as old as it is, and must not page.
      newest = Math.max(newest, ended || stream.bounded === true ? now : watermark);
    };
    for (const { task } of this.all()) {
      for (const progress of task.streams.values())
        note(progress, { ended: progress.ended, watermark: progress.clock.watermark });
    }
    for (const { group, task } of this.elsewhereOpen()) {
      for (const stream of this.groupOf(group).streams) {
        const progress = task.streams.get(stream.name);
        if (progress !== undefined) note(stream, progress);
      }
    }
    return newest;
  }
}

/** One string for partition k of a group, or of a stream. */
export function partitionKey(name: string, partition: number): string {
  return `${partition}/${name}`;
}
