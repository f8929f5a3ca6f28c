import type { CategoryColumn, ColumnPlan, EventBatch, EventPlan } from "../../src/event/batch.ts";
import { reasonCode } from "../../src/event/reason.ts";
import { ReferenceBuilder } from "../../src/reference/builder.ts";
import type { ReferenceOptions } from "../../src/reference/options.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { batchOf, numberColumn } from "../counts/number-batch.ts";

/** An event as a test writes it: undefined = missing, "fault" in a number column = a faulty cell. */
export interface PlainRow {
  readonly time?: number;
  readonly invalid?: boolean;
  readonly [column: string]: number | string | boolean | undefined;
}

export function plan(...columns: (Pick<ColumnPlan, "name" | "type"> & Partial<ColumnPlan>)[]): EventPlan {
  return {
    model: "m",
    needsId: false,
    columns: columns.map((column) => ({
      role: "feature",
      pii: false,
      categories: column.type === "boolean" ? ["false", "true"] : [],
      learn: column.type === "category",
      ...column,
    })),
  };
}

/** Batches of at most `size` rows, which share their dictionaries as those of one decoder do. */
function batchesOf(eventPlan: EventPlan, rows: readonly PlainRow[], size = 100): EventBatch[] {
  const dictionaries = eventPlan.columns.map(({ categories }) => [...categories]);
  const batches: EventBatch[] = [];
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size);
    const batch = batchOf(
      eventPlan.columns.map(({ name, type }, position) => {
        const cells = part.map((row) => row[name]);
        if (type !== "number") return categoryColumn(cells, dictionaries[position] ?? []);
        return numberColumn(cells.map((cell) => (typeof cell === "number" ? cell : undefined)));
      }),
      part.length,
    );
    for (const [row, { time, invalid }] of part.entries()) {
      batch.time[row] = time ?? Number.NaN;
      batch.reason[row] = invalid === true ? reasonCode("invalid") : 0;
      for (const [position, { name }] of eventPlan.columns.entries()) {
        if (part[row]?.[name] !== "fault") continue;
        batch.faultRow[batch.faults] = row;
        batch.faultColumn[batch.faults] = position;
        batch.faults += 1;
      }
    }
    batches.push(batch);
  }
  return batches;
}

export function build(
  eventPlan: EventPlan,
  rows: readonly PlainRow[],
  options: Partial<ReferenceOptions> = {},
): Reference {
  const builder = new ReferenceBuilder({
    plan: eventPlan,
    segmentBy: [],
    top: 20,
    windowSizes: [3_600_000],
    independent: false,
    ...options,
  });
  for (const batch of batchesOf(eventPlan, rows)) builder.observe(batch);
  for (const batch of batchesOf(eventPlan, rows)) builder.count(batch);
  return builder.finish();
}

/** Repeatable numbers from 0 to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function categoryColumn(cells: readonly unknown[], dictionary: string[]): CategoryColumn {
  const codes = Int32Array.from(cells, (cell) => {
    if (cell === undefined || cell === "fault") return -1;
    const known = dictionary.indexOf(String(cell));
    return known >= 0 ? known : dictionary.push(String(cell)) - 1;
  });
  return {
    type: "category",
    categories: dictionary,
    codes,
    validity: new Uint8Array((cells.length + 7) >> 3),
  };
}
