import type { Engine } from "./engine.ts";
import type { StreamLedger } from "./event/ledger.ts";
import { addLedger, createStreamLedger } from "./event/ledger.ts";
import type { Source } from "./stream/source.ts";
import type { LookAt, StreamSight } from "./verdict/blindness.ts";
import type { StreamProgress } from "./window/stream-progress.ts";

/** How the streams of a model are read at this moment: their committed ledgers, and what their sources say. */
export function lookAtStreams(engine: Engine, sources: readonly Source[], model: string): LookAt {
  const streams = engine.tasks.groups.flatMap((group) =>
    group.streams
      .filter(({ models }) => models.includes(model))
      .map(({ name }) => {
        const found = [...engine.tasks.all()].flatMap(({ group: owner, task }) =>
          owner === group.name ? [task.progressOf(name)] : [],
        );
        return found.length === 0 ? undefined : sightOf(name, found, lagOf(sources, name));
      }),
  );
  const { cohorts } = engine.judgesOf(model);
  const broken = engine.joinHealth(model)?.broken;
  return {
    streams: streams.filter((sight) => sight !== undefined),
    outages: sources.flatMap((source) => source.outage() ?? []),
    ...(broken === undefined ? {} : { broken }),
    labelPatience: cohorts.labelPatience,
  };
}

function sightOf(stream: string, partitions: readonly StreamProgress[], lag: number): StreamSight {
  const ledger: StreamLedger = createStreamLedger();
  for (const { committed } of partitions) addLedger(ledger, committed.ledger);
  const { dropped, decoded, undecodable, ignored, oversize, received, measured } = ledger;
  const [{ role, bounded = false }] = partitions;
  return {
    stream,
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
    reached: Math.max(...partitions.map(({ clock }) => clock.recordTime)),
    bounded,
  };
}

function lagOf(sources: readonly Source[], name: string): number {
  let lag = 0;
  for (const source of sources) {
    for (const { stream, assigned, end, next } of source.partitions()) {
      if (stream === name && assigned) lag += Math.max(0, end - next);
    }
  }
  return lag;
}
