import { expect, test } from "vitest";
import { formatSpan, formatTime } from "../../../src/commands/demo/times.ts";

test("a time is told in UTC, to the minute", () => {
  expect(formatTime(Date.UTC(2001, 1, 3, 4, 5))).toBe(" 3 Feb 04:05");
});

test("a span is told in minutes, hours or days", () => {
  expect([25, 119, 120, 900, 2880, 3060].map((minutes) => formatSpan(minutes * 60_000))).toEqual([
    "25 min",
    "119 min",
    "2 h",
    "15 h",
    "2 d",
    "2 d 3 h",
  ]);
});
