import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bodyOf, rowsOf } from "./body-of.ts";
import { field, framed, inferMessage, tag, tensorMessage, varint } from "./oip-message.ts";
import { OTHER_CELL } from "./plain/body.ts";

const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const doubles = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer);
const varints = (...values: (number | bigint)[]) => Buffer.concat(values.map(varint));

const FP32 = { name: "x", datatype: "FP32", shape: [2, 2], contents: field(6, floats(1, 2, 3, 4)) };
const X = {
  x: [
    [1, 2],
    [3, 4],
  ],
};

describe("protobuf", () => {
  it("is a request or a response, as one says who knows", () => {
    const tensors = [{ name: "x", datatype: "FP32", rows: X.x }];
    const body = { id: "id-1", model: "m", version: "7", rows: 2, tensors };
    expect(bodyOf(inferMessage([FP32]), "request")).toEqual({ kind: "request", ...body });
    expect(bodyOf(inferMessage([FP32]), "response")).toEqual({ kind: "response", ...body });
    expect(bodyOf(inferMessage([FP32]), "either")).toEqual({ kind: "request", ...body });
  });

  it("has typed contents of all types", () => {
    const tensors = [
      { name: "b", datatype: "BOOL", shape: [2], contents: field(1, varints(1, 0)) },
      { name: "i", datatype: "INT32", shape: [2], contents: field(2, varints(-5, 7)) },
      { name: "l", datatype: "INT64", shape: [2], contents: field(3, varints(-(2n ** 63n), 7)) },
      { name: "u", datatype: "UINT32", shape: [2], contents: field(4, varints(2 ** 32 - 1, 0)) },
      {
        name: "w",
        datatype: "UINT64",
        shape: [2],
        contents: field(5, varints(2n ** 64n - 1n, 2n ** 53n - 1n)),
      },
      { name: "f", datatype: "FP32", shape: [2], contents: field(6, floats(0.5, Infinity)) },
      { name: "d", datatype: "FP64", shape: [2], contents: field(7, doubles(0.1, NaN)) },
      {
        name: "s",
        datatype: "BYTES",
        shape: [2],
        contents: Buffer.concat([field(8, "Zürich"), field(8, Buffer.of(0xff))]),
      },
    ];
    expect(rowsOf(inferMessage(tensors))).toEqual({
      b: [[true], [false]],
      i: [[-5], [7]],
      l: [[-(2n ** 63n)], [7]],
      u: [[2 ** 32 - 1], [0]],
      w: [[2n ** 64n - 1n], [2 ** 53 - 1]],
      f: [[0.5], [Infinity]],
      d: [[0.1], [NaN]],
      s: [["Zürich"], [OTHER_CELL]],
    });
  });

  it("may repeat a field one by one instead of packed", () => {
    const one = (value: number) => Buffer.concat([tag(6, 5), floats(value)]);
    const contents = Buffer.concat([1, 2, 3, 4].map(one));
    expect(rowsOf(inferMessage([{ ...FP32, contents }]))).toEqual(X);
    const shape = Buffer.concat([tag(3, 0), varint(2), tag(3, 0), varint(1)]);
    const values = Buffer.concat([tag(3, 0), varint(2n ** 53n + 1n), tag(3, 0), varint(-1)]);
    const tensor = Buffer.concat([field(5, values), shape, field(2, "INT64"), field(1, "n")]);
    // Fields may also come in any order.
    expect(rowsOf(Buffer.concat([field(5, tensor), field(1, "m")]))).toEqual({ n: [[2n ** 53n + 1n], [-1]] });
  });

  it("skips fields that it does not know, of any wire type", () => {
    const unknown = Buffer.concat([
      field(99, "new"),
      Buffer.concat([tag(100, 0), varint(5)]),
      Buffer.concat([tag(101, 1), Buffer.alloc(8)]),
      Buffer.concat([tag(102, 5), Buffer.alloc(4)]),
    ]);
    const tensor = Buffer.concat([unknown, tensorMessage(FP32), unknown]);
    expect(rowsOf(Buffer.concat([field(1, "m"), unknown, field(5, tensor), unknown]))).toEqual(X);
    const contents = Buffer.concat([unknown, field(6, floats(1, 2, 3, 4)), unknown]);
    expect(rowsOf(inferMessage([{ ...FP32, contents }]))).toEqual(X);
  });

  it("has raw contents, which win over typed ones", () => {
    const tensor = { name: "x", datatype: "FP32", shape: [2, 2] };
    const contents = [floats(1, 2, 3, 4)];
    expect(bodyOf(inferMessage([tensor], { contents }), "request")).toMatchObject({
      kind: "request",
      rows: 2,
    });
    expect(rowsOf(inferMessage([FP32], { contents: [floats(4, 3, 2, 1)] }))).toEqual({
      x: [
        [4, 3],
        [2, 1],
      ],
    });
    expect(rowsOf(inferMessage([tensor], { contents, field: 6 }), "response")).toEqual(X);
    // What only one of the two kinds can have says which it is.
    expect(bodyOf(inferMessage([tensor], { contents }), "either")).toMatchObject({
      kind: "request",
      rows: 2,
    });
    expect(bodyOf(inferMessage([tensor], { contents, field: 6 }), "either")).toMatchObject({
      kind: "response",
      rows: 2,
    });
    expect(
      bodyOf(inferMessage([FP32], { contents: [field(1, "predict")], field: 6 }), "either"),
    ).toMatchObject({ kind: "request" });
  });

  it("may have no rows and no contents", () => {
    expect(bodyOf(inferMessage([{ name: "x", datatype: "FP32", shape: [0, 4] }]))).toMatchObject({ rows: 0 });
    expect(bodyOf(field(1, "m"))).toMatchObject({ model: "m", rows: 0, tensors: [] });
    expect(rowsOf(inferMessage([{ datatype: "FP32", shape: [1], contents: field(6, floats(1)) }]))).toEqual({
      "": [[1]],
    });
  });

  it("takes MLServer's pd_json for what it writes", () => {
    const contents = Buffer.concat([field(8, '"a"'), field(8, "1.5"), field(8, "null")]);
    const tensor = { name: "x", datatype: "BYTES", shape: [3], contents, contentType: "pd_json" };
    expect(rowsOf(inferMessage([tensor]))).toEqual({ x: [["a"], [1.5], [null]] });
    expect(rowsOf(inferMessage([{ ...tensor, contentType: "str" }]))).toEqual({
      x: [['"a"'], ["1.5"], ["null"]],
    });
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a cut message", inferMessage([FP32]).subarray(0, 40)],
    ["a shape that its data do not fit", inferMessage([{ ...FP32, shape: [3, 2] }])],
    ["a shape beyond all bounds", inferMessage([{ ...FP32, shape: [2n ** 31n, 2] }])],
    ["a negative shape", inferMessage([{ ...FP32, shape: [-1, 4] }])],
    ["two tensors with one raw content", inferMessage([FP32, FP32], { contents: [floats(1, 2, 3, 4)] })],
    ["raw contents that do not fit", inferMessage([FP32], { contents: [floats(1, 2, 3)] })],
    ["an unknown datatype", inferMessage([{ ...FP32, datatype: "FLOAT" }])],
    [
      "no datatype",
      field(5, Buffer.concat([field(1, "x"), field(3, varints(1)), field(5, field(6, floats(1)))])),
    ],
    ["a name that is not UTF-8", Buffer.concat([field(1, Buffer.of(0xff)), field(5, tensorMessage(FP32))])],
    ["a model that is a number", Buffer.concat([tag(1, 0), varint(5), field(5, tensorMessage(FP32))])],
    ["floats of three bytes", inferMessage([{ ...FP32, shape: [1], contents: field(6, Buffer.alloc(3)) }])],
    ["a group", Buffer.concat([inferMessage([FP32]), tag(20, 3), tag(20, 4)])],
    ["field 0", Buffer.concat([inferMessage([FP32]), Buffer.of(0, 0)])],
    ["a varint without end", Buffer.concat([tag(9, 0), Buffer.alloc(11, 0xff)])],
    ["a length beyond the end", Buffer.concat([tag(9, 2), varint(2n ** 40n)])],
  ])("is refused where it is %s", (_, bytes) => {
    expect(bodyOf(bytes)).toBe("undecodable");
  });
});

