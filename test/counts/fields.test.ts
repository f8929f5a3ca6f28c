import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDeparture,
  addField,
  addSighting,
  createFieldSummary,
  mergeFields,
  MOST_STRANGE,
  spanOffset,
} from "../../src/counts/fields.ts";
import type { DepartureKind, FieldSummary } from "../../src/counts/fields.ts";
import { packFields, unpackFields } from "../../src/counts/fields-packed.ts";
import { checkPacked } from "../../src/counts/packed.ts";

const isKnown = (name: string): boolean => name.startsWith("known");

interface Seen {
  readonly name: string;
  readonly slot: number;
  readonly offset: number;
  readonly departed?: { kind: DepartureKind; producer: string; rank: string; value: string };
}

const seen: fc.Arbitrary<Seen> = fc.record(
  {
    name: fc.oneof(fc.constantFrom("known a", "known b"), fc.nat(200).map(String)),
    slot: fc.nat(13),
    offset: fc.nat(1_000),
    departed: fc.record({
      kind: fc.constantFrom<DepartureKind>("new", "enum", "null"),
      producer: fc.nat(20).map((partition) => JSON.stringify({ partition })),
      rank: fc.oneof(
        fc.constant(""),
        fc.nat(50).map((n) => n.toString(16).padStart(16, "0")),
      ),
      value: fc.nat(40).map(String),
    }),
  },
  { requiredKeys: ["name", "slot", "offset"] },
);

function summaryOf(records: readonly Seen[]): FieldSummary {
  const summary = createFieldSummary();
  for (const { name, slot, offset, departed } of records) {
    summary.records += 2;
    summary.sampled += 1;
    summary.foreign += slot === 0 ? 1 : 0;
    spanOffset(summary, "s/0", { first: offset, last: offset });
    addField(summary, name, slot, isKnown);
    summary.seen.set("s/0", (summary.seen.get("s/0") ?? 0) + 1);
    const sender = { producer: `${offset % 20}`, rank: departed?.rank ?? "", example: departed?.rank ?? "" };
    const type = slot === 0 ? "integer" : (`tensor FP32[${slot}]` as const);
    addSighting(summary, { holder: "inputs", field: name, parent: "inputs", type, ...sender });
    if (departed !== undefined) addDeparture(summary, { field: name, example: departed.rank, ...departed });
  }
  return summary;
}

function merged(parts: readonly FieldSummary[]): Uint8Array {
  const sum = createFieldSummary();
  for (const part of parts) mergeFields(sum, part, isKnown);
  return packFields(sum);
}

describe("field summaries", () => {
  it("are the same however their records were cut and in whatever order they are merged", () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 300 }), fc.nat(300), fc.nat(300), (records, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const parts = [records.slice(0, low), records.slice(low, high), records.slice(high)].map(summaryOf);
        const whole = packFields(summaryOf(records));
        expect(merged(parts)).toEqual(whole);
        expect(merged(parts.toReversed())).toEqual(whole);
        expect(packFields(summaryOf(records.toReversed()))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("come back as they were packed", () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 100 }), (records) => {
        const packed = packFields(summaryOf(records));
        checkPacked(packed, "a test");
        expect(packFields(unpackFields(packed))).toEqual(packed);
      }),
      { numRuns: 60 },
    );
  });

  it("keep a place for what the reference knows, whatever names are made up", () => {
    const summary = createFieldSummary();
    for (let i = 0; i < 5_000; i++) addField(summary, `made up ${i}`, 2, isKnown);
    addField(summary, "known a", 2, isKnown);
    expect(summary.fields.size).toBe(MOST_STRANGE + 1);
    expect(summary.fields.get("known a")?.[2]).toBe(1);
  });

  it("say between which offsets their records stand", () => {
    const summary = summaryOf([
      { name: "a", slot: 0, offset: 7 },
      { name: "a", slot: 0, offset: 3 },
      { name: "a", slot: 0, offset: 5 },
    ]);
    expect([...summary.offsets]).toEqual([["s/0", { first: 3, last: 7 }]]);
  });
});
