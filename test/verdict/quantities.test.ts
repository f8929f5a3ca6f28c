import { expect, test } from "vitest";
import {
  formatAge,
  formatChange,
  formatCount,
  formatMoment,
  formatNumber,
  formatProbability,
  formatScore,
  formatShare,
  shortenNumbers,
} from "../../src/verdict/quantities.ts";

test("counts are whole, thousands apart", () => {
  expect([0, 999.6, 2_491_761].map(formatCount)).toEqual(["0", "1,000", "2,491,761"]);
});

test("numbers have few digits, and an exponent only where they would be long", () => {
  expect([1563.21, 0.140_23, 0, 3.14e-7, -2e12].map(formatNumber)).toEqual([
    "1,563",
    "0.1402",
    "0",
    "3.1e-7",
    "-2.0e+12",
  ]);
  expect([0.266_31, 0.02].map(formatScore)).toEqual(["0.266", "0.02"]);
});

test("a small share is not told as none", () => {
  expect([0, 0.0001, 0.0321, 0.08, 0.994].map(formatShare)).toEqual([
    "0%",
    "under 0.1%",
    "3.2%",
    "8%",
    "99%",
  ]);
});

test("a change shows as many decimals as it takes to tell the two apart", () => {
  expect(formatChange(0.08, 0.19)).toBe("from 8% to 19%");
  expect(formatChange(0.4401, 0.4398)).toBe("from 44.01% to 43.98%");
});

test("a probability ends where tails are no longer exact", () => {
  expect([0.0421, 1.13e-6, 1e-13].map(formatProbability)).toEqual(["0.0421", "1.1e-6", "below 1e-12"]);
});

test("ages are told in the two largest units", () => {
  expect([90, 300, 3 * 3600 + 120, 2 * 86_400 + 4 * 3600, 3 * 86_400].map(formatAge)).toEqual([
    "90 s",
    "5 min",
    "3 h 2 min",
    "2 d 4 h",
    "3 d",
  ]);
  expect(formatMoment(Date.UTC(2001, 1, 20, 12, 5))).toBe("2001-02-20 12:05 UTC");
});

test("the digits of a double are shortened within a name", () => {
  expect(shortenNumbers("at or above 0.30000000000000004")).toBe("at or above 0.3");
  expect(shortenNumbers("at or above 120")).toBe("at or above 120");
});
