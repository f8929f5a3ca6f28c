import { describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { createHalf, fillHalf } from "../../src/event/half.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { createTarget, reserveRows } from "../../src/event/target.ts";
import type { TensorBody } from "../../src/event/tensor-body.ts";
import { cellsOf, columnOf, planOf, streamOf } from "./records-of.ts";
import { bodyOf, tensorOf } from "./tensor-of.ts";

type Cells = (number | string | undefined)[];

/** The cells of a body's rows, in a half of these columns. */
function fill(columns: readonly ColumnPlan[], body: TensorBody, given: Partial<StreamConfig> = {}): Cells[] {
  const half = body.kind === "request" ? "input" : "output";
  const stream = streamOf({ format: "kserve", ...given });
  const target = createTarget(planOf(columns, { needsId: true, half }), stream.map, publicKeys().pii);
  const compiled = createHalf(target, 0, stream);
  reserveRows(target, body.rows);
  fillHalf(compiled, target, body);
  target.batch.rows = body.rows;
  return Array.from({ length: body.rows }, (_, row) => cellsOf(target.batch, row));
}

const numbers = (...names: string[]): ColumnPlan[] => names.map((name) => columnOf({ name }));
const request = (...tensors: Parameters<typeof bodyOf>[1]): TensorBody => bodyOf("request", tensors);
const response = (...tensors: Parameters<typeof bodyOf>[1]): TensorBody => bodyOf("response", tensors);

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

const score = columnOf({ name: "prediction.score", role: "output" });
const value = columnOf({ name: "prediction.value", role: "output" });
const decision = columnOf({ name: "prediction.decision", role: "output", type: "category", learn: true });

describe("columns of a response that the map says nothing of", () => {
  const floats = (name: string, ...cells: number[]) =>
    tensorOf(
      name,
      "FP32",
      cells.map((cell) => [cell]),
    );
  const labels = (name: string, ...cells: number[]) =>
    tensorOf(
      name,
      "INT64",
      cells.map((cell) => [cell]),
    );

  it("are told by their types", () => {
    const body = response(labels("label", 1), floats("p", 0.75));
    expect(fill([score, decision], body)).toEqual([[0.75, "1"]]);
    expect(fill([value, decision], body)).toEqual([[0.75, "1"]]);
    expect(fill([score, decision], response(tensorOf("class", "BYTES", [["late"]]), floats("p", 1)))).toEqual(
      [[1, "late"]],
    );
    expect(fill([score, decision], response(tensorOf("ok", "BOOL", [[true]]), floats("p", 1)))).toEqual([
      [1, "true"],
    ]);
  });

  it("are the only output of the model, if there is one of each", () => {
    for (const tensor of [labels("predict", 2), tensorOf("predictions", "", [[2]])]) {
      expect(fill([value], response(tensor))).toEqual([[2]]);
      expect(fill([score], response(tensor))).toEqual([[2]]);
      expect(fill([decision], response(tensor))).toEqual([["2"]]);
    }
    expect(fill([decision], response(floats("predict", 3)))).toEqual([["3"]]);
  });

  it("are told by their cells in V1", () => {
    const rows = (...cells: number[]) =>
      tensorOf(
        "predictions",
        "",
        cells.map((cell) => [cell]),
      );
    expect(fill([score, decision], response(rows(0, 1)))).toEqual([
      [undefined, "0"],
      [undefined, "1"],
    ]);
    expect(fill([score, decision], response(rows(0.5, 1)))).toEqual([
      [0.5, undefined],
      [1, undefined],
    ]);
    const objects = response(tensorOf("class", "", [["late"], ["late"]]), tensorOf("proba", "", [[1], [0]]));
    expect(fill([score, decision], objects)).toEqual([
      [1, "late"],
      [0, "late"],
    ]);
    const numbers = response(tensorOf("label", "", [[1]]), tensorOf("proba", "", [[0.25]]));
    expect(fill([score, decision], numbers)).toEqual([[0.25, "1"]]);
  });

  it("are told by their names where types do not", () => {
    const body = response(
      labels("label", 0),
      tensorOf("decision", "BYTES", [["deny"]]),
      floats("score", 0.5),
      floats("other", 9),
    );
    expect(fill([score, decision], body)).toEqual([[0.5, "deny"]]);
    expect(fill([score, decision, value], body)).toEqual([[0.5, "deny", undefined]]);
  });

  it("are missing where they could be several", () => {
    expect(
      fill([score, decision], response(floats("a", 0.1), floats("b", 0.2), labels("c", 1), labels("d", 2))),
    ).toEqual([[undefined, undefined]]);
    expect(
      fill(
        [score, decision],
        response(tensorOf("city", "BYTES", [["x"]]), labels("n", 1), floats("score", 0.5)),
      ),
    ).toEqual([[0.5, undefined]]);
  });

  it("are probabilities where a tensor has several of floats", () => {
    const confidence = columnOf({ name: "prediction.confidence", role: "output" });
    const entropy = columnOf({ name: "prediction.entropy", role: "output" });
    const first = columnOf({ name: "prediction.probabilities.0", role: "probability" });
    const two = tensorOf("predict_proba", "FP64", [
      [0.25, 0.75],
      [0.5, 0.5],
    ]);
    const columns = [score, decision, confidence, entropy, first];
    const expected = [
      [0.75, "1", 0.75, expect.closeTo(0.8113, 4), 0.25],
      [0.5, "0", 0.5, 1, 0.5],
    ];
    expect(fill(columns, response(labels("predict", 1, 0), two))).toEqual(expected);
    expect(fill(columns, response(two, labels("predict", 1, 0)))).toEqual(expected);
    const three = tensorOf("predict_proba", "FP64", [
      [0.2, 0.3, 0.5],
      [0.9, 0.3, 0.5],
    ]);
    expect(fill(columns, response(three))).toEqual([
      [undefined, undefined, 0.5, expect.closeTo(1.4855, 4), 0.2],
      [undefined, undefined, "fault", "fault", 0.9],
    ]);
    const v1 = tensorOf("predictions", "", [
      [0, 1],
      [0.5, 0.5],
    ]);
    expect(fill([score, decision], response(v1))).toEqual([
      [1, undefined],
      [0.5, undefined],
    ]);
  });

  it("follow what the next response looks like", () => {
    const stream = streamOf({ format: "kserve" });
    const target = createTarget(planOf([score, decision], { half: "output" }), {}, publicKeys().pii);
    const half = createHalf(target, 0, stream);
    const seen = [
      tensorOf("predictions", "", [[0.5]]),
      tensorOf("predictions", "", [[1]]),
      tensorOf("predictions", "", [[0.25]]),
    ].map((tensor) => {
      reserveRows(target, 1);
      fillHalf(half, target, response(tensor));
      return cellsOf(target.batch, target.batch.rows++);
    });
    expect(seen).toEqual([
      [0.5, undefined],
      [undefined, "1"],
      [0.25, undefined],
    ]);
  });
});

describe("columns of a response that the map names", () => {
  it("are found by their flattened names, and nothing is guessed", () => {
    const map = { score: { pointer: "/predict_proba-1" }, decision: { pointer: "/predict" } };
    const proba = tensorOf("predict_proba", "FP64", [[0.25, 0.75]]);
    const predict = tensorOf("predict", "INT64", [[1]]);
    expect(fill([score, decision, value], response(proba, predict), { map })).toEqual([
      [0.75, "1", undefined],
    ]);
    expect(
      fill([score, decision], response(proba, predict), { map: { score: { pointer: "/predict_proba/0" } } }),
    ).toEqual([[0.25, undefined]]);
  });

  it("are found by the names that the configuration gives them", () => {
    const map = { score: { pointer: "/yes" }, probabilities: { pointer: "/p" } };
    const names = { p: ["no", "yes"] };
    const yes = columnOf({ name: "prediction.probabilities.yes", role: "probability" });
    expect(fill([score, yes], response(tensorOf("p", "FP64", [[0.25, 0.75]])), { map, names })).toEqual([
      [0.75, 0.75],
    ]);
    expect(fill([score, yes], response(tensorOf("p", "FP64", [[0.2, 0.3, 0.5]])), { map, names })).toEqual([
      ["fault", 0.3],
    ]);
  });
});
