import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { DecodedRecords, EventPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { columnOf, planOf } from "./records-of.ts";
import { decode, event, kserve, shown } from "./server-sent.ts";

/** Model m of the tests below: two numbers, a category and a boolean. */
const INPUT: EventPlan = planOf(
  [
    columnOf({ name: "age" }),
    columnOf({ name: "income" }),
    columnOf({ name: "city", type: "category", categories: ["oslo", "rome"] }),
    columnOf({ name: "member", type: "boolean" }),
  ],
  { needsId: true, half: "input" },
);
const OUTPUT = planOf([columnOf({ name: "prediction.score", role: "output" })], {
  needsId: true,
  half: "output",
});

type Row = Readonly<Record<string, unknown>>;
const GOOD: Row = { age: 30, income: 5.5, city: "rome", member: true };
const GOOD_CELLS = { age: 30, income: 5.5, city: "rome", member: "true" };

/** A row as V1 and V2 write it. */
const v1 = (row: Row): object => ({ instances: [row] });
const DATATYPES: Readonly<Record<string, string>> = {
  age: "INT64",
  income: "FP64",
  city: "BYTES",
  member: "BOOL",
};
const v2 = (row: Row): object => ({
  inputs: Object.entries(row).map(([name, cell]) => ({
    name,
    datatype: DATATYPES[name] ?? "FP32",
    shape: [1],
    data: [cell],
  })),
});

function decodeAround(
  value: object | string | Uint8Array,
  stream: Partial<StreamConfig> = kserve,
): DecodedRecords {
  const good = { value: v1(GOOD), headers: event("request", { ce_id: "good" }) };
  const odd = { value, headers: event("request", { ce_id: "odd" }) };
  return decode([good, odd, good], [INPUT, OUTPUT], stream);
}

function cellsOfRows(decoded: DecodedRecords): unknown[] {
  return shown(decoded).map((row) => Reflect.get(row, "cells"));
}

describe.each([
  ["V1", v1],
  ["V2", v2],
] as const)("an odd request in %s leaves all other cells as they were", (_, write) => {
  it.each<[string, Row, object]>([
    ["a null", { ...GOOD, age: null }, { ...GOOD_CELLS, age: undefined }],
    ["a missing column", { income: 5.5, city: "rome", member: true }, { ...GOOD_CELLS, age: undefined }],
    ["an extra column", { extra: 1, ...GOOD, more: 2 }, GOOD_CELLS],
    ["a string for a number", { ...GOOD, income: "5.5" }, { ...GOOD_CELLS, income: "fault" }],
    ["a string for a boolean", { ...GOOD, member: "yes" }, { ...GOOD_CELLS, member: "fault" }],
    ["a fraction for a category", { ...GOOD, city: 0.5 }, { ...GOOD_CELLS, city: "fault" }],
    ["columns in another order", { member: true, city: "rome", income: 5.5, age: 30 }, GOOD_CELLS],
    ["a new category", { ...GOOD, city: "lima" }, { ...GOOD_CELLS, city: "unseen" }],
    ["../ in a name", { "../age": 1, ...GOOD }, GOOD_CELLS],
  ])("%s", (__, row, cells) => {
    const decoded = decodeAround(write(row));
    expect(decoded.ledger).toEqual({ decoded: 3, undecodable: 0, ignored: 0, oversize: 0 });
    expect(cellsOfRows(decoded)).toEqual([GOOD_CELLS, cells, GOOD_CELLS]);
  });

  it("NaN", () => {
    const text = JSON.stringify(write({ ...GOOD, income: "?" })).replace('"?"', "NaN");
    expect(cellsOfRows(decodeAround(text))).toEqual([
      GOOD_CELLS,
      { ...GOOD_CELLS, income: "NaN" },
      GOOD_CELLS,
    ]);
  });

  it.each<[string, (body: string) => string | Uint8Array]>([
    ["corrupt gzip", (body) => corrupt(gzipSync(body))],
    ["cut gzip", (body) => gzipSync(body).subarray(0, 40)],
    ["cut JSON", (body) => body.slice(0, -5)],
    ["no request", () => '{"rows":[1]}'],
    ["random bytes", () => Uint8Array.of(0, 1, 254, 255)],
  ])("%s is a record that is undecodable", (__, breakIt) => {
    const decoded = decodeAround(breakIt(JSON.stringify(write(GOOD))));
    expect(decoded.ledger).toEqual({ decoded: 2, undecodable: 1, ignored: 0, oversize: 0 });
    expect(cellsOfRows(decoded)).toEqual([GOOD_CELLS, GOOD_CELLS]);
    expect([...decoded.refused.offsets.subarray(0, decoded.refused.count)]).toEqual([11]);
  });
});

describe("an odd tensor", () => {
  const tensor = (name: string, shape: number[], data: unknown[]): object => ({
    name,
    datatype: "FP64",
    shape,
    data,
  });

  it.each([
    ["too few cells", [2, 2], [1, 2, 3]],
    ["too many cells", [1, 2], [1, 2, 3]],
    ["a negative shape", [-1, 2], [1, 2]],
    ["more rows than its record", [2 ** 31, 2], [1]],
  ])("with %s makes its record undecodable", (_, shape, data) => {
    const decoded = decodeAround({ inputs: [tensor("x", shape, data)] });
    expect(decoded.ledger).toEqual({ decoded: 2, undecodable: 1, ignored: 0, oversize: 0 });
  });

  it("of another width than its names is a fault of those columns, and of no other", () => {
    const names = { x: ["age", "income"] };
    const body = {
      inputs: [
        tensor("x", [1, 3], [1, 2, 3]),
        { name: "city", datatype: "BYTES", shape: [1], data: ["oslo"] },
      ],
    };
    expect(cellsOfRows(decodeAround(body, { ...kserve, names }))[1]).toEqual({
      age: "fault",
      income: "fault",
      city: "oslo",
    });
  });

  it("that comes twice counts once", () => {
    const body = { inputs: [tensor("age", [1], [1]), tensor("income", [1], [2]), tensor("age", [1], [3])] };
    expect(cellsOfRows(decodeAround(body))[1]).toEqual({ age: 1, income: 2 });
  });
});

it("an answer with an odd cell is a fault of that cell", () => {
  const answers = [{ p: "high" }, { p: 0.5 }, { p: null }].map((row, i) => ({
    value: { predictions: [row] },
    headers: event("response", { ce_id: String(i) }),
  }));
  expect(cellsOfRows(decode(answers, [INPUT, OUTPUT], kserve))).toEqual([
    { "prediction.score": "fault" },
    { "prediction.score": 0.5 },
    {},
  ]);
});

/** A byte in the middle is another one. */
function corrupt(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[copy.length >> 1] ^= 0xff;
  return copy;
}
