import { expect, it } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import type { ColumnPlan } from "../../src/event/batch.ts";
import { createFieldReader, type FieldReading } from "../../src/event/field-reader.ts";
import { FIELD_SLOTS } from "../../src/event/field-slots.ts";
import { publicKeys } from "../../src/event/ids.ts";
import type { ObservedRecord } from "../../src/event/record-fields.ts";
import type { RecordBatch, RecordHeaders } from "../../src/event/records.ts";

const STREAM: StreamConfig = {
  name: "s",
  role: "inference",
  topic: "s",
  format: "native",
  map: {},
  from: "earliest",
  maxAhead: 300_000,
  idleAfter: 60_000,
};

const CARD: ColumnPlan = { name: "card", type: "category", role: "feature", pii: true, categories: [] };
const COLUMNS: readonly ColumnPlan[] = [
  CARD,
  ...["region", "origin"].map((name) => ({ ...CARD, name, pii: false })),
];

function readerOf(stream: Partial<StreamConfig> = {}, hidesIds = false): FieldReading {
  const plans = [{ model: "m", needsId: false, columns: COLUMNS, hidesIds }];
  return createFieldReader({ stream: { ...STREAM, ...stream }, plans, key: publicKeys() });
}

function recordsOf(values: readonly string[], headers: readonly RecordHeaders[] = []): RecordBatch {
  return {
    kind: "records",
    stream: "s",
    partition: 3,
    count: values.length,
    // A topic has holes.
    offsets: Float64Array.from(values, (_, i) => 10 + 7 * i),
    timestamps: new Float64Array(values.length),
    values: values.map((value) => new TextEncoder().encode(value)),
    keys: values.map(() => null),
    headers: values.map((_, i) => headers[i]),
    end: 1_000,
  };
}

function seen(record: ObservedRecord | undefined): string[] {
  if (record === undefined) return ["nothing"];
  return record.fields.slice(0, record.count).map(({ name }, i) => `${name} ${FIELD_SLOTS[record.slots[i]]}`);
}

it("calls the fields of a native event as its map does, and others by their pointer", () => {
  const reader = readerOf();
  const value = {
    id: "e1",
    time: 1_700_000_000_000,
    version: "v1",
    features: { amount: 1.5, whole: 3, region: "eu", nested: { on: true }, none: null },
    prediction: { score: 0.5, decision: false },
    meta: { tags: ["a", "b"], at: "2026-01-05T00:00:00Z", "a/b": 1 },
  };
  reader.source = recordsOf(["{}", JSON.stringify(value)]);
  expect(seen(reader.read(17))).toEqual([
    "id text",
    "time integer",
    "version text",
    "/features object",
    "amount number",
    "whole integer",
    "region text",
    "nested object",
    "/features/nested/on boolean",
    "none null",
    "/prediction object",
    "prediction.score number",
    "prediction.decision boolean",
    "/meta object",
    "/meta/tags array",
    "/meta/tags/[] text",
    "/meta/tags/[] text",
    "/meta/at date-time",
    "/meta/a~1b integer",
  ]);
  expect(seen(reader.read(10))).toEqual([]);
});

it("takes whole numbers for integers however they are written, and names apart from their escapes", () => {
  const reader = readerOf({ format: "json" });
  reader.source = recordsOf(['{"a":3.0,"b":3e2,"c":3.5,"\\u0064":1e400,"[]":1}']);
  expect(seen(reader.read(10))).toEqual(["a integer", "b integer", "c number", "d number"]);
});

it("follows no names that are too deep or made up without end", () => {
  const reader = readerOf({ format: "json" });
  const deep = `${'{"a":'.repeat(40)}1${"}".repeat(40)}`;
  reader.source = recordsOf([deep]);
  expect(reader.read(10)?.count).toBe(6);
  for (let i = 0; i < 20_000; i++) {
    reader.source = recordsOf([`{"k${i}":${i}}`]);
    expect(reader.read(10)?.count).toBe(1);
  }
});

it("tells values of the model's own categories, hashes those of pii columns, and keeps no other text", () => {
  const reader = readerOf();
  const value =
    '{"id":"e1","time":"x","plan":"free","features":{"region":"e\\"u","card":"4711","mail":"a@b.org","n":5}}';
  reader.source = recordsOf([value]);
  const record = reader.read(10);
  const values = record?.fields
    .slice(0, record.count)
    .flatMap(({ name }, i) => [[name, reader.valueOf(i)]] as const);
  const told = new Map(values);
  expect(told.get("region")).toBe('e"u');
  expect(told.get("card")).toMatch(/^[0-9a-f]{32}$/);
  for (const name of ["id", "time", "/plan", "mail", "n", "/features"])
    expect(told.get(name)).toBeUndefined();
});

