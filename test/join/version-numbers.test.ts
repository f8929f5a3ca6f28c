import { expect, test } from "vitest";
import { VersionNumbers } from "../../src/join/version-numbers.ts";

test("names keep their numbers, whatever decoder names them", () => {
  const numbers = new VersionNumbers();
  const names = ["", "v1"];
  expect([...numbers.of(names)]).toEqual([0, 1]);
  names.push("v2");
  expect([...numbers.of(names)]).toEqual([0, 1, 2]);
  expect([...numbers.of(["", "v2", "v1"])]).toEqual([0, 2, 1]);
  const later = new VersionNumbers();
  later.restore(numbers.names);
  expect([...later.of(["", "v3", "v2"])]).toEqual([0, 3, 2]);
});

test("there is an end to them: further ones are counted as one", () => {
  const numbers = new VersionNumbers();
  const codes = numbers.of(["", ...Array.from({ length: 400 }, (_, i) => `v${i}`)]);
  expect(numbers.names.length).toBe(257);
  expect(new Set(codes.subarray(256)).size).toBe(1);
  expect(numbers.names[codes[400]]).toBe("other");
});
