import { describe, expect, it } from "vitest";
import {
  clearAttributes,
  COMPONENT,
  CONTENT_TYPE,
  createAttributes,
  ENDPOINT,
  hasAttribute,
  ID,
  MLSERVER_MODEL,
  MODEL_ID,
  readHeaders,
  REQUEST_ID,
  saysStructured,
  SERVICE,
  SPEC_VERSION,
  TIME,
  TYPE,
} from "../../src/event/cloud-event.ts";
import type { Attributes } from "../../src/event/cloud-event.ts";
import { createStructuredReader, isWholeEvent, readStructured } from "../../src/event/cloud-event-json.ts";
import type { RecordHeaders } from "../../src/event/records.ts";

function attributesOf(headers: RecordHeaders): Attributes {
  const attributes = createAttributes();
  readHeaders(attributes, headers);
  return attributes;
}

function textOf({ spans }: Attributes, position: number): string | undefined {
  const { bytes, start, stop } = spans[position];
  return stop === start ? undefined : Buffer.from(bytes.subarray(start, stop)).toString();
}

function structuredOf(value: string | object): { isObject: boolean; body: string; attributes: Attributes } {
  const reader = createStructuredReader();
  const attributes = createAttributes();
  const bytes = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
  const isObject = readStructured(reader, attributes, bytes);
  return { isObject, body: Buffer.from(reader.body).toString(), attributes };
}

describe("readHeaders", () => {
  it.each([
    ["HTTP", { "ce-id": "a", "ce-type": "t", "Ce-Component": "predictor", "content-type": "x/y" }],
    ["the Kafka binding", { ce_id: "a", ce_type: "t", ce_component: "predictor", "content-type": "x/y" }],
    ["MLServer", { "Ce-Id": "a", "Ce-Type": "t", "Ce-Component": "predictor", "Content-Type": "x/y" }],
    [
      "bytes",
      {
        "CE-ID": Buffer.from("a"),
        ce_type: [Buffer.from("t")],
        "ce-component": ["predictor"],
        "CONTENT-TYPE": "x/y",
      },
    ],
  ])("reads attributes as %s names them", (_, headers) => {
    const attributes = attributesOf(headers);
    expect([ID, TYPE, COMPONENT, CONTENT_TYPE].map((position) => textOf(attributes, position))).toEqual([
      "a",
      "t",
      "predictor",
      "x/y",
    ]);
    expect(attributes.faulty.includes(1)).toBe(false);
  });

  it("reads what other servers write", () => {
    const attributes = attributesOf({
      "X-Request-Id": "r",
      "mlserver-model": "iris",
      "Ce-Modelid": "m",
      "Ce-Inferenceservicename": "s",
      traceparent: "00-1",
      id: "no attribute",
      ce_knativearrivaltime: "now",
    });
    expect([REQUEST_ID, MLSERVER_MODEL, MODEL_ID, SERVICE, ID].map((at) => textOf(attributes, at))).toEqual([
      "r",
      "iris",
      "m",
      "s",
      undefined,
    ]);
  });

  it("takes an empty attribute for an absent one, and keeps bytes that are no UTF-8", () => {
    const odd = Buffer.from([0xff, 0xfe, 0x41]);
    const attributes = attributesOf({ ce_endpoint: "", ce_component: Buffer.alloc(0), ce_id: odd });
    expect(hasAttribute(attributes, ENDPOINT)).toBe(false);
    expect(hasAttribute(attributes, COMPONENT)).toBe(false);
    expect(Buffer.from(attributes.spans[ID].bytes)).toEqual(odd);
  });

  it("takes a string's characters for the bytes that they were", () => {
    const attributes = attributesOf({ "ce-id": Buffer.from("Zürich").toString("latin1") });
    expect(textOf(attributes, ID)).toBe("Zürich");
  });

  it("keeps all headers of a record, however long", () => {
    const attributes = createAttributes();
    for (const length of [3, 5_000, 20_000]) {
      const texts = ["i", "t", "c"].map((letter) => letter.repeat(length));
      const [id = "", type = "", component = ""] = texts;
      clearAttributes(attributes);
      readHeaders(attributes, { "ce-id": id, "ce-type": type, "ce-component": component });
      expect([ID, TYPE, COMPONENT].map((position) => textOf(attributes, position))).toEqual(texts);
    }
  });

  it("notes what is said twice and differently", () => {
    expect(attributesOf({ ce_id: ["a", "b"] }).faulty[ID]).toBe(1);
    expect(attributesOf({ ce_id: "a", "ce-id": "b" }).faulty[ID]).toBe(1);
    expect(attributesOf({ ce_id: ["a", "a"], "Ce-Id": "a" }).faulty[ID]).toBe(0);
  });

  it("forgets the record before", () => {
    const attributes = attributesOf({ ce_id: ["a", "b"], ce_type: "t" });
    clearAttributes(attributes);
    readHeaders(attributes, undefined);
    expect(hasAttribute(attributes, TYPE)).toBe(false);
    expect(attributes.faulty[ID]).toBe(0);
  });

  it("knows the content type of a whole event", () => {
    expect(
      saysStructured(attributesOf({ "content-type": "Application/CloudEvents+json; charset=UTF-8" })),
    ).toBe(true);
    expect(saysStructured(attributesOf({ "content-type": "application/json" }))).toBe(false);
    expect(saysStructured(attributesOf({}))).toBe(false);
  });
});

