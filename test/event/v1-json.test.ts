import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyOf, rowsOf } from "./body-of.ts";
import { OTHER_CELL } from "./plain/body.ts";
import { plainJsonBody } from "./plain/json-body.ts";

describe("V1 bodies", () => {
  it("are rows of numbers under one name", () => {
    const tensors = [
      {
        name: "instances",
        datatype: "",
        rows: [
          [9.5, 651],
          [17.25, 1846],
        ],
      },
    ];
    const request = { kind: "request", id: "", model: "", version: "", rows: 2, tensors };
    expect(bodyOf('{"instances": [[9.5, 651], [17.25, 1846]]}')).toEqual(request);
    expect(bodyOf('{"inputs": [[9.5, 651], [17.25, 1846]]}')).toEqual(request);
    expect(bodyOf({ predictions: [0.25, 0.5], model_version: "3", model_name: "m" })).toEqual({
      ...request,
      kind: "response",
      model: "m",
      version: "3",
      tensors: [{ name: "predictions", datatype: "", rows: [[0.25], [0.5]] }],
    });
  });

  it("flatten what is nested in a row", () => {
    expect(
      rowsOf({
        instances: [
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ],
      }),
    ).toEqual({
      instances: [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    });
  });

  it("have a tensor for each key of their rows, and miss what a row does not have", () => {
    const instances = [
      { carrier: "WN", hour: 9.5, way: [1, 2] },
      { hour: null, carrier: "AA", new: true },
      {},
      { way: [3], carrier: "", hour: 1 },
      { way: [4, 5, 6], carrier: { b64: "AA==" }, hour: 2 },
    ];
    expect(rowsOf({ instances })).toEqual({
      carrier: [["WN"], ["AA"], [null], [""], [OTHER_CELL]],
      hour: [[9.5], [null], [null], [1], [2]],
      way: [
        [1, 2, null],
        [null, null, null],
        [null, null, null],
        [3, null, null],
        [4, 5, 6],
      ],
      new: [[null], [true], [null], [null], [null]],
    });
  });

  it("keep the last value of a repeated key", () => {
    expect(rowsOf('{"instances": [{"a": [1, 2, 3], "b": 1, "a": "x"}, {"b": 1, "b": 2}]}')).toEqual({
      a: [
        ["x", null, null],
        [null, null, null],
      ],
      b: [[1], [2]],
    });
    expect(rowsOf('{"instances": [1], "instances": [2, 3]}')).toEqual({ instances: [[2], [3]] });
  });

  it("know keys by their text, however it is written", () => {
    expect(rowsOf(String.raw`{"inst\u0061nces": [{"\u00e9\n": 1}, {"é\n": 2}]}`)).toEqual({
      "é\n": [[1], [2]],
    });
    // A backspace is not a backslash and a b.
    expect(rowsOf(String.raw`{"instances": [{"a\\b": 1}, {"a\b": 2}]}`)).toEqual({
      "a\\b": [[1], [null]],
      "a\b": [[null], [2]],
    });
    expect(rowsOf({ instances: [{ __proto__x: 1, constructor: 2, "": 3 }] })).toEqual({
      __proto__x: [[1]],
      constructor: [[2]],
      "": [[3]],
    });
  });

  it("may have rows of unequal width, or of both kinds", () => {
    expect(rowsOf({ instances: [[1, 2], [3], [], [4, 5, 6], { a: 7 }, 8] })).toEqual({
      instances: [
        [1, 2, null],
        [3, null, null],
        [null, null, null],
        [4, 5, 6],
        [null, null, null],
        [8, null, null],
      ],
      a: [[null], [null], [null], [null], [7], [null]],
    });
  });

  it("miss cells wherever their arrays end", () => {
    for (let rows = 1; rows < 40; rows++) {
      const instances = [[1, 2, 3], ...Array.from({ length: rows }, (_, i) => [i])];
      const expected = instances.map((row) => [row[0], row[1] ?? null, row[2] ?? null]);
      expect(rowsOf({ instances: instances })).toEqual({ instances: expected });
    }
  });

  it("hold what Python writes, and whole numbers to the last digit", () => {
    const text =
      '{"instances": [[NaN, -Infinity, Infinity, 1e400, 9007199254740993, -9007199254740993, -0, 9007199254740992.0]]}';
    expect(rowsOf(text)).toEqual({
      instances: [[NaN, -Infinity, Infinity, Infinity, 9007199254740993n, -9007199254740993n, -0, 2 ** 53]],
    });
    expect(rowsOf('{"instances": [NaN], "signature_name": NaN}')).toBe("undecodable");
  });

  it("hold texts with escapes beside texts without", () => {
    expect(rowsOf(String.raw`{"instances": ["a\"\u00fc", "ü", "\ud83d\ude00", "\ud83d"]}`)).toEqual({
      instances: [['a"ü'], ["ü"], ["😀"], ["�"]],
    });
  });

  it("may be TensorFlow's columns", () => {
    expect(
      rowsOf({
        inputs: {
          x: [
            [1, 2],
            [3, 4],
          ],
          b: [5, 6],
          t: 0.5,
        },
      }),
    ).toEqual({
      x: [
        [1, 2],
        [3, 4],
      ],
      b: [[5], [6]],
      t: [[0.5], [0.5]],
    });
    expect(rowsOf({ inputs: { x: [[1, 2], [3]] } })).toBe("undecodable");
    expect(rowsOf({ inputs: { x: [1, 2], y: [1, 2, 3] } })).toBe("undecodable");
    expect(rowsOf({ outputs: [0.5, 0.25] })).toEqual({ predictions: [[0.5], [0.25]] });
  });

  it("may have no rows, or one that is no list", () => {
    expect(bodyOf({ instances: [] })).toMatchObject({ kind: "request", rows: 0, tensors: [] });
    expect(bodyOf({ instances: [{}, {}] })).toMatchObject({ rows: 2, tensors: [] });
    expect(rowsOf({ predictions: 0.5 })).toEqual({ predictions: [[0.5]] });
    expect(rowsOf({ predictions: { class: "late", p: 0.5 } })).toEqual({ class: [["late"]], p: [[0.5]] });
  });

  it("may be an error", () => {
    expect(bodyOf({ error: "feature store timeout", predictions: [1] })).toMatchObject({
      kind: "error",
      rows: 0,
    });
    expect(bodyOf({ error: { code: 3 } })).toMatchObject({ kind: "error" });
    expect(bodyOf({ error: null, predictions: [1] })).toMatchObject({ kind: "response", rows: 1 });
    expect(bodyOf({ error: "mine", instances: [1] })).toMatchObject({ kind: "request", rows: 1 });
  });

  it.each([
    "",
    " ",
    "{}",
    "[]",
    "null",
    '{"instances": [1]',
    '{"instances": [1]} x',
    '{"instances": [1,]}',
    '{"instances": [,1]}',
    '{"instances": [1}]',
    '{"instances": [{"a" 1}]}',
    '{"instances": [{"a": 1,}]}',
    '{"instances": [{a: 1}]}',
    '{"instances": [01]}',
    '{"instances": [-]}',
    '{"instances": [nul]}',
    '{"instances": ["\u0001"]}',
    '{"instances": [NaNs]}',
    '{"rows": [1]}',
    '{"inputs": []}',
  ])("are refused where they are none: %s", (text) => {
    expect(bodyOf(text)).toBe("undecodable");
  });

  it("are refused where a text is not UTF-8", () => {
    expect(bodyOf(Buffer.from('{"instances": ["\xff"]}', "latin1"))).toBe("undecodable");
    expect(bodyOf(Buffer.from('{"instances": [{"\xc3": 1}]}', "latin1"))).toBe("undecodable");
  });

  it("do not depend on the body read before", () => {
    const key = fc.constantFrom("a", "b", "c", "dd", 'q"', "é");
    const leaf = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string({ maxLength: 4 }),
      fc.boolean(),
      fc.constant(null),
    );
    const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 4 }));
    const row = fc.oneof(fc.dictionary(key, value, { maxKeys: 5 }), value);
    const body = fc.record({ [`instances`]: fc.array(row, { maxLength: 6 }) });
    fc.assert(
      fc.property(body, (given) => {
        const text = JSON.stringify(given);
        expect(bodyOf(text)).toEqual(plainJsonBody(Buffer.from(text)));
      }),
      { numRuns: 700 },
    );
  });
});
