import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { afterAll, describe, expect, test } from "vitest";
import { isSameFile } from "../../src/stream/file-position.ts";
import { markBatch, type RecordMark } from "../../src/stream/record-mark.ts";
import { readRows } from "../../src/stream/rows.ts";
import { writeParquet } from "../e2e/parquet.ts";

const ROOT = mkdtempSync(join(tmpdir(), "driftd-position-"));
afterAll(() => rmSync(ROOT, { recursive: true }));

interface Row {
  readonly id: string;
  readonly amount: number;
}

const ROWS: readonly Row[] = Array.from({ length: 12_000 }, (_, i) => ({ id: `t${i}`, amount: i / 2 }));

const WRITERS: Readonly<Record<string, (rows: readonly Row[]) => string | Uint8Array>> = {
  "rows.csv": (rows) => ["id,amount", ...rows.map(({ id, amount }) => `${id},${amount}`), ""].join("\n"),
  "rows.arrow": (rows) =>
    tableToIPC(
      tableFromArrays({ id: rows.map(({ id }) => id), amount: rows.map(({ amount }) => amount) }),
      "file",
    ),
  "rows.parquet": (rows) =>
    writeParquet([
      { name: "id", type: "text", values: rows.map(({ id }) => id) },
      { name: "amount", type: "double", values: rows.map(({ amount }) => amount) },
    ]),
};

/** Reads all of a file; answers how many rows there were, and its mark. */
async function readWhole(file: string): Promise<{ rows: number; last: RecordMark | undefined }> {
  let rows = 0;
  let last: RecordMark | undefined;
  for await (const batch of readRows({ file, format: "csv", stream: "s", firstOffset: 0 })) {
    rows += batch.count;
    last = markBatch(batch, last);
  }
  return { rows, last };
}

describe.each(Object.keys(WRITERS))("%s", (name) => {
  const write = (rows: readonly Row[]): string => {
    const file = join(ROOT, name);
    writeFileSync(file, WRITERS[name]?.(rows) ?? "");
    return file;
  };
  const isSame = (file: string, firstOffset: number, last: RecordMark | undefined): Promise<boolean> =>
    isSameFile({ file, format: "csv", stream: "s", firstOffset }, last);

  test("is known again as it was, and grown", async () => {
    const { rows, last } = await readWhole(write(ROWS.slice(0, 9_000)));
    expect(rows).toBe(9_000);
    expect(await isSame(write(ROWS.slice(0, 9_000)), rows, last)).toBe(true);
    expect(await isSame(write(ROWS), rows, last)).toBe(true);
  });

  test("is another one where its rows are others, however many", async () => {
    const { rows, last } = await readWhole(write(ROWS.slice(0, 9_000)));
    for (const other of [ROWS.slice(1), ROWS.slice(1, 9_001), ROWS.map((row) => ({ ...row, amount: 7 }))]) {
      expect(await isSame(write(other), rows, last)).toBe(false);
    }
    expect(await isSame(write(ROWS.slice(0, 8_999)), rows, last)).toBe(false);
  });

  test("that was read by a driftd that kept no mark is told by its length alone", async () => {
    expect(await isSame(write(ROWS.slice(1)), 9_000, undefined)).toBe(true);
    expect(await isSame(write(ROWS.slice(0, 100)), 9_000, undefined)).toBe(false);
  });
});

test("the first row of a csv file is no mark while it may not be whole", async () => {
  const file = join(ROOT, "partial.csv");
  writeFileSync(file, "id,amount\nt0,1");
  const { rows, last } = await readWhole(file);
  expect([rows, last]).toEqual([1, undefined]);
});
