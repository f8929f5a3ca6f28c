import type { TaskStream } from "./window/stream-progress.ts";
import { joinSpan } from "./window/model-join.ts";
import type { Task } from "./window/task.ts";
import { modelWatermark } from "./window/watermark.ts";

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

/** The tasks that are open here, among all that there are. What is open nowhere or elsewhere holds the watermark. */
export class EngineTasks {
  readonly groups: readonly TaskGroup[];
  private readonly open = new Map<string, Task>();
  /** How many partitions each group has; the watermark waits for all of them. */
  private readonly partitions = new Map<string, number>();
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
    const progress = [];
    const span = of === "labels" ? 0 : this.joinSpan(model);
    for (const group of this.groups) {
      for (const stream of group.streams) {
        if ((stream.role === "labels") !== (of === "labels") || !stream.models.includes(model.model))
          continue;
        for (let partition = 0; partition < this.partitionsOf(group.name); partition++) {
          const found = this.get(group.name, partition)?.streams.get(stream.name);
          progress.push({
            watermark: found?.committed.watermark ?? Number.NEGATIVE_INFINITY,
            idle: found?.idle ?? false,
            ended: found?.committed.ended ?? false,
          });
        }
      }
    }
    return modelWatermark(progress, { pane: model.pane, lateness: model.lateness + span }) - span;
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
    for (const { task } of this.all()) {
      for (const progress of task.streams.values()) {
        if (progress.role === "labels" || !progress.models.includes(model)) continue;
        // What has ended is not silent; nor is a file before its end: history is as old as it is, and must not page.
        const isOver = progress.ended || progress.bounded === true;
        newest = Math.max(newest, isOver ? now : progress.clock.watermark);
      }
    }
    return newest;
  }
}

/** One string for partition k of a group, or of a stream. */
export function partitionKey(name: string, partition: number): string {
  return `${partition}/${name}`;
}
