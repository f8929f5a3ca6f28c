import type { Section } from "../../counts/layout.ts";
import type { EventBatch } from "../../event/batch.ts";
import type { CountingPlan } from "../../window/counting-plan.ts";
import { Intake } from "../../window/intake.ts";

/** As many chunks as NannyML makes of a table by default; what is left over is one more. */
const CHUNKS = 10;

export interface ChunkReading {
  readonly plan: CountingPlan;
  readonly read: (take: (batch: EventBatch, rowsSoFar: number) => void) => Promise<unknown>;
  /** Rows that `read` gives in all. */
  readonly rows: number;
  /** By column; undefined where the file has no such column. */
  readonly sections: readonly (Section | undefined)[];
}

/** Each column's sections, one for each run of a tenth of the rows in the order of the file. */
export async function countChunks({ plan, read, rows, sections }: ChunkReading): Promise<Float64Array[][]> {
  const intake = new Intake(plan);
  const size = Math.max(1, Math.floor(rows / CHUNKS));
  let before = 0;
  await read((batch) => {
    intake.reserve(batch.rows);
    for (let row = 0; row < batch.rows; row += 1) {
      intake.starts[row] = Math.floor((before + row) / size) * plan.pane;
    }
    intake.count(batch, new Int32Array(batch.versions.length));
    before += batch.rows;
  });
  const chunks = Array.from({ length: Math.ceil(before / size) }, (_, chunk) => chunk * plan.pane);
  return sections.map((section) =>
    section === undefined ? [] : chunks.map((start) => countsInPane(intake, start, section)),
  );
}

/** A copy of one section of the pane that begins at `start`, of all segments and the only version. */
export function countsInPane({ panes }: Intake, start: number, { offset, length }: Section): Float64Array {
  const block = panes.touch(panes.group(start, 0), 0);
  return panes.blocks.slice(block + offset, block + offset + length);
}
