import { expect, it } from "vitest";
import type { DecodedRecords } from "../../src/event/batch.ts";
import { FIELD_SLOTS, nameTensorType } from "../../src/event/field-slots.ts";
import { decode, event, halves, kserve } from "./server-sent.ts";

function fieldsAt(decoded: DecodedRecords, offset: number): string[] {
  const record = decoded.fields?.read(offset);
  if (record === undefined) return ["nothing"];
  return record.fields.slice(0, record.count).map(({ name }, i) => {
    const tensor = record.tensors[i];
    const type = tensor === undefined ? "" : ` ${nameTensorType(tensor)}`;
    return `${record.holder} ${name} ${FIELD_SLOTS[record.slots[i]]}${type}`;
  });
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
    "inputs x number FP32[3]",
    "inputs n integer INT64",
    "inputs s text BYTES",
    "inputs b boolean BOOL",
  ]);
  expect(fieldsAt(decoded, 11)).toEqual(["outputs y number FP64"]);
  expect(decoded.fields?.origin(11, "v2")).toEqual({
    producer: JSON.stringify({
      partition: 0,
      version: "v2",
      headers: { ce_source: "s", "content-type": "application/json" },
    }),
    example: "a",
    rank: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(fieldsAt(decoded, 12)).toEqual(["inputs x number number", "inputs s text text"]);
  expect(decoded.fields?.origin(12, "")).toMatchObject({ example: "a" });
  expect(fieldsAt(decoded, 13)).toEqual(["nothing"]);
});

it("names a request by its id as the response and labels write it", () => {
  const asHex = { ...kserve, map: { id: { header: "X-BentoML-Request-ID", as: "hex" as const } } };
  const headers = { ...event("request"), "X-BentoML-Request-ID": "7f0e32dc88f1b7e3" };
  const decoded = decode([{ value: { instances: [{ x: 1 }] }, headers }], halves("m"), asHex);
  fieldsAt(decoded, 10);
  expect(decoded.fields?.origin(10, "")).toMatchObject({ example: "9155311015262533603" });
});

it("takes no cell that is missing for a type, and nothing from batches without rows and failed calls", () => {
  const decoded = decode(
    [
      {
        value: {
          instances: [
            { x: null, o: {} },
            { x: 1.5, o: {} },
          ],
        },
        headers: event("request"),
      },
      { value: { instances: [{ x: null }] }, headers: event("request") },
      { value: { predictions: [[0.1, 0.9]] }, headers: event("response") },
      {
        value: { inputs: [{ name: "x", datatype: "FP32", shape: [0, 3], data: [] }] },
        headers: event("request"),
      },
      { value: { error: "no" }, headers: event("response") },
      {
        value: { inputs: [{ name: "a/b~c", datatype: "FP32", shape: [1], data: [1] }] },
        headers: event("request"),
      },
    ],
    halves("m"),
    kserve,
  );
  expect([10, 11, 12, 13, 14, 15].map((offset) => fieldsAt(decoded, offset))).toEqual([
    ["inputs x number number", "inputs o object object"],
    ["inputs x null"],
    ["outputs predictions number number[2]"],
    ["nothing"],
    ["nothing"],
    ["inputs a/b~c number FP32"],
  ]);
});
