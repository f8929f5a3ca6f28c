import { expect, test } from "vitest";
import { createSpan, spanText } from "../../src/event/byte-table.ts";
import { mixRowHigh, mixRowLow, takeRow } from "../../src/event/row-id.ts";

test("row 0 has the record's own id", () => {
  for (const half of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    expect(mixRowHigh(half, 0)).toBe(half);
    expect(mixRowLow(half, 0)).toBe(half);
  }
});

test("a row's ids stay as different as the records' were: each half can be undone", () => {
  for (const row of [1, 2, 99, 65_536, 0xffffffff]) {
    for (const half of [0, 1, 0xdeadbeef, 0xffffffff]) {
      expect(mixRowHigh(mixRowHigh(half, row), row)).toBe(half);
      expect(mixRowLow(mixRowLow(half, row), row)).toBe(half);
      expect(mixRowLow(half, row)).toBeGreaterThanOrEqual(0);
    }
  }
});

test("rows of one record differ in both halves, and so do rows of records whose ids are neighbours", () => {
  const highs = new Set<number>();
  const lows = new Set<number>();
  const ids = new Set<string>();
  for (let row = 0; row < 100_000; row++) {
    highs.add(mixRowHigh(7, row));
    lows.add(mixRowLow(9, row));
  }
  for (let id = 0; id < 300; id++) {
    for (let row = 0; row < 300; row++) ids.add(`${mixRowHigh(0, row)}:${mixRowLow(id, row)}`);
  }
  expect(highs.size).toBe(100_000);
  expect(lows.size).toBe(100_000);
  expect(ids.size).toBe(90_000);
});

function read(text: string): [string, number] {
  const span = createSpan();
  spanText(span, text);
  const row = takeRow(span);
  return [Buffer.from(span.bytes.subarray(span.start, span.stop)).toString(), row];
}

test("id#k is row k of the record id", () => {
  expect(read("abc#0")).toEqual(["abc", 0]);
  expect(read("abc#1")).toEqual(["abc", 1]);
  expect(read("abc#120")).toEqual(["abc", 120]);
  expect(read("a#b#7")).toEqual(["a#b", 7]);
  expect(read("1#2")).toEqual(["1", 2]);
  expect(read("é#999999999")).toEqual(["é", 999_999_999]);
});

test("what is not written so is an id as it stands", () => {
  for (const text of [
    "abc",
    "abc#",
    "abc#01",
    "abc#00",
    "abc#-1",
    "abc#1a",
    "#5",
    "#",
    "",
    "7",
    "abc#1234567890",
  ]) {
    expect(read(text)).toEqual([text, 0]);
  }
});