it("tells no id where ids are personal", () => {
  const reader = readerOf({}, true);
  reader.source = recordsOf(['{"id":"e1"}']);
  reader.read(10);
  expect(reader.origin(10, "")).toEqual({ producer: '{"partition":3}', rank: "" });
});

it("says who sent a record, and gives its id", () => {
  const reader = readerOf();
  const headers: RecordHeaders = {
    Producer: new TextEncoder().encode("checkout\n4.2"),
    "ce-source": ["urn:a", "urn:b"],
    authorization: "secret",
  };
  reader.source = recordsOf(['{"id":"e1"}', '{"id":7}', "{}"], [headers]);
  reader.read(10);
  const origin = reader.origin(10, "v1");
  expect(JSON.parse(origin.producer)).toEqual({
    partition: 3,
    version: "v1",
    headers: { "ce-source": "urn:a", producer: "checkout?4.2" },
  });
  expect(origin.example).toBe("e1");
  expect(origin.rank).toMatch(/^[0-9a-f]{16}$/);
  reader.read(17);
  expect(reader.origin(17, "")).toMatchObject({ producer: '{"partition":3}', example: "7" });
  reader.read(24);
  expect(reader.origin(24, "")).toEqual({ producer: '{"partition":3}', rank: "" });
});

it("tells long ids apart, and each as labels name it", () => {
  const reader = readerOf();
  const ids = ["1", "2"].map((end) => `urn:${"a".repeat(96)}-${end}`);
  reader.source = recordsOf([...ids.map((id) => JSON.stringify({ id })), String.raw`{"id":"a\/\u00e9"}`]);
  const origins = [10, 17, 24].map((offset) => {
    reader.read(offset);
    return reader.origin(offset, "");
  });
  expect(origins.map(({ example }) => example)).toEqual([...ids, "a/é"]);
  expect(new Set(origins.map(({ rank }) => rank)).size).toBe(3);
});

it("tells an id that is read as hex as the other side and labels write it", () => {
  const exampleOf = (id: string, as: "hex" | "decimal"): string | undefined => {
    const reader = readerOf({ map: { id: { pointer: "/txn", as } } });
    reader.source = recordsOf([JSON.stringify({ txn: id })]);
    reader.read(10);
    return reader.origin(10, "").example;
  };
  expect(exampleOf("7f0e32dc88f1b7e3", "hex")).toBe("9155311015262533603");
  expect(exampleOf("0009155311015262533603", "decimal")).toBe("9155311015262533603");
  // No number, and so no id that anything is joined by.
  expect(exampleOf("not hex", "hex")).toBe("not hex");
});

it("takes the columns of a table for fields, by what their cells are", () => {
  const columns = {
    day: [new Date(0), new Date(0)],
    distance: Float64Array.of(1, 2.5),
    big: [1n, null],
    origin: ["ATL", "2026-01-05"],
    ok: [true, undefined],
    list: [[1], {}],
  };
  const table = {
    kind: "table",
    stream: "s",
    partition: 0,
    count: 2,
    firstOffset: 5,
    columns,
    end: 7,
  } as const;
  const reader = readerOf({ format: "parquet" });
  reader.source = table;
  expect(seen(reader.read(5))).toEqual([
    "day date-time",
    "distance integer",
    "big integer",
    "origin text",
    "ok boolean",
    "list array",
  ]);
  expect(reader.valueOf(3)).toBe("ATL");
  expect(seen(reader.read(6))).toEqual([
    "day date-time",
    "distance number",
    "big null",
    "origin date",
    "ok null",
    "list object",
  ]);
});

it("takes the texts of a csv table for what they say", () => {
  const columns = { a: ["1", "1.5", "", "x", "TRUE"] };
  const table = {
    kind: "table",
    stream: "s",
    partition: 0,
    count: 5,
    firstOffset: 0,
    columns,
    end: 5,
  } as const;
  const reader = readerOf({ format: "csv" });
  reader.source = table;
  const slots = [0, 1, 2, 3, 4].map((offset) => seen(reader.read(offset))[0]);
  expect(slots).toEqual(["a integer", "a number", "a null", "a text", "a boolean"]);
});

it("knows records of one layout", () => {
  const layout = readerOf().layout;
  expect(readerOf({ map: { id: { pointer: "/txn" } } }).layout).toBe(layout);
  expect(readerOf({ map: { features: { pointer: "/x" } } }).layout).not.toBe(layout);
  expect(readerOf({ role: "inputs" }).layout).not.toBe(layout);
  expect(readerOf({ format: "json" }).layout).not.toBe(readerOf({ format: "csv" }).layout);
});
