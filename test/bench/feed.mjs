import { startApp } from "../../dist/daemon/app.js";
import { publicKeys } from "../../dist/event/ids.js";
import { COMMIT_EVERY } from "../../dist/ingestion/ingestion.js";
import { createSimulatedClock } from "../../dist/runtime/clock.js";
import { createLog } from "../../dist/runtime/log.js";
import { openLmdbStore } from "../../dist/state/lmdb.js";
import { eventId, eventText, labelText, recordBatch, STEP, streamConfig } from "./events.mjs";

/** The daemon without a source, on an embedded store and a clock that the caller moves. */
export async function openIngestion({ fitted, hasLabels, directory, start, streams = [streamConfig()] }) {
  const clock = createSimulatedClock(start);
  const label = { name: "charged", role: "labels", of: "scored" };
  const app = await startApp({
    config: {
      publish: { maxAge: 3_600_000 },
      http: { host: "127.0.0.1", port: 0 },
      metrics: { segments: "firing", maxLines: 20_000 },
    },
    streams: [...streams, ...(hasLabels ? [streamConfig(label)] : [])],
    models: [fitted],
    keys: publicKeys(),
    maxRecordBytes: 1_000_000,
    openStore: () => openLmdbStore({ path: directory, clock }),
    sources: [],
    partitions: 1,
    // The clock runs as fast as the events: rows alone decide.
    commitEvery: { rows: COMMIT_EVERY.rows, interval: Number.POSITIVE_INFINITY },
    clock,
    log: createLog({ level: "silent" }),
    build: { version: "bench", node: process.version },
    configHash: "bench",
    process: () => ({}),
  });
  await app.ingestion.assigned([0]);
  return { ingestion: app.ingestion, clock, ledgers: () => app.ledgers(), stop: () => app.stop("the end") };
}

/** Batch after batch of a stream, each written over the last: only ids and times change, which cost next to nothing. */
export function createFeed({ stream, size, start }) {
  const make = stream === "charged" ? labelText : eventText;
  const batch = recordBatch(
    stream,
    0,
    Array.from({ length: size }, (_, i) => make(i, start)),
    start,
  );
  const idAt = batch.values.map((value) => value.indexOf('"id":"') + '"id":"'.length);
  const timeAt = batch.values.map((value) => value.indexOf('"time":"') + '"time":"'.length);
  let from = -size;
  return {
    next() {
      from += size;
      for (let k = 0; k < size; k++) {
        const i = from + k;
        const time = start + i * STEP;
        batch.offsets[k] = i;
        batch.timestamps[k] = time;
        batch.values[k].write(eventId(i), idAt[k], "latin1");
        batch.values[k].write(new Date(time).toISOString(), timeAt[k], "latin1");
      }
      batch.end = from + size;
      return batch;
    },
  };
}
