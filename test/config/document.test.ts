import { expect, test } from "vitest";
import { readDocument } from "../../src/config/document.ts";
import { locate } from "../../src/config/location.ts";

test("every key and value knows its place, also through an alias", () => {
  const text = "base: &base { a: 1 }\nlist:\n  - x\n  - *base\n";
  const document = readDocument({ text, file: "f.yaml" });
  expect(document.data).toEqual({ base: { a: 1 }, list: ["x", { a: 1 }] });
  expect(locate(document, ["list"], "key")).toMatchObject({ line: 2, column: 1, text: "list" });
  expect(locate(document, ["list", 0])).toMatchObject({ line: 3, column: 5, text: "x" });
  expect(locate(document, ["list", 1, "a"])).toMatchObject({ line: 1, column: 18, text: "1" });
});

test("what is missing is placed at what it is missing from", () => {
  const document = readDocument({ text: "a:\n  b: { c: 1 }\n", file: "f.yaml" });
  expect(locate(document, ["a", "b", "nothing"])).toMatchObject({ line: 2, column: 6, text: "b" });
  expect(locate(document, ["nothing"])).toMatchObject({ line: 1, column: 1, text: "" });
});

test("a variable becomes what it would be if it were written in the file", () => {
  const text = "a: ${N}\nb: '${N}'\nc: x${N}\nd: ${T}\n";
  const { data, faults } = readDocument({ text, file: "f.yaml", environment: { N: "7", T: "true" } });
  expect(faults).toEqual([]);
  expect(data).toEqual({ a: 7, b: "7", c: "x7", d: true });
});

test("the value of a variable cannot change the shape of the file", () => {
  const { data } = readDocument({
    text: "a: ${N}\n",
    file: "f.yaml",
    environment: { N: "{ b: 1 }\nc: ${N}" },
  });
  expect(data).toEqual({ a: "{ b: 1 }\nc: ${N}" });
});

test("aliases of aliases do not fill the memory", () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`);
  const { data, faults } = readDocument({ text: `l0: &l0 x\n${levels.join("\n")}\n`, file: "f.yaml" });
  expect(data).toBeUndefined();
  expect(faults).toHaveLength(1);
  expect(faults[0]?.message).toContain("use fewer aliases");
});

test("a map with __proto__ or a map as a key is refused", () => {
  for (const text of ["__proto__: { a: 1 }\n", "{ a: 1 }: 2\n"]) {
    const { data, faults } = readDocument({ text, file: "f.yaml" });
    expect(data).toBeUndefined();
    expect(faults.map(({ message }) => message)).toEqual(["is no key; write a plain word"]);
  }
});
