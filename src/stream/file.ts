import type { StreamConfig } from "../config/config.ts";
import type { SourceBatch } from "../event/records.ts";
import { isSameFile } from "./file-position.ts";
import { readRows } from "./rows.ts";
import type { Position, Source, SourceListener } from "./source.ts";

export interface FileSourceOptions {
  /** Streams that have a file. */
  readonly streams: readonly StreamConfig[];
  /** Wall-clock ms. */
  readonly clock: () => number;
}

interface OpenStream {
  readonly name: string;
  readonly rows: AsyncGenerator<SourceBatch, void, void>;
}

/**
 * Reads files as streams of one partition, 0. Streams take turns, a batch each, so that a run over the same files is
 * always the same run; a paused stream is passed over. Offsets are line or row numbers, so a restart goes on where it was,
 * or at the beginning of a file whose content was replaced.
 */
export function createFileSource(options: FileSourceOptions): Source {
  const next = new Map<string, number>();
  const end = new Map<string, number>();
  const paused = new Set<string>();
  let open: OpenStream[] = [];
  const stopping = new AbortController();
  let reading: Promise<void> = Promise.resolve();
  let progress = options.clock();
  let isDone = false;
  /** The positions that `open` began at are void. */
  let isStale = false;
  let owner: SourceListener | undefined;
  let wake = (): void => {};

  async function start(listener: SourceListener): Promise<void> {
    owner = listener;
    await openAll(listener);
    reading = readAll(listener);
  }

  async function openAll(listener: SourceListener): Promise<void> {
    isStale = false;
    await Promise.all(open.map(({ rows }) => rows.return()));
    const positions = await listener.assigned([0]);
    open = options.streams.map((stream) => {
      const position = positions.find((candidate) => candidate.stream === stream.name);
      next.set(stream.name, firstOffsetOf(position));
      return { name: stream.name, rows: readStream(stream, position, listener) };
    });
  }

  async function* readStream(
    stream: StreamConfig,
    position: Position | undefined,
    listener: SourceListener,
  ): AsyncGenerator<SourceBatch, void, void> {
    const { name, format, file = "" } = stream;
    const rows = { file, format, stream: name, firstOffset: firstOffsetOf(position) };
    if (rows.firstOffset > 0 && !(await isSameFile(rows, position?.last))) {
      rows.firstOffset = 0;
      next.set(name, 0);
      listener.recreated(name, 0, 0);
    }
    yield* readRows(rows);
  }

  async function readAll(listener: SourceListener): Promise<void> {
    isDone = false;
    try {
      while (!stopping.signal.aborted && (isStale || open.length > 0)) {
        if (isStale) await openAll(listener);
        const ready = open.filter((stream) => !paused.has(stream.name));
        if (ready.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        for (const stream of ready) {
          if (stopping.signal.aborted || isStale) break;
          await readOne(stream, listener);
        }
      }
      isDone = true;
    } catch (error) {
      listener.failed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await Promise.all(open.map((stream) => stream.rows.return()));
    }
  }

  async function readOne(stream: OpenStream, listener: SourceListener): Promise<void> {
    const read = await stream.rows.next();
    progress = options.clock();
    if (read.done === true) {
      open = open.filter((other) => other !== stream);
      end.set(stream.name, next.get(stream.name) ?? 0);
      await listener.ended(stream.name, 0);
      return;
    }
    const batch = read.value;
    end.set(stream.name, batch.end);
    await listener.batch(batch);
    next.set(stream.name, offsetAfter(batch));
    progress = options.clock();
  }

  return {
    start,
    async stop() {
      stopping.abort();
      wake();
      await reading;
    },
    pause(stream) {
      paused.add(stream);
    },
    resume(stream) {
      paused.delete(stream);
      wake();
    },
    reload() {
      isStale = true;
      wake();
      const listener = owner;
      if (isDone && listener !== undefined) reading = reading.then(() => readAll(listener));
    },
    // Nobody but the store needs to know how far a file was read.
    async reportCommitted() {},
    partitions() {
      return options.streams.map(({ name }) => ({
        stream: name,
        partition: 0,
        end: end.get(name) ?? Number.NaN,
        next: next.get(name) ?? Number.NaN,
        assigned: next.has(name),
      }));
    },
    // Whoever has nothing left to read is not stuck.
    outage: () => undefined,
    lastProgress: () => (isDone ? options.clock() : progress),
  };
}

/** A file is read from its beginning unless it was read before: it has no `latest`, and rows no time of their own yet. */
function firstOffsetOf(position: Position | undefined): number {
  return typeof position?.offset === "number" ? position.offset : 0;
}

function offsetAfter(batch: SourceBatch): number {
  if (batch.kind === "table") return batch.firstOffset + batch.count;
  return (batch.offsets[batch.count - 1] ?? -1) + 1;
}
