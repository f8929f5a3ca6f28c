import { expect, test } from "vitest";
import { editDistance, nearestWord, suggestWord } from "../../src/config/nearest-word.ts";

test("edit distance counts insertions, deletions, substitutions and swaps", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("pis", "psi")).toBe(1);
  expect(editDistance("same", "same")).toBe(0);
});

test.each([
  ["topc", "topic"],
  ["TOPIC", "topic"],
  ["keep_firing_for", "keepFiringFor"],
  ["scram-sha-51", "scram-sha-512"],
  ["labels", "alertLabels"],
  ["zzz", undefined],
])("%s probably means %s", (text, meant) => {
  const words = ["topic", "keepFiringFor", "scram-sha-512", "alertLabels", "of"];
  expect(nearestWord(text, words)).toBe(meant);
});

test("where no word is near, the words themselves are named if they are few", () => {
  expect(suggestWord("redis", ["lmdb", "memory"])).toBe("one of lmdb, memory");
  expect(suggestWord("redis", ["lmdb"])).toBe("write lmdb");
  expect(suggestWord("redis", [])).toBe("there is none to choose from");
  const many = Array.from({ length: 13 }, (_, i) => `word${i}`);
  expect(suggestWord("redis", many)).toBe("for example word0, word1, word2, word3, word4, word5");
});
