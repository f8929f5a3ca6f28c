import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCsvReader } from "../../src/event/csv.ts";
import type { CsvRows } from "../../src/event/csv.ts";
import { textOfCell } from "../../src/event/text-cells.ts";

/** Reads the text in pieces of `size` bytes: the rows as objects, null for a broken one. */
function read(text: string | Uint8Array, size = 1_000_000, maxRowBytes = 1_000) {
  const reader = createCsvReader(maxRowBytes);
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const results: CsvRows[] = [];
  const piece = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    // One buffer for all pieces, as a file is read: nothing may be kept of it.
    const part = piece.subarray(0, Math.min(size, bytes.length - at));
    part.set(bytes.subarray(at, at + part.length));
    results.push(reader.push(part));
  }
  results.push(reader.end());
  return results.flatMap(({ count, columns, broken }) =>
    Array.from({ length: count }, (_, row) => {
      if (broken[row] === 1) return null;
      return Object.fromEntries(
        Object.entries(columns).map(([name, cells]) => [name, textOfCell(cells, row)]),
      );
    }),
  );
}

describe("createCsvReader", () => {
  it("reads rows by the names in the first", () => {
    expect(read("a,b\n1,2\n3,\n")).toEqual([
      { a: "1", b: "2" },
      { a: "3", b: "" },
    ]);
    expect(read("\uFEFFa,b\r\n1,2\r\n\r\n3,4")).toEqual([
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ]);
    expect(read("a")).toEqual([]);
    expect(read("")).toEqual([]);
  });

  it("reads quotes as RFC 4180 says", () => {
    expect(read('"a","b ""c"""\r\n"1,2","x\r\ny"\r\n,""\r\n')).toEqual([
      { a: "1,2", 'b "c"': "x\r\ny" },
      { a: "", 'b "c"': "" },
    ]);
    expect(read('a,b\n5" pipe,2\n')).toEqual([{ a: '5" pipe', b: "2" }]);
  });

  it("calls a row broken and reads on", () => {
    expect(read('a,b\n1\n1,2,3\n"x"y,2\n5,6\n')).toEqual([null, null, null, { a: "5", b: "6" }]);
    expect(read('a,b\n1,"open\n')).toEqual([null]);
    expect(read(Buffer.concat([Buffer.from("a\n"), Uint8Array.of(0xff), Buffer.from("\nok\n")]))).toEqual([
      null,
      { a: "ok" },
    ]);
    expect(read(`a\n${"x".repeat(2_000)}\nok\n`, 64)).toEqual([null, { a: "ok" }]);
  });

  it("passes over a row that is too long as it reads one, quotes and all", () => {
    const long = `"${'x,""\n'.repeat(500)}"`;
    expect(read(`a,b\n${long},1\nok,2\n`, 64)).toEqual([null, { a: "ok", b: "2" }]);
    expect(read(`a,b\n${long},1\nok,2\n`)).toEqual([null, { a: "ok", b: "2" }]);
    expect(read(`a,b\n${long}`, 64)).toEqual([null]);
    expect(read(`${long},b\n1,2\n`, 64)).toEqual([null]);
  });

  it("keeps a name in quotes behind a byte order mark, and a quote that is the last byte of a piece", () => {
    expect(read('\uFEFF"a,b"\n"1"\n""\n', 1)).toEqual([{ "a,b": "1" }, { "a,b": "" }]);
    expect(read('a\n"x""y"\n"z"', 5)).toEqual([{ a: 'x"y' }, { a: "z" }]);
  });

  it("reads what was written, in pieces of any size", () => {
    const field = fc.string({
      unit: fc.constantFrom("a", "é", '"', ",", "\n", "\r", " ", "😀"),
      maxLength: 6,
    });
    const rows = fc.array(fc.tuple(field, field), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20 }), (written, size) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ["a,b", ...written.map(([a, b]) => `${quote(a)},${quote(b)}`)].join("\r\n");
        expect(read(text, size)).toEqual(written.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});
