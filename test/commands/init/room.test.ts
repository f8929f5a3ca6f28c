import { expect, test } from "vitest";
import { countSegments, hasRoom, roomLines } from "../../../src/commands/init/room.ts";

function linesOf(columns: number, segments = 1): string[] {
  return roomLines({ columns, segments }).filter((line) => line !== "" && !line.startsWith("#"));
}

test("a segment is each of the twenty most frequent values, all others, and all traffic", () => {
  expect(countSegments([])).toBe(1);
  expect(countSegments([3, 40])).toBe(1 + 4 + 21);
});

test("few columns need nothing said; of many fewer versions are told apart, and in the end more series asked for", () => {
  expect(linesOf(240)).toEqual([]);
  expect(linesOf(241)).toEqual(["versions: { keep: 3 }"]);
  expect(linesOf(40, 10)).toEqual(["versions: { keep: 2 }"]);
  expect(linesOf(1_000)).toEqual(["versions: { keep: 1 }"]);
  expect(linesOf(1_200)).toEqual(["versions: { keep: 1 }", "maxSeries: 2400"]);
});

test("segments fit as long as one version can be told apart", () => {
  expect(hasRoom({ columns: 60, segments: 10 })).toBe(true);
  expect(hasRoom({ columns: 61, segments: 10 })).toBe(false);
});
