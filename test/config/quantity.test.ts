import { expect, test } from "vitest";
import {
  formatDuration,
  formatSize,
  guessDuration,
  parseDuration,
  parseSize,
} from "../../src/config/quantity.ts";

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["2m", 120_000],
  ["1.5h", 5_400_000],
  ["7d", 604_800_000],
  ["0s", 0],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "5", "m", "-1m", "1 h", "1h30m", "1w", "1H"])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("a duration is written in the greatest unit that says it exactly", () => {
  expect([0, 1, 1500, 60_000, 5_400_000, 172_800_000].map(formatDuration)).toEqual([
    "0s",
    "1ms",
    "1500ms",
    "1m",
    "90m",
    "2d",
  ]);
});

test("sizes are binary", () => {
  expect(parseSize("2GiB")).toBe(2_147_483_648);
  expect(parseSize(7)).toBe(7);
  expect(parseSize("2GB")).toBeUndefined();
  expect([0, 512, 1536, 5e9].map(formatSize)).toEqual(["0 B", "512 B", "1.5 KiB", "4.66 GiB"]);
});

test.each([
  ["1 hour", "1h"],
  ["2min", "2m"],
  ["10M", "10m"],
  ["90 sec", "90s"],
  ["1h30m", "90m"],
  ["1 h, 30 min", "90m"],
  ["2w", "14d"],
  ["250 milliseconds", "250ms"],
  ["3 Days", "3d"],
  ["-5m", undefined],
  ["1 month", undefined],
  ["soon", undefined],
  ["10", undefined],
  ["m10", undefined],
])("%s was meant as %s", (text, meant) => {
  expect(guessDuration(text)).toBe(meant);
});
