import type { Engine } from "../engine/engine.ts";
import type { Ingestion } from "./ingestion.ts";
import type { Source, SourceListener } from "../stream/source.ts";

/** A group has the name of its inference stream. */
export function readsGroup(source: Source, group: string): boolean {
  return source.partitions().some(({ stream }) => stream === group);
}

/** What a source tells is for the groups whose streams it reads; how many partitions they have it knows by then. */
export function listenTo(source: Source, parts: { engine: Engine; ingestion: Ingestion }): SourceListener {
  const { engine, ingestion } = parts;
  const ownGroups = (): string[] =>
    engine.tasks.groups.flatMap(({ name, streams: [inference] }) => {
      const count = source.partitions().filter(({ stream }) => stream === inference.name).length;
      if (count > 0) engine.tasks.setPartitions(name, count);
      return count > 0 ? [name] : [];
    });
  return {
    assigned: (tasks) => ingestion.assigned(tasks, ownGroups()),
    revoked: (tasks) => ingestion.revoked(tasks, ownGroups()),
    batch: (batch) => ingestion.batch(batch),
    deliver: (deliveries) => ingestion.deliver(deliveries),
    ended: (stream, partition) => ingestion.ended(stream, partition),
    gap: (stream, partition, expected, found) => ingestion.gap(stream, partition, expected, found),
    recreated: (stream, partition, found) => ingestion.recreated(stream, partition, found),
    failed: (error) => ingestion.failed(error),
  };
}
