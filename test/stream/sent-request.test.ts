import { expect, test } from "vitest";
import { countBytes, countRecords, recordsOf } from "../../src/stream/sent-request.ts";

const first = { time: 5, headers: { "ce-id": "7" }, values: [Buffer.from("one"), Buffer.from("three")] };
const second = { time: 6, headers: {}, values: [Buffer.from("4")] };

test("requests become one batch of records, each with the offset, time and headers that it has", () => {
  const batch = recordsOf("served", [
    { requests: [first], offset: 13 },
    { requests: [], offset: 15 },
    { requests: [second], offset: 18 },
  ]);
  expect(batch).toMatchObject({
    stream: "served",
    partition: 0,
    count: 3,
    end: 19,
    keys: [null, null, null],
  });
  expect([...batch.offsets]).toEqual([13, 14, 18]);
  expect([...batch.timestamps]).toEqual([5, 5, 6]);
  expect(batch.values).toEqual([...first.values, ...second.values]);
  expect(batch.headers).toEqual([first.headers, first.headers, second.headers]);
  expect([countRecords([first, second]), countBytes([first, second])]).toEqual([3, 9]);
});
