import { describe, expect, it } from "vitest";
import { decodeGroups, encodeGroups } from "../../src/ingestion/journal-entry.ts";
import { batchOf, endOf, inParts, type SentGroup } from "../../src/ingestion/sent-groups.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const headers = { "ce-id": "7", "x-name": "caf\u00e9", "set-cookie": ["a", "b"] };
const GROUPS: readonly SentGroup[] = [
  {
    stream: "served",
    first: 10,
    unread: { overflow: 2, oversize: 1 },
    timestamps: [5, 5, 6],
    headers: [headers, headers, undefined],
    values: [bytes("one"), bytes(""), null],
  },
  {
    stream: "truth",
    first: 0,
    unread: { overflow: 0, oversize: 3 },
    timestamps: [],
    headers: [],
    values: [],
  },
  {
    stream: "served",
    first: 16,
    unread: { overflow: 0, oversize: 0 },
    timestamps: [7],
    headers: [{ "ce-id": "8" }],
    values: [bytes("\u0000\u00ff")],
  },
];

describe("an entry of the journal", () => {
  it("has the groups as they were, whatever they hold", () => {
    const decoded = decodeGroups(encodeGroups(GROUPS));
    const plain = decoded.map(({ values, ...rest }) => ({
      ...rest,
      values: values.map((value) => value && new Uint8Array(value)),
    }));
    expect(plain).toEqual(GROUPS);
    // Records of one request share their headers again.
    expect(decoded[0]?.headers[0]).toBe(decoded[0]?.headers[1]);
  });
});

describe("groups of sent records", () => {
  const served = GROUPS.filter(({ stream }) => stream === "served");

  it("have their records behind what was turned away, as one batch", () => {
    const batch = batchOf(served, 0);
    expect(batch.count).toBe(4);
    expect([...batch.offsets]).toEqual([13, 14, 15, 16]);
    expect([...batch.timestamps]).toEqual([5, 5, 6, 7]);
    expect(batch.end).toBe(17);
    expect(GROUPS.map(endOf)).toEqual([16, 3, 17]);
  });

  it("are cut where a part has enough records, none of them in two", () => {
    const sizes = (most: number): number[] => Array.from(inParts(served, most), (part) => part.length);
    expect(sizes(3)).toEqual([1, 1]);
    expect(sizes(4)).toEqual([2]);
    expect([...inParts([], 4)]).toEqual([]);
  });
});
