import type { Engine } from "../engine/engine.ts";
import type { StreamLedger } from "../event/ledger.ts";
import { addLedger, createStreamLedger } from "../event/ledger.ts";
import type { Source } from "../stream/source.ts";
import type { LookAt, StreamSight } from "../verdict/blindness.ts";
import type { CommittedProgress, TaskStream } from "../window/stream-progress.ts";

/** What records pass through. */
interface Watched {
  readonly sources: readonly Source[];
  /** What ingestion waits for besides. */
  readonly awaited?: readonly Pick<Source, "outage">[];
}

/** How the streams of a model are read at this moment: their committed ledgers, and what their sources say. */
export function lookAtStreams(engine: Engine, { sources, awaited = [] }: Watched, model: string): LookAt {
  const streams = engine.tasks.groups.flatMap((group) =>
    group.streams
      .filter(({ models }) => models.includes(model))
      .map((stream) => {
        const found = [...engine.tasks.parts()].flatMap((part) =>
          part.stream.name === stream.name ? [part.progress] : [],
        );
        const lag = lagOf({ engine, sources, group: group.name, stream: stream.name });
        return found.length === 0 ? undefined : sightOf(stream, found, lag);
      }),
  );
  const { cohorts } = engine.judgesOf(model);
  const broken = engine.joinHealth(model)?.broken;
  return {
    streams: streams.filter((sight) => sight !== undefined),
    outages: [...sources, ...awaited].flatMap((part) => part.outage() ?? []),
    ...(broken === undefined ? {} : { broken }),
    labelPatience: cohorts.labelPatience,
  };
}

function sightOf(
  { name, role, bounded = false }: TaskStream,
  partitions: readonly CommittedProgress[],
  lag: number,
): StreamSight {
  const ledger: StreamLedger = createStreamLedger();
  for (const progress of partitions) addLedger(ledger, progress.ledger);
  const { dropped, decoded, undecodable, ignored, oversize, received, measured } = ledger;
  return {
    stream: name,
    role,
    records: decoded + undecodable + ignored + oversize,
    received,
    undecodable,
    invalid: dropped.invalid,
    unknownModel: dropped["unknown-model"],
    orphans: dropped["orphan-input"] + dropped["orphan-output"] + dropped["orphan-label"],
    future: dropped.future,
    late: dropped.late,
    measured,
    lag,
    reached: Math.max(...partitions.map(({ recordTime }) => recordTime)),
    bounded,
  };
}

/** Records that no member has read yet. */
function lagOf(options: {
  readonly engine: Engine;
  readonly sources: readonly Source[];
  readonly group: string;
  readonly stream: string;
}): number {
  const { engine, sources, group, stream } = options;
  let lag = 0;
  for (const source of sources) {
    for (const { stream: name, partition, assigned, end, next } of source.partitions()) {
      if (name !== stream) continue;
      // Others' offsets are known as far as they were committed; where nothing was, nothing is known.
      const read = assigned ? next : (engine.tasks.partOf({ group, stream, partition })?.next ?? Number.NaN);
      if (end > read) lag += end - read;
    }
  }
  return lag;
}
