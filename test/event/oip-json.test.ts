import { describe, expect, it } from "vitest";
import { bodyOf, rowsOf } from "./body-of.ts";
import { OTHER_CELL } from "./plain/body.ts";

const base64 = (bytes: readonly number[] | string) => Buffer.from(bytes as string).toString("base64");

/** A request of one tensor. */
function request(tensor: object): object {
  return { inputs: [{ name: "x", shape: [2, 2], datatype: "FP32", data: [1, 2, 3, 4], ...tensor }] };
}

const X = {
  x: [
    [1, 2],
    [3, 4],
  ],
};

describe("V2 JSON", () => {
  it("is tensors of a request or a response", () => {
    const score = { name: "score", shape: [2, 1], datatype: "FP32", data: [0.5, 0.25] };
    const label = { name: "label", shape: [2], datatype: "INT64", data: [1, 0] };
    expect(bodyOf({ model_name: "m", model_version: "3", id: "a", outputs: [score, label] })).toEqual({
      kind: "response",
      id: "a",
      model: "m",
      version: "3",
      rows: 2,
      tensors: [
        { name: "score", datatype: "FP32", rows: [[0.5], [0.25]] },
        { name: "label", datatype: "INT64", rows: [[1], [0]] },
      ],
    });
    expect(bodyOf({ id: 7, ...request({}), outputs: [{ name: "score" }] })).toMatchObject({
      kind: "request",
      id: "7",
      rows: 2,
    });
    expect(bodyOf({ outputs: [{ name: "score" }], ...request({}) })).toMatchObject({
      kind: "request",
      rows: 2,
    });
    expect(
      bodyOf({ outputs: [{ name: "score", parameters: { binary_data: true } }], id: null }),
    ).toMatchObject({
      kind: "response",
    });
  });

  it("has data flat or nested, in any order of members", () => {
    expect(rowsOf(request({}))).toEqual(X);
    expect(
      rowsOf(
        request({
          data: [
            [1, 2],
            [3, 4],
          ],
        }),
      ),
    ).toEqual(X);
    expect(
      rowsOf({
        inputs: [
          {
            data: [
              [1, 2],
              [3, 4],
            ],
            datatype: "FP32",
            shape: [2, 2],
            name: "x",
          },
        ],
      }),
    ).toEqual(X);
    expect(
      rowsOf(
        request({
          shape: [1, 2, 2],
          data: [
            [
              [1, 2],
              [3, 4],
            ],
          ],
        }),
      ),
    ).toEqual({ x: [[1, 2, 3, 4]] });
    expect(rowsOf(request({ shape: [], data: [5] }))).toEqual({ x: [[5]] });
    expect(rowsOf(request({ shape: [], data: 5 }))).toEqual({ x: [[5]] });
    expect(rowsOf(request({ shape: [4], data: [[1], [2], [3], [4]] }))).toEqual({ x: [[1], [2], [3], [4]] });
    expect(rowsOf('{"inputs": [{"data": [NaN], "name": "x", "shape": [1], "datatype": "FP64"}]}')).toEqual({
      x: [[NaN]],
    });
  });

  it("may have no rows", () => {
    const none = request({ shape: [0, 4], data: [] });
    expect(bodyOf(none)).toMatchObject({ rows: 0, tensors: [{ name: "x", rows: [] }] });
  });

  it.each([
    ["too few data", { data: [1, 2, 3] }],
    ["too many data", { data: [1, 2, 3, 4, 5] }],
    ["rows of unequal width", { data: [[1, 2, 3], [4]] }],
    [
      "rows that are columns",
      {
        shape: [4, 1],
        data: [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    ["no shape", { shape: undefined }],
    ["a shape of texts", { shape: ["a", 2] }],
    ["a negative shape", { shape: [-1, 4] }],
    ["a shape that is not whole", { shape: [1.5, 4] }],
    ["no data", { data: undefined }],
    ["no name", { name: undefined }],
    ["a name that is none", { name: 7 }],
    ["no datatype", { datatype: undefined }],
    ["an unknown datatype", { datatype: "FLOAT" }],
    ["a shape beyond all bounds", { shape: [2 ** 31, 2 ** 31] }],
    ["a size without data behind it", { data: undefined, parameters: { binary_data_size: 16 } }],
    ["parameters that are none", { parameters: 5 }],
  ])("is refused with %s", (_, tensor) => {
    expect(bodyOf(request(tensor))).toBe("undecodable");
  });

  it("is refused where tensors have unequal numbers of rows, unless one has one", () => {
    const tensor = (name: string, rows: number) => ({
      name,
      shape: [rows, 1],
      datatype: "INT32",
      data: Array.from({ length: rows }, (_, i) => i),
    });
    expect(bodyOf({ outputs: [tensor("a", 2), tensor("b", 3)] })).toBe("undecodable");
    expect(rowsOf({ outputs: [tensor("t", 1), tensor("a", 3), tensor("u", 1)] })).toEqual({
      t: [[0], [0], [0]],
      a: [[0], [1], [2]],
      u: [[0], [0], [0]],
    });
  });

  it("keeps a cell that is not of the datatype as it is", () => {
    expect(rowsOf(request({ data: [1, "two", null, {}] }))).toEqual({
      x: [
        [1, "two"],
        [null, OTHER_CELL],
      ],
    });
    expect(rowsOf(request({ datatype: "BOOL", data: [true, 1, 0, 2] }))).toEqual({
      x: [
        [true, true],
        [false, 2],
      ],
    });
    expect(rowsOf(request({ datatype: "BYTES", data: ["a", "7", 7, null] }))).toEqual({
      x: [
        ["a", "7"],
        [7, null],
      ],
    });
  });

  it("reads protobuf's JSON: camel case, numbers in texts, bytes in base64", () => {
    const tensor = {
      name: "n",
      shape: ["2"],
      datatype: "INT64",
      contents: { int64Contents: ["9007199254740993", "-7"] },
    };
    expect(
      bodyOf({ modelName: "m", modelVersion: "2", id: "r", outputs: [tensor] }, "response"),
    ).toMatchObject({
      model: "m",
      version: "2",
      tensors: [{ name: "n", rows: [[9007199254740993n], [-7]] }],
    });
    const inputs = [
      {
        name: "s",
        shape: ["2"],
        datatype: "BYTES",
        contents: { bytesContents: [base64("Zürich"), base64([0xff])] },
      },
      { name: "b", shape: [2], datatype: "BOOL", contents: { bool_contents: [true, false] } },
      { name: "f", shape: [2], datatype: "FP32", contents: { fp32Contents: ["NaN", "-Infinity"] } },
    ];
    expect(rowsOf({ inputs })).toEqual({
      s: [["Zürich"], [OTHER_CELL]],
      b: [[true], [false]],
      f: [[NaN], [-Infinity]],
    });
    const broken = { name: "s", shape: [1], datatype: "BYTES", contents: { bytesContents: ["?"] } };
    expect(bodyOf({ inputs: [broken] })).toBe("undecodable");
  });

  it("reads raw contents in base64, which win", () => {
    const inputs = [
      { name: "h", shape: ["1", "2"], datatype: "FP16" },
      { name: "s", shape: ["1"], datatype: "BYTES" },
    ];
    const raw = [base64([0, 0x38, 0, 0xc0]), base64([2, 0, 0, 0, 0x48, 0x69])];
    const read = { h: [[0.5, -2]], s: [["Hi"]] };
    expect(rowsOf({ inputs, rawInputContents: raw })).toEqual(read);
    expect(rowsOf({ raw_input_contents: raw, inputs })).toEqual(read);
    expect(rowsOf({ outputs: inputs, rawOutputContents: raw })).toEqual(read);
    const [escaped] = raw.map((text) => JSON.stringify(text).replaceAll("/", String.raw`\/`));
    expect(rowsOf(`{"inputs": [${JSON.stringify(inputs[0])}], "rawInputContents": [${escaped}]}`)).toEqual({
      h: read.h,
    });
    expect(bodyOf({ inputs, rawInputContents: raw.slice(1) })).toBe("undecodable");
    expect(bodyOf({ inputs, rawInputContents: raw.toReversed() })).toBe("undecodable");
    expect(bodyOf({ inputs })).toBe("undecodable");
  });

  it("takes the texts of MLServer's pd_json for what they write", () => {
    const data = ['"a\\u00fc"', "1.5", "null", "true", "9007199254740993", "[1]", "plain", " 2"];
    const tensor = {
      name: "x",
      shape: [8],
      datatype: "BYTES",
      parameters: { content_type: "pd_json" },
      data,
    };
    expect(rowsOf({ inputs: [tensor] })).toEqual({
      x: [["aü"], [1.5], [null], [true], [9007199254740993n], [OTHER_CELL], [OTHER_CELL], [2]],
    });
    expect(rowsOf({ inputs: [{ ...tensor, parameters: { content_type: "str" } }] })).toEqual({
      x: data.map((text) => [text]),
    });
  });

  it("tells tensors from V1 rows by what all tensors have", () => {
    expect(rowsOf({ inputs: [{ name: "Bob", age: 3 }] })).toEqual({ name: [["Bob"]], age: [[3]] });
    expect(rowsOf({ inputs: [{ name: "Bob", shape: "round", age: 3 }] })).toBe("undecodable");
    expect(rowsOf({ inputs: [{ age: 3, data: [1, 2] }] })).toEqual({ age: [[3]], data: [[1, 2]] });
  });

  it("makes no difference between requests that repeat a tensor's name", () => {
    const twice = [
      { name: "x", shape: [1], datatype: "INT8", data: [1] },
      { name: "x", shape: [1], datatype: "INT8", data: [2] },
    ];
    expect(bodyOf({ inputs: twice })).toMatchObject({ tensors: [{ name: "x" }, { name: "x" }] });
    expect(rowsOf({ instances: [{ x: 1, y: 2 }] })).toEqual({ x: [[1]], y: [[2]] });
    expect(rowsOf({ instances: [{ y: 1, x: 2 }, { x: 3 }] })).toEqual({ y: [[1], [null]], x: [[2], [3]] });
  });
});
