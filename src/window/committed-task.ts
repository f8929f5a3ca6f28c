import type { OpenHalvesRecord } from "../join/open-halves.ts";
import type { CommittedProgress } from "./stream-progress.ts";
import { readTaskRecord } from "./task-record.ts";

/** A task that somebody else owns, as far as its owner has committed it. */
export interface CommittedTask {
  readonly streams: ReadonlyMap<string, CommittedProgress>;
  /** By model whose events come in halves: what became of them. */
  readonly joins: ReadonlyMap<string, OpenHalvesRecord>;
}

/** @param record as `writeTaskRecord` writes it */
export function readCommittedTask(record: Uint8Array): CommittedTask {
  const { streams, joins = {} } = readTaskRecord(record);
  return {
    streams: new Map(
      Object.entries(streams).map(([name, saved]) => [
        name,
        {
          watermark: saved.watermark ?? Number.NEGATIVE_INFINITY,
          recordTime: saved.recordTime ?? Number.NEGATIVE_INFINITY,
          next: saved.next ?? undefined,
          ended: saved.ended,
          idle: saved.idle ?? false,
          idleAt: saved.idleAt,
          ledger: saved.ledger,
        },
      ]),
    ),
    joins: new Map(Object.entries(joins).map(([model, { open }]) => [model, open])),
  };
}
