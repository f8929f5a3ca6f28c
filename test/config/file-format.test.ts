import { expect, test } from "vitest";
import { formatOfFile } from "../../src/config/file-format.ts";

test("a file's ending says how it is written, however it is written itself", () => {
  const names = {
    lines: ["a.jsonl", "a.ndjson.gz", "day=1/a.b.JSON"],
    csv: ["a.csv", "A.CSV.GZ"],
    parquet: ["a.parquet", "a.pq", "a.parq"],
    arrow: ["a.arrow", "a.arrows", "a.feather"],
  };
  for (const [format, files] of Object.entries(names))
    expect(files.map(formatOfFile)).toEqual(files.map(() => format));
});

test("other endings say nothing, nor does gzip around what is packed inside", () => {
  for (const file of ["a", "csv", "a.xlsx", "a.csv/part", "a.gz", "a.parquet.gz", "a.constructor", ""])
    expect(formatOfFile(file)).toBeUndefined();
});