const EVENT = { specversion: "1.0", type: "t", source: "s", id: "a" };

describe("readStructured", () => {
  it("finds attributes and data", () => {
    const event = { ...EVENT, time: "2026-01-01T00:00:00Z", component: "predictor", custom: { a: [1] } };
    const { attributes, body, isObject } = structuredOf({ ...event, data: { instances: [[1, "]}"]] } });
    expect(isObject).toBe(true);
    expect(isWholeEvent(attributes)).toBe(true);
    expect(textOf(attributes, TIME)).toBe("2026-01-01T00:00:00Z");
    expect(textOf(attributes, COMPONENT)).toBe("predictor");
    expect(body).toBe('{"instances":[[1,"]}"]]}');
  });

  it("finds data in base64, as a text, with NaN in it, or nowhere", () => {
    const base64 = Buffer.from('{"x":1}\u0000\u0001').toString("base64");
    expect(structuredOf({ ...EVENT, data_base64: base64 }).body).toBe('{"x":1}\u0000\u0001');
    expect(structuredOf({ ...EVENT, data: '{"x":"ü\\n"}' }).body).toBe('{"x":"ü\\n"}');
    const start = JSON.stringify(EVENT).slice(0, -1);
    expect(structuredOf(`${start}, "data" : {"instances": [[NaN, -Infinity]]} }`).body).toBe(
      '{"instances": [[NaN, -Infinity]]}',
    );
    expect(structuredOf({ ...EVENT, data: null }).body).toBe("");
    expect(structuredOf(EVENT).body).toBe("");
  });

  it("unescapes attributes", () => {
    const { attributes } = structuredOf('{"id":"a\\u00fc\\/\\n","type":"\\u0074"}');
    expect(textOf(attributes, ID)).toBe("aü/\n");
    expect(textOf(attributes, TYPE)).toBe("t");
  });

  it("notes attributes that are no text, or two", () => {
    expect(structuredOf({ ...EVENT, id: 5 }).attributes.faulty[ID]).toBe(1);
    expect(structuredOf('{"id":"a","id":"b"}').attributes.faulty[ID]).toBe(1);
    expect(structuredOf({ ...EVENT, time: null }).attributes.faulty[TIME]).toBe(0);
  });

  it("asks an event for all that CloudEvents asks", () => {
    for (const name of Object.keys(EVENT)) {
      expect(isWholeEvent(structuredOf({ ...EVENT, [name]: undefined }).attributes)).toBe(false);
    }
    expect(textOf(structuredOf(EVENT).attributes, SPEC_VERSION)).toBe("1.0");
  });

  it.each([
    "",
    "[]",
    "null",
    "{",
    '{"id"',
    '{"id":',
    '{"id":"a"',
    '{"id":"a",}',
    '{"data":[[}',
    '{"data":{"a":"}',
    '{"id":"a"}x',
    "{'id':1}",
  ])("refuses %j", (value) => {
    expect(structuredOf(value).isObject).toBe(false);
  });
});