describe("frames of a schema registry", () => {
  it("are taken off", () => {
    expect(rowsOf(Buffer.concat([Buffer.of(0, 0, 0, 1, 7, 0), inferMessage([FP32])]))).toEqual(X);
    // The schema's id may be the length that gRPC would say.
    const bytes = Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0), inferMessage([FP32])]);
    bytes.writeUInt32BE(bytes.length - 5, 1);
    expect(rowsOf(bytes)).toEqual(X);
    expect(bodyOf(Buffer.of(0, 0, 0, 0, 1, 0))).toBe("undecodable");
  });
});

describe("gRPC frames", () => {
  it("are taken off", () => {
    expect(rowsOf(framed(inferMessage([FP32])))).toEqual(X);
    expect(rowsOf(framed(gzipSync(inferMessage([FP32])), 1))).toEqual(X);
  });

  it("must hold exactly one message", () => {
    const bytes = framed(inferMessage([FP32]));
    expect(bodyOf(bytes.subarray(0, bytes.length - 1))).toBe("undecodable");
    expect(bodyOf(Buffer.concat([bytes, bytes]))).toBe("undecodable");
    expect(bodyOf(framed(Buffer.alloc(0)))).toBe("undecodable");
    expect(bodyOf(framed(inferMessage([FP32]), 1))).toBe("undecodable");
  });
});
