import { describe, expect, it } from "vitest";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const tick = { now: NOW };
const plan = planOf([columnOf({ name: "x" })]);
const at = (ms: number) => new Date(ms).toISOString();

describe("requests that were turned away before they could be records", () => {
  it("are counted as what they were: a row without room, a record too large", () => {
    const decoder = decoderOf([plan]);
    const why = (text: string) => ({ "driftd-turned-away": Buffer.from(text) });
    const decoded = decoder.decode(
      recordsOf([null, null, null, null, { time: at(NOW) }], {
        headers: [why("overflow"), why("oversize"), why("nothing"), undefined, why("overflow")],
      }),
      tick,
    );
    expect(decoded.ledger).toEqual({ decoded: 2, undecodable: 0, ignored: 2, oversize: 1 });
    expect(decoded.unroutable).toEqual({ overflow: 1 });
    expect(decoded.rows).toBe(1);
    expect(decoder.decode(recordsOf([{ time: at(NOW) }]), tick).unroutable).toEqual({});
  });
});

describe("the id that was read last", () => {
  const joined = planOf([columnOf({ name: "x" })], { needsId: true, rowIds: true });

  it("is the record's own, without escapes and without its row; of a record without one there is none", () => {
    const decoder = decoderOf([joined]);
    const lastOf = (id: unknown): string | undefined => {
      decoder.decode(recordsOf([JSON.stringify({ time: at(NOW), id })]), tick);
      const last = decoder.lastId();
      return last && Buffer.from(last).toString();
    };
    expect(["a", 'q"é', "r#7", 12].map(lastOf)).toEqual(["a", 'q"é', "r", "12"]);
    expect([undefined, "", true].map(lastOf)).toEqual([undefined, undefined, undefined]);
  });
});
