import { expect, it } from "vitest";
import type { DecodedRecords } from "../../src/event/batch.ts";
import { FIELD_SLOTS } from "../../src/event/field-slots.ts";
import { decode, event, halves, kserve } from "./server-sent.ts";

function fieldsAt(decoded: DecodedRecords, offset: number): string[] {
  const record = decoded.fields?.read(offset);
  if (record === undefined) return ["nothing"];
  return record.fields.slice(0, record.count).map(({ name }, i) => `${name} ${FIELD_SLOTS[record.slots[i]]}`);
}

it("takes the tensors of requests and responses for fields, and tells the id that labels name", () => {
  const tensors = [
    { name: "x", datatype: "FP32", shape: [2, 3], data: [1, 2, 3, 4, 5, 6] },
    { name: "n", datatype: "INT64", shape: [2], data: [1, 2] },
    { name: "s", datatype: "BYTES", shape: [2], data: ["a", "b"] },
    { name: "b", datatype: "BOOL", shape: [2, 1], data: [true, false] },
  ];
  const decoded = decode(
    [
      { value: { id: "r-1", inputs: tensors }, headers: event("request") },
      {
        value: { id: "r-1", outputs: [{ name: "y", datatype: "FP64", shape: [1], data: [0.5] }] },
        headers: event("response"),
      },
      { value: { instances: [{ x: 1, s: "a" }] }, headers: event("request") },
      { value: "broken", headers: event("request") },
    ],
    halves("m"),
    kserve,
  );
  expect(fieldsAt(decoded, 10)).toEqual([
    "inputs.x[3] number",
    "inputs.n integer",
    "inputs.s text",
    "inputs.b boolean",
  ]);
  expect(fieldsAt(decoded, 11)).toEqual(["outputs.y number"]);
  expect(decoded.fields?.origin(11, "v2")).toEqual({
    producer: JSON.stringify({
      partition: 0,
      version: "v2",
      headers: { ce_source: "s", "content-type": "application/json" },
    }),
    example: "a",
    rank: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(fieldsAt(decoded, 12)).toEqual(["inputs.x integer", "inputs.s text"]);
  expect(decoded.fields?.origin(12, "")).toMatchObject({ example: "a" });
  expect(fieldsAt(decoded, 13)).toEqual(["nothing"]);
});
