import { expect, test } from "vitest";
import { matchesGlob, selectNames } from "../../src/rules/column-globs.ts";

test.each([
  ["*", "", true],
  ["*", "prediction.score", true],
  ["prediction.*", "prediction.score", true],
  ["*_count", "click_count", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*a", "a", false],
  ["ab*ba", "aba", false],
  ["*b*", "aca", false],
  ["a.c", "abc", false],
])("%s on %j: %s", (glob, name, expected) => {
  expect(matchesGlob(glob, name)).toBe(expected);
});

test("globs add, a leading ! takes away, the last word counts", () => {
  const names = ["amount", "card", "card_type", "age"];
  expect(selectNames(["*", "!card*"], names)).toEqual(["amount", "age"]);
  expect(selectNames(["*", "!card*", "card_type"], names)).toEqual(["amount", "card_type", "age"]);
  expect(selectNames(["!card"], names)).toEqual(["amount", "card_type", "age"]);
  expect(selectNames(["age", "amount"], names)).toEqual(["amount", "age"]);
});
