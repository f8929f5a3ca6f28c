import type { StreamConfig } from "../../config/config.ts";
import type { SourceBatch } from "../../event/records.ts";
import type { Source, SourceListener } from "../../stream/source.ts";
import { readRows } from "../../stream/rows.ts";

/** Files that hold one stream's history together, the oldest first. */
export interface FileHistory {
  readonly stream: Pick<StreamConfig, "name" | "format">;
  readonly files: readonly string[];
}

/** Of sparse history every row may begin a pane, and panes are large while they are open. */
const BATCH_ROWS = 512;

interface OpenHistory {
  readonly name: string;
  readonly batches: AsyncGenerator<SourceBatch, void, void>;
}

/**
 * Reads files as streams of one partition, 0, once and from their beginning. Streams take turns, a batch each, so that the same files
 * always give the same run; a paused stream is passed over. Offsets count the rows of all files of a stream.
 */
export function createFileHistory(histories: readonly FileHistory[]): Source {
  const next = new Map(histories.map(({ stream }) => [stream.name, 0]));
  const paused = new Set<string>();
  const stopping = new AbortController();
  let reading: Promise<void> = Promise.resolve();
  let wake = (): void => {};

  async function readAll(listener: SourceListener): Promise<void> {
    let open = histories.map((history) => ({ name: history.stream.name, batches: readHistory(history) }));
    try {
      while (!stopping.signal.aborted && open.length > 0) {
        const ready = open.filter(({ name }) => !paused.has(name));
        if (ready.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        for (const history of ready) {
          if (stopping.signal.aborted) break;
          if (!(await readOne(history, listener))) open = open.filter((other) => other !== history);
        }
      }
    } catch (error) {
      listener.failed(error instanceof Error ? error : new Error(String(error)));
    } finally {
      await Promise.all(open.map(({ batches }) => batches.return()));
    }
  }

  /** Answers whether there may be more. */
  async function readOne({ name, batches }: OpenHistory, listener: SourceListener): Promise<boolean> {
    const read = await batches.next();
    if (read.done === true) {
      await listener.ended(name, 0);
      return false;
    }
    await listener.batch(read.value);
    next.set(name, offsetAfter(read.value));
    return true;
  }

  return {
    async start(listener) {
      await listener.assigned([0]);
      reading = readAll(listener);
    },
    async stop() {
      stopping.abort();
      wake();
      await reading;
    },
    pause: (stream) => void paused.add(stream),
    resume(stream) {
      paused.delete(stream);
      wake();
    },
    // The store is this process's own: no position of it is ever void.
    reload() {},
    async reportCommitted() {},
    partitions: () =>
      histories.map(({ stream: { name } }) => ({
        stream: name,
        partition: 0,
        end: Number.NaN,
        next: next.get(name) ?? Number.NaN,
        assigned: true,
      })),
    lastProgress: () => Number.POSITIVE_INFINITY,
    outage: () => undefined,
  };
}

async function* readHistory({ stream, files }: FileHistory): AsyncGenerator<SourceBatch, void, void> {
  let first = 0;
  for (const file of files) {
    let after = first;
    const { name, format } = stream;
    const rows = readRows({ file, format, stream: name, firstOffset: 0, batchRows: BATCH_ROWS });
    for await (const read of rows) {
      const batch = shiftOffsets(read, first);
      after = offsetAfter(batch);
      yield batch;
    }
    first = after;
  }
}

/** The rows of a file behind others go on counting where those ended. A batch's arrays are written anew by its reader. */
function shiftOffsets(batch: SourceBatch, by: number): SourceBatch {
  if (by === 0) return batch;
  if (batch.kind === "table") return { ...batch, firstOffset: batch.firstOffset + by, end: batch.end + by };
  return { ...batch, offsets: batch.offsets.map((offset) => offset + by), end: batch.end + by };
}

function offsetAfter(batch: SourceBatch): number {
  if (batch.kind === "table") return batch.firstOffset + batch.count;
  return (batch.offsets[batch.count - 1] ?? -1) + 1;
}
