import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCsvReader } from "../../src/event/csv.ts";
import { sliceCells, textOfCell } from "../../src/event/text-cells.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, streamOf } from "./records-of.ts";

const ODD = [
  "",
  "0",
  "-0",
  "+1",
  "1.",
  ".5",
  "1e3",
  "1e400",
  "NaN",
  "NA",
  "\\N",
  "-Inf",
  "true",
  "FALSE",
  "01",
  "1 ",
  "0x1",
  "1,2",
  '"',
  '5"',
  "é",
  "😀,\n",
  "a",
];

const cell = fc.oneof(
  fc.constantFrom(...ODD),
  fc.double().map(String),
  fc.integer().map(String),
  fc.string({ maxLength: 5 }),
);

const COLUMNS = [
  columnOf({ name: "x" }),
  columnOf({ name: "bounded", minimum: 0, maximum: 10 }),
  columnOf({ name: "flag", type: "boolean" }),
  columnOf({ name: "word", type: "category", categories: ["1", "a", "é"] }),
  columnOf({ name: "truth", role: "truth" }),
];
const NAMES = COLUMNS.map(({ name }) => name);

function readRows(rows: readonly (readonly string[])[]) {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = [NAMES, ...rows].map((row) => row.map(quote).join(","));
  const reader = createCsvReader(1_000);
  return reader.push(Buffer.from(`${lines.join("\n")}\n`));
}

describe("a column of text", () => {
  it("is decoded from bytes as from texts", () => {
    const rows = fc.array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1, maxLength: 20 });
    const same = (written: readonly (readonly string[])[]): void => {
      const { count, columns: cells, broken } = readRows(written);
      expect(count).toBe(written.length);
      const columns = Object.fromEntries(NAMES.map((name, k) => [name, written.map((row) => row[k])]));
      const table = { kind: "table", stream: "s", partition: 0, count, firstOffset: 0, end: NaN } as const;
      const decode = (given: object) => {
        const decoder = decoderOf([planOf(COLUMNS)], streamOf({ format: "csv" }));
        const [batch] = decoder.decodeTable({ ...table, columns, broken, ...given }, { now: NOW }).batches;
        return written.map((_, row) => cellsOf(batch, row));
      };
      expect(decode({ cells })).toEqual(decode({}));
    };
    expect(() => fc.assert(fc.property(rows, same), { numRuns: 60 })).not.toThrow();
  });

  it("is missing where a number column says that there is none, and a category where a name may be meant", () => {
    const { count, columns: cells, broken } = readRows([["NA", "null", "", "NA", "\\N"]]);
    const decoder = decoderOf([planOf(COLUMNS)], streamOf({ format: "csv" }));
    const table = {
      kind: "table",
      stream: "s",
      partition: 0,
      count,
      firstOffset: 0,
      end: NaN,
      columns: {},
    } as const;
    const [batch] = decoder.decodeTable({ ...table, cells, broken }, { now: NOW }).batches;
    expect(batch.faults).toBe(0);
    const [x, bounded, , word, truth] = batch.columns;
    expect([x, bounded, truth].map(({ validity }) => validity[0] & 1)).toEqual([0, 0, 0]);
    expect(word.validity[0] & 1).toBe(1);
  });

  it("gives the texts of a slice", () => {
    const { columns } = readRows([
      ["1", "2", "", "é", "4"],
      ["5", "", "", 'a "b"', "6"],
    ]);
    const slice = sliceCells(columns["word"], 1, 2);
    expect(textOfCell(slice, 0)).toBe('a "b"');
    expect(textOfCell(columns["x"], 1)).toBe("5");
  });
});
