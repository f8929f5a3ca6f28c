import { MINUTE } from "../config/quantity.ts";
import { awakeAt, type Tick } from "../config/tick.ts";
import type { StreamConfig } from "../config/config.ts";
import { partitionKey, type TaskGroup } from "../engine/tasks.ts";
import type { Engine } from "../engine/engine.ts";
import type { Source } from "../stream/source.ts";
import type { Task } from "../window/task.ts";
import type { CommittedProgress, StreamProgress } from "../window/stream-progress.ts";

/** A partition may run this far ahead of the slowest one of its group, in record time, ms; labels not at all. */
const MAX_DRIFT = 10 * MINUTE;

/** Halves wait for as long as one side is ahead of the other: no longer than they may be apart anyway. */
function leadOf({ within }: TaskGroup): number {
  return within === undefined ? MAX_DRIFT : Math.min(MAX_DRIFT, Math.max(within, MINUTE));
}

interface Seen {
  next: number;
  /** When `next` last moved, by the clock of those who were awake to see it, ms. */
  since: number;
}

interface Aligned {
  readonly source: Source;
  readonly stream: string;
  readonly partition: number;
  readonly task: Task;
  readonly progress: StreamProgress;
  /** The offset that its source will read next; NaN where that is not known yet. */
  readonly next: number;
  /** Nothing is left to read for now: it holds nobody back. */
  readonly caughtUp: boolean;
}

/** A partition of another member, as far as that one has committed it. */
interface Behind {
  readonly stream: string;
  readonly partition: number;
  readonly progress: CommittedProgress;
}

/**
 * Where a partition without records begins is found out once. Whoever looked for the end again after a restart would pass over what came
 * meanwhile.
 */
function keepBeginning({ source, task, progress, next }: Aligned): void {
  if (source.rejoin === undefined || progress.next !== undefined || Number.isNaN(next)) return;
  progress.next = next;
  task.changed = true;
}

/**
 * Keeps the partitions of a group together in record time, so that replaying a backlog opens no more panes than reading live
 * does, and no label is met before its prediction; and declares partitions idle (STREAMING 12, 14).
 */
export class StreamAlignment {
  private readonly engine: Engine;
  private readonly sources: readonly Source[];
  private readonly streams: ReadonlyMap<string, StreamConfig>;
  private readonly seen = new Map<string, Seen>();
  private readonly held = new Set<string>();

  constructor(options: { engine: Engine; sources: readonly Source[]; streams: readonly StreamConfig[] }) {
    this.engine = options.engine;
    this.sources = options.sources;
    this.streams = new Map(options.streams.map((stream) => [stream.name, stream]));
  }

  /** Looks at all partitions. Cheap enough for every batch. */
  align(tick: Tick): void {
    const now = awakeAt(tick);
    const assigned = new Set<string>();
    const awake = new Set<string>();
    for (const group of this.engine.tasks.groups) {
      const names = new Set(group.streams.map(({ name }) => name));
      const partitions = this.partitionsOf(group.name, names);
      for (const partition of partitions) {
        keepBeginning(partition);
        this.declareIdle(partition, now);
      }
      const others = this.othersBehind(group.name, names);
      const slowest = Math.min(
        ...partitions.filter(({ caughtUp }) => !caughtUp).map(({ progress }) => progress.clock.recordTime),
        ...others.map(({ progress }) => progress.recordTime),
      );
      for (const { stream, partition, progress } of others)
        if (progress.idleAt !== undefined) awake.add(partitionKey(stream, partition));
      for (const partition of partitions) {
        assigned.add(partitionKey(partition.stream, partition.partition));
        this.hold(partition, slowest, leadOf(group));
      }
    }
    this.engine.tasks.setAwake(awake);
    // What happened while somebody else had a partition says nothing of its silence. That it was held, its source remembers.
    for (const key of this.seen.keys()) if (!assigned.has(key)) this.seen.delete(key);
  }

  private partitionsOf(group: string, names: ReadonlySet<string>): Aligned[] {
    return this.sources.flatMap((source) =>
      source.partitions().flatMap(({ stream, partition, end, next, assigned }) => {
        const task = names.has(stream) && assigned ? this.engine.tasks.get(group, partition) : undefined;
        const progress = task?.streams.get(stream);
        if (task === undefined || progress === undefined) return [];
        return [{ source, stream, partition, task, progress, next, caughtUp: progress.ended || next >= end }];
      }),
    );
  }

  /** What other members still have to read of the group. */
  private othersBehind(group: string, names: ReadonlySet<string>): Behind[] {
    return this.sources.flatMap((source) =>
      source.partitions().flatMap(({ stream, partition, end, assigned }) => {
        if (assigned || !names.has(stream)) return [];
        const progress = this.engine.tasks.partOf({ group, stream, partition });
        if (progress?.next === undefined || progress.ended) return [];
        return end > Math.max(progress.next, progress.idleAt ?? 0) ? [{ stream, partition, progress }] : [];
      }),
    );
  }

  private declareIdle(aligned: Aligned, now: number): void {
    const { stream, partition, progress, caughtUp } = aligned;
    const key = partitionKey(stream, partition);
    const next = progress.next ?? -1;
    const seen = this.seen.get(key);
    if (seen === undefined || seen.next !== next) {
      this.seen.set(key, { next, since: now });
      this.setIdle(aligned, false);
      return;
    }
    const idleAfter = this.streams.get(stream)?.idleAfter ?? Number.POSITIVE_INFINITY;
    this.setIdle(aligned, caughtUp && now - seen.since >= idleAfter);
  }

  /** Whoever judges must know of it, also in another process: it is to be committed. */
  private setIdle({ task, progress, next }: Aligned, idle: boolean): void {
    const idleAt = idle && !Number.isNaN(next) ? next : undefined;
    if (progress.idle === idle && progress.idleAt === idleAt) return;
    progress.idle = idle;
    progress.idleAt = idleAt;
    task.changed = true;
  }

  private hold(aligned: Aligned, slowest: number, most: number): void {
    const { source, stream, partition, progress, caughtUp } = aligned;
    const key = partitionKey(stream, partition);
    const lead = progress.role === "labels" ? 0 : most;
    const isAhead = !caughtUp && progress.clock.recordTime > slowest + lead;
    if (isAhead === this.held.has(key)) return;
    if (isAhead) {
      this.held.add(key);
      source.pause(stream, partition);
    } else {
      this.held.delete(key);
      source.resume(stream, partition);
    }
  }
}
