import { expect, test } from "vitest";
import { toLine, toMessage, type QuarantineEntry } from "../../src/publish/quarantine-entry.ts";

const LATE: QuarantineEntry = {
  stream: "fraud",
  topic: "fraud.scored",
  partition: 3,
  dropped: {
    offset: 42,
    reason: "late",
    recordTime: Date.UTC(2026, 0, 2),
    rows: [
      { row: 1, reason: "late", model: "fraud", time: Date.UTC(2026, 0, 1), columns: [] },
      { row: 2, reason: "invalid", model: "fraud", columns: ["amount", "card"] },
    ],
  },
};
const UNDECODABLE: QuarantineEntry = {
  stream: "fraud",
  partition: 0,
  leftOut: 7,
  dropped: { offset: 1, reason: "undecodable", rows: [] },
  raw: {
    value: Buffer.from([0, 1, 255]),
    key: Buffer.from("key"),
    headers: [
      ["trace", Buffer.from("a")],
      ["trace", Buffer.from("b")],
      ["__rule.name", Buffer.from("planted")],
    ],
  },
};

test("a line says where a record stands and why it was dropped", () => {
  expect(JSON.parse(toLine(LATE))).toEqual({
    stream: "fraud",
    topic: "fraud.scored",
    partition: 3,
    offset: 42,
    reason: "late",
    recordTime: "2026-01-02T00:00:00.000Z",
    rows: [
      { row: 1, reason: "late", model: "fraud", time: "2026-01-01T00:00:00.000Z" },
      { row: 2, reason: "invalid", model: "fraud", columns: ["amount", "card"] },
    ],
  });
});

test("a line has the bytes where they were asked for, and how many records were left out before it", () => {
  expect(JSON.parse(toLine(UNDECODABLE))).toEqual({
    stream: "fraud",
    partition: 0,
    offset: 1,
    reason: "undecodable",
    leftOut: 7,
    raw: {
      value: "AAH/",
      key: "a2V5",
      headers: [
        ["trace", "YQ=="],
        ["trace", "Yg=="],
        ["__rule.name", "cGxhbnRlZA=="],
      ],
    },
  });
});

test("a message without bytes stands under its place, with the headers of a dead-letter queue", () => {
  const { key, value, headers } = toMessage(LATE);
  expect(key).toBe("fraud/3/42");
  expect(value).toBe(toLine(LATE));
  expect(headers).toEqual({
    "__rule.name": "late",
    "__rule.mode": "READ",
    "__rule.topic": "fraud.scored",
    "__rule.exception": "2 rows were dropped: late; faulty columns: amount, card.",
    "driftd.place": "fraud/3/42",
    "driftd.entry": toLine(LATE),
  });
});

test("a message with bytes is the record as it came, and its own headers do not pass for ours", () => {
  const { key, value, headers } = toMessage(UNDECODABLE);
  expect([key, value]).toEqual([Buffer.from("key"), Buffer.from([0, 1, 255])]);
  expect(headers).toMatchObject({
    trace: [Buffer.from("a"), Buffer.from("b")],
    "__rule.name": "undecodable",
    "__rule.exception": "The record was dropped: undecodable.",
  });
  expect(headers["driftd.entry"]).not.toContain("AAH/");
});

test("rows of which only the number is known are told together, under their pane", () => {
  const dropped = { reason: "orphan-input", count: 3, recordTime: Date.UTC(2026, 0, 2), rows: [] } as const;
  const { key, value, headers } = toMessage({ stream: "asked", partition: 1, dropped });
  expect(key).toBe("asked/1/orphan-input/1767312000000");
  expect(JSON.parse(String(value))).toEqual({
    stream: "asked",
    partition: 1,
    count: 3,
    reason: "orphan-input",
    recordTime: "2026-01-02T00:00:00.000Z",
  });
  expect(headers["__rule.exception"]).toBe("3 rows were dropped: orphan-input.");
});

test("a time that no calendar has is told as it is", () => {
  const { dropped, ...place } = LATE;
  const line = toLine({ ...place, dropped: { ...dropped, recordTime: 1e300, rows: [] } });
  expect(JSON.parse(line)).toMatchObject({ recordTime: 1e300 });
});
