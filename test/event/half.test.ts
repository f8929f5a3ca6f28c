import { describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../src/event/batch.ts";
import type { TensorBody } from "../../src/event/tensor-body.ts";
import { fill } from "./fill-half.ts";
import { columnOf } from "./records-of.ts";
import { bodyOf, tensorOf } from "./tensor-of.ts";

const numbers = (...names: string[]): ColumnPlan[] => names.map((name) => columnOf({ name }));
const request = (...tensors: Parameters<typeof bodyOf>[1]): TensorBody => bodyOf("request", tensors);

describe("columns of a request", () => {
  it("are found by name, by name and position, in any order", () => {
    const age = tensorOf("age", "INT64", [[44], [19]]);
    const x = tensorOf("x", "FP32", [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const columns = numbers("x-2", "age", "x-0", "x", "x-3", "other");
    const expected = [
      [3, 44, 1, undefined, undefined, undefined],
      [6, 19, 4, undefined, undefined, undefined],
    ];
    expect(fill(columns, request(age, x))).toEqual(expected);
    expect(fill(columns, request(x, age))).toEqual(expected);
  });

  it("have the names of the only tensor", () => {
    const x = tensorOf("x", "FP32", [
      [1, 2],
      [3, 4],
    ]);
    const names = ["age", "income"];
    expect(fill(numbers("income", "age", "x-0"), request(x), { names })).toEqual([
      [2, 1, undefined],
      [4, 3, undefined],
    ]);
  });

  it("have the names of each tensor", () => {
    const names = { a: ["age", "income"], b: ["city"] };
    const a = tensorOf("a", "FP32", [[1, 2]]);
    const b = tensorOf("b", "FP32", [[3]]);
    const c = tensorOf("c", "FP32", [[4]]);
    expect(fill(numbers("income", "city", "c", "b"), request(b, c, a), { names })).toEqual([
      [2, 3, 4, undefined],
    ]);
  });

  it("are faults where their tensor has another width than its names, and others are as they were", () => {
    const names = { a: ["age", "income"] };
    const c = tensorOf("c", "FP32", [[4]]);
    for (const row of [[1], [1, 2, 3]]) {
      const a = tensorOf("a", "FP32", [row]);
      expect(fill(numbers("age", "c", "income"), request(a, c), { names })).toEqual([["fault", 4, "fault"]]);
    }
    expect(fill(numbers("age"), request(tensorOf("x", "FP32", [[1]])), { names: ["age", "b"] })).toEqual([
      ["fault"],
    ]);
  });

  it("are the keys of rows that are objects, whatever the list of names", () => {
    const body = request(tensorOf("age", "", [[5], [null]]));
    expect(fill(numbers("age", "income"), body, { names: ["age", "income"] })).toEqual([
      [5, undefined],
      [undefined, undefined],
    ]);
  });

  it("take of a cell what they take of JSON", () => {
    const cells = [[1.5], [NaN], [true], ["x"], [null], [{}], [-0], [9007199254740993n]];
    const body = request(tensorOf("c", "", cells));
    const number = columnOf({ name: "c" });
    const boolean = columnOf({ name: "c", type: "boolean" });
    const category = columnOf({ name: "c", type: "category", learn: true });
    const all = fill([number, boolean, category], body);
    expect(all.map(([cell]) => cell)).toEqual([
      1.5,
      NaN,
      "fault",
      "fault",
      undefined,
      "fault",
      -0,
      9007199254740992,
    ]);
    expect(all.map((row) => row[1])).toEqual([
      "fault",
      "fault",
      "true",
      "fault",
      undefined,
      "fault",
      "fault",
      "fault",
    ]);
    expect(all.map((row) => row[2])).toEqual([
      "fault",
      "fault",
      "true",
      "x",
      undefined,
      "fault",
      "0",
      "9007199254740993",
    ]);
  });

  it("hold to declared limits", () => {
    const column = columnOf({ name: "c", minimum: 0, maximum: 1 });
    expect(fill([column], request(tensorOf("c", "FP32", [[-1], [0], [1], [2]])))).toEqual([
      ["fault"],
      [0],
      [1],
      ["fault"],
    ]);
  });

  it("fill a segment and a feature of one name", () => {
    const category = { name: "region", type: "category", learn: true } as const;
    const columns = [columnOf({ ...category, role: "segment" }), columnOf(category)];
    expect(fill(columns, request(tensorOf("region", "BYTES", [["eu"]])))).toEqual([["eu", "eu"]]);
  });

  it("share the row of a tensor that has one where others have several", () => {
    const one = { ...tensorOf("scale", "FP32", [[7]]), stride: 0 };
    expect(fill(numbers("x", "scale"), request(tensorOf("x", "FP32", [[1], [2]]), one))).toEqual([
      [1, 7],
      [2, 7],
    ]);
  });
});
