import { CodedError } from "../../config/coded-error.ts";
import type { StreamConfig } from "../../config/config.ts";
import { listenTo } from "../../ingestion/source-groups.ts";
import { StreamAlignment } from "../../ingestion/stream-alignment.ts";
import type { Source, SourceListener } from "../../stream/source.ts";
import type { Replay } from "./replay.ts";

export interface SourceReading {
  /** All take in the same records; how far streams may run ahead of each other goes by the first. */
  readonly replays: readonly [Replay, ...Replay[]];
  readonly streams: readonly StreamConfig[];
  /** Bounded ones, which say of every partition when it has ended. */
  readonly sources: readonly Source[];
  /** Event time, ms: nothing more is read once all panes and cohorts that end by then have been judged. */
  readonly until?: number;
  readonly signal: AbortSignal;
  /** Called after every batch with the rows read so far, of all streams. */
  readonly onProgress?: (rows: number) => void;
}

/** What is held, or waits for the network, is looked at this often besides, ms. */
const LOOK_EVERY = 200;

/**
 * Leads all records of the sources through the replays, streams of one group side by side in record time as the daemon reads
 * them (STREAMING 14), and judges what is left. Rejects with what a source failed of, and with INTERRUPTED on the signal.
 */
export async function readSources(reading: SourceReading): Promise<void> {
  const { replays, sources, signal } = reading;
  const [replay] = replays;
  // Nothing is ever idle, so that no verdict depends on how fast this machine is.
  const streams = reading.streams.map((stream) => ({ ...stream, idleAfter: Number.POSITIVE_INFINITY }));
  const alignment = new StreamAlignment({ engine: replay.engine, sources, streams });
  const align = (): void => alignment.align({ now: replay.now() });
  const look = (): Promise<void> => replay.ingestion.exclusive(async () => align());
  const state = { rows: 0, isThrough: false };
  let timer: NodeJS.Timeout | undefined;
  try {
    const how = await new Promise<End>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(interrupted()), { once: true });
      if (signal.aborted) reject(interrupted());
      timer = setInterval(() => void look().catch(reject), LOOK_EVERY);
      for (const source of sources) {
        source.start(listenerOf(source, { reading, state, align, resolve, reject })).catch(reject);
      }
    });
    for (const each of replays) await (how === "ended" ? each.finish() : each.judge());
  } finally {
    clearInterval(timer);
    await Promise.all(sources.map((source) => source.stop()));
  }
}

/** Every stream has ended, or all that was asked for has been judged. */
type End = "ended" | "until";

interface Surroundings {
  readonly reading: SourceReading;
  readonly state: { rows: number; isThrough: boolean };
  readonly align: () => void;
  readonly resolve: (end: End) => void;
  readonly reject: (error: Error) => void;
}

function listenerOf(
  source: Source,
  { reading, state, align, resolve, reject }: Surroundings,
): SourceListener {
  const { replays, until, onProgress } = reading;
  const [replay, ...others] = replays;
  const listener = listenTo(source, replay);
  const listeners = others.map((other) => listenTo(source, other));
  return {
    ...listener,
    async assigned(tasks) {
      for (const other of listeners) await other.assigned(tasks);
      return listener.assigned(tasks);
    },
    async batch(batch) {
      if (state.isThrough) return;
      for (const each of replays) await each.feed(batch);
      align();
      state.rows += batch.count;
      onProgress?.(state.rows);
      if (until === undefined || !replays.every((each) => each.hasJudged(until))) return;
      state.isThrough = true;
      resolve("until");
    },
    async ended(stream, partition) {
      for (const each of replays) await each.endStream(stream, partition);
      align();
      if (replay.hasEnded()) resolve("ended");
    },
    failed: reject,
  };
}

function interrupted(): CodedError {
  return new CodedError("INTERRUPTED", "stopped before the end of the source; nothing was told.");
}
