import { expect, test } from "vitest";
import { publicKeys } from "../../src/event/ids.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import type { EventPlan } from "../../src/event/batch.ts";
import { mixRowHigh, mixRowLow } from "../../src/event/row-id.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import { recordsOf } from "./records-of.ts";

const STREAM: StreamConfig = {
  name: "labels",
  role: "labels",
  of: "asked",
  format: "json",
  map: { id: { pointer: "/id" }, truth: { pointer: "/truth" }, model: { value: "m" } },
  from: "earliest",
  maxAhead: 300_000,
  idleAfter: 60_000,
};

function idsOf(rowIds: boolean, ids: readonly string[]): [number, number][] {
  const columns = [{ name: "truth", type: "number", role: "truth", pii: false, categories: [] }] as const;
  const plan: EventPlan = { model: "m", needsId: true, rowIds, columns };
  const decoder = createDecoder({
    stream: STREAM,
    plans: [plan],
    key: publicKeys(),
    limits: { maxRecordBytes: 1000 },
  });
  const records = recordsOf(ids.map((id) => JSON.stringify({ id, truth: 1 })));
  const [batch] = decoder.decode(records, { now: Date.UTC(2030, 0, 1) }).batches;
  return ids.map((_, row) => [batch.idHigh[row], batch.idLow[row]]);
}

test("a label may name a row of a request", () => {
  const [record, first, third, other] = idsOf(true, ["abc", "abc#0", "abc#2", "abd#2"]);
  expect(first).toEqual(record);
  expect(third).toEqual([mixRowHigh(record[0], 2), mixRowLow(record[1], 2)]);
  expect(other).not.toEqual(third);
});

test("where nothing is joined an id is what it says", () => {
  const [record, first] = idsOf(false, ["abc", "abc#0"]);
  expect(first).not.toEqual(record);
});
