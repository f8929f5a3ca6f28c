import { describe, expect, it } from "vitest";
import { createHalf, fillHalf } from "../../src/event/half.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { createTarget, reserveRows } from "../../src/event/target.ts";
import type { Tensor, TensorBody } from "../../src/event/tensor-body.ts";
import { fill } from "./fill-half.ts";
import { cellsOf, columnOf, planOf, streamOf } from "./records-of.ts";
import { bodyOf, tensorOf } from "./tensor-of.ts";

const response = (...tensors: Parameters<typeof bodyOf>[1]): TensorBody => bodyOf("response", tensors);
const score = columnOf({ name: "prediction.score", role: "output" });
const value = columnOf({ name: "prediction.value", role: "output" });
const decision = columnOf({ name: "prediction.decision", role: "output", type: "category", learn: true });

describe("columns of a response that the map says nothing of", () => {
  const floats = (name: string, ...cells: number[]): Tensor =>
    tensorOf(
      name,
      "FP32",
      cells.map((cell) => [cell]),
    );
  const labels = (name: string, ...cells: number[]): Tensor =>
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
    const rows = (...cells: number[]): Tensor =>
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
    const sure = tensorOf("predictions", "", [[0, 1]]);
    expect(fill([score, decision], response(sure))).toEqual([[1, undefined]]);
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
