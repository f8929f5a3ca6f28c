import type { StreamConfig } from "../../src/config/config.ts";
import type { SourceBatch } from "../../src/event/records.ts";
import type { KafkaSourceOptions } from "../../src/stream/kafka.ts";
import { read, type Reader } from "./kafka-fixture.ts";

interface StoredPartition {
  version: number;
  next: number;
  /** Values of all records that were committed, in order. */
  readonly values: string[];
  /** Which member committed each of them. */
  readonly owners: string[];
}

/** What members of a fleet share: each partition has a version, which fences its former owners. */
export interface FleetStore {
  partition(partition: number): StoredPartition;
  /** Commits that came from a former owner. */
  fenced: number;
  /** Commits that did not begin where the one before ended. */
  readonly torn: string[];
}

export function createFleetStore(partitions: number): FleetStore {
  const stored: StoredPartition[] = Array.from({ length: partitions }, () => {
    return { version: 0, next: 0, values: [], owners: [] };
  });
  return { partition: (partition) => stored[partition], fenced: 0, torn: [] };
}

/** Starts a member that commits every batch as the daemon does: claimed first, and refused from a former owner. */
export function joinFleet(
  store: FleetStore,
  options: {
    name: string;
    kafka: KafkaSourceOptions["kafka"];
    stream: StreamConfig;
    counting?: KafkaSourceOptions["counting"];
  },
): Reader {
  const { name, kafka, stream, counting } = options;
  const claims = new Map<number, number>();
  const commit = (batch: SourceBatch): void => {
    if (batch.kind !== "records") return;
    const stored = store.partition(batch.partition);
    if (stored.version !== claims.get(batch.partition)) {
      store.fenced += 1;
      return;
    }
    stored.version += 1;
    claims.set(batch.partition, stored.version);
    if (batch.offsets[0] !== stored.next) {
      store.torn.push(`${name}: ${batch.partition} at ${batch.offsets[0]} in place of ${stored.next}`);
    }
    for (let i = 0; i < batch.count; i++) {
      stored.values.push(Buffer.from(batch.values[i] ?? []).toString());
      stored.owners.push(name);
    }
    stored.next = (batch.offsets[batch.count - 1] ?? -1) + 1;
  };
  return read({
    kafka,
    streams: [stream],
    ...(counting && { counting }),
    positions: (tasks) =>
      tasks.map((partition) => {
        const stored = store.partition(partition);
        stored.version += 1;
        claims.set(partition, stored.version);
        return { stream: stream.name, partition, offset: stored.next };
      }),
    onBatch: commit,
  });
}
