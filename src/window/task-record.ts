import type { StreamLedger } from "../event/ledger.ts";
import type { EarlyLabel } from "../join/early-labels.ts";
import type { ModelJoinRecord } from "./model-join.ts";
import type { SampleRecord } from "./sample-intake.ts";
import { markCommitted } from "./stream-progress.ts";
import type { Task } from "./task.ts";

/** What a task commits of itself beside its panes: how far it has read, and where every row went. */
export interface TaskRecord {
  readonly format: 1;
  readonly streams: Readonly<Record<string, StreamRecord>>;
  /** Waiting labels, by model. */
  readonly early: Readonly<Record<string, readonly EarlyLabel[]>>;
  /** Of the models whose halves are joined. */
  readonly joins?: Readonly<Record<string, ModelJoinRecord>>;
  /** Of the models that learn their reference. */
  readonly samples?: Readonly<Record<string, SampleRecord>>;
}

interface StreamRecord {
  readonly next: number | null;
  readonly last: { readonly timestamp: number; readonly crc: number } | null;
  readonly watermark: number | null;
  /** The decoder's clock: its NaN is null. */
  readonly decoding: { readonly lag: number; readonly highest: number | null } | null;
  readonly recordTime: number | null;
  readonly ended: boolean;
  /** Absent in records of earlier versions. */
  readonly idle?: boolean;
  /** Absent where it is not idle. */
  readonly idleAt?: number;
  readonly lastVersion: Readonly<Record<string, string>>;
  readonly ledger: StreamLedger;
}

export function writeTaskRecord(task: Task): Uint8Array {
  const streams: Record<string, StreamRecord> = {};
  for (const [name, progress] of task.streams) {
    streams[name] = {
      next: progress.next ?? null,
      last: progress.last ?? null,
      watermark: finite(progress.clock.watermark),
      decoding:
        progress.decoding === undefined
          ? null
          : { lag: progress.decoding.lag, highest: finite(progress.decoding.highest) },
      recordTime: finite(progress.clock.recordTime),
      ended: progress.ended,
      idle: progress.idle,
      ...(progress.idle && progress.idleAt !== undefined && { idleAt: progress.idleAt }),
      lastVersion: progress.lastVersion,
      ledger: progress.ledger,
    };
  }
  const early: Record<string, readonly EarlyLabel[]> = {};
  for (const [model, { outcomes }] of task.models) {
    if (outcomes !== undefined && outcomes.early.count > 0) early[model] = outcomes.early.export();
  }
  const joins: Record<string, ModelJoinRecord> = {};
  for (const [model, { join }] of task.models) if (join !== undefined) joins[model] = join.export();
  const samples: Record<string, SampleRecord> = {};
  for (const [model, { sample }] of task.models) {
    const saved = sample?.export();
    if (saved !== undefined) samples[model] = saved;
  }
  const learning = Object.keys(samples).length > 0 ? { samples } : {};
  const record: TaskRecord = { format: 1, streams, early, joins, ...learning };
  return new TextEncoder().encode(JSON.stringify(record));
}

/** Brings a fresh task to where its record says it was. Streams and models that are gone are left out. */
export function restoreTask(task: Task, bytes: Uint8Array): void {
  const record = readTaskRecord(bytes);
  for (const [name, saved] of Object.entries(record.streams)) {
    const progress = task.streams.get(name);
    if (progress === undefined) continue;
    progress.next = saved.next ?? undefined;
    progress.last = saved.last ?? undefined;
    progress.clock.watermark = saved.watermark ?? Number.NEGATIVE_INFINITY;
    progress.decoding =
      saved.decoding === null
        ? undefined
        : { lag: saved.decoding.lag, highest: saved.decoding.highest ?? Number.NaN };
    progress.clock.recordTime = saved.recordTime ?? Number.NEGATIVE_INFINITY;
    progress.ended = saved.ended;
    progress.idle = saved.idle ?? false;
    progress.idleAt = saved.idleAt;
    Object.assign(progress.lastVersion, saved.lastVersion);
    Object.assign(progress.ledger, saved.ledger);
    markCommitted(progress);
    // Whoever takes the task over has yet to see that it is silent, and the store is to say so.
    if (progress.idle) task.changed = true;
    progress.idle = false;
    progress.idleAt = undefined;
  }
  for (const [model, labels] of Object.entries(record.early)) {
    const outcomes = task.models.get(model)?.outcomes;
    for (const label of labels) outcomes?.early.add(label);
  }
  for (const [model, saved] of Object.entries(record.joins ?? {}))
    task.models.get(model)?.join?.restore(saved);
  for (const [model, saved] of Object.entries(record.samples ?? {}))
    task.models.get(model)?.sample?.restore(saved);
}

export function readTaskRecord(bytes: Uint8Array): TaskRecord {
  // Written by writeTaskRecord and guarded by the store's checksum.
  return JSON.parse(new TextDecoder().decode(bytes)) as TaskRecord;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
