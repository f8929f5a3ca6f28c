import { describe, expect, it } from "vitest";
import { columnOf, decoderOf, planOf, recordsOf, streamOf, NOW } from "./records-of.ts";

const map = { time: { value: new Date(NOW).toISOString() }, score: { pointer: "/x/a" } };
const columns = [
  columnOf({ name: "a" }),
  columnOf({ name: "b", type: "category" }),
  columnOf({ name: "prediction.score", role: "output" }),
];
const decoder = decoderOf([planOf(columns)], streamOf({ format: "json", map }));

describe("a record that is not JSON", () => {
  it.each([
    "",
    " ",
    "null",
    "1",
    '"a"',
    "[]",
    "{",
    "}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{,}",
    '{"a":1}x',
    '{"a":1}{"b":2}',
    "{a:1}",
    "{'a':1}",
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":-}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":1e+}',
    '{"a":0x1}',
    '{"a":-01}',
    '{"a":tru}',
    '{"a":nul}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\n"}',
    '{"a":"\u0000"}',
    '{"a":[1,]}',
    '{"a":[}',
    '{"a":{]}',
    '{"\\q":1}',
    "\uFEFF{}",
    '{"a":1 "b":2}',
    '{"z":NaN}',
    '{"z":[1,]}',
    '{"z":"\\x"}',
    '{"z":01}',
    '{"z":1.e1}',
    '{"z":{"a" 1}}',
    '{"z":{"a":1,}}',
    '{"a":1}\u00a0',
  ])("rejects %j", (json) => {
    const decoded = decoder.decode(recordsOf([json]), { now: NOW });
    expect(decoded.ledger).toEqual({ decoded: 0, undecodable: 1, ignored: 0, oversize: 0 });
    expect([...decoded.undecodableTime]).toEqual([NOW]);
  });

  it("rejects text that is not UTF-8, also where nothing is read", () => {
    for (const name of ["a", "b", "z"]) {
      for (const bad of [
        [0xff],
        [0xc0, 0x80],
        [0xed, 0xa0, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0xe2, 0x82],
        [0x80],
      ]) {
        const bytes = Buffer.concat([Buffer.from(`{"${name}":"`), Uint8Array.from(bad), Buffer.from('"}')]);
        expect(decoder.decode(recordsOf([bytes]), { now: NOW }).ledger.undecodable).toBe(1);
      }
    }
  });

  it("bounds the depth, in members that are read and in those that are skipped", () => {
    for (const name of ["a", "b", "x", "z"]) {
      const nest = (depth: number) => `{"${name}":${"[".repeat(depth)}${"]".repeat(depth)}}`;
      expect(decoder.decode(recordsOf([nest(511)]), { now: NOW }).ledger.decoded).toBe(1);
      expect(decoder.decode(recordsOf([nest(512)]), { now: NOW }).ledger.undecodable).toBe(1);
      expect(
        decoder.decode(recordsOf([`{"${name}":${"[".repeat(90_000)}`]), { now: NOW }).ledger.undecodable,
      ).toBe(1);
    }
  });
});
