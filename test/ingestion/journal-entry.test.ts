import { describe, expect, it } from "vitest";
import { decodeGroups, encodeGroups } from "../../src/ingestion/journal-entry.ts";
import { endOf, groupOf, inParts, type SentGroup } from "../../src/ingestion/sent-groups.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const GROUPS: readonly SentGroup[] = [
  groupOf({
    stream: "served",
    first: 10,
    unread: { overflow: 2, oversize: 1 },
    requests: [
      {
        time: 5,
        headers: { "ce-id": "7", "x-name": "caf\u00e9", "set-cookie": ["a", "b"] },
        values: [bytes("one"), bytes("")],
      },
      { time: 6, headers: {}, values: [bytes("\u0000\u00ff")] },
    ],
  }),
  groupOf({ stream: "truth", first: 0, unread: { overflow: 0, oversize: 3 }, requests: [] }),
  groupOf({
    stream: "served",
    first: 16,
    unread: { overflow: 0, oversize: 0 },
    requests: [{ time: 7, headers: { "ce-id": "8" }, values: [bytes("two")] }],
  }),
];

describe("an entry of the journal", () => {
  it("has the groups as they were, whatever they hold", () => {
    expect(decodeGroups(new Uint8Array(encodeGroups(GROUPS)))).toEqual(GROUPS);
  });
});

describe("groups of sent records", () => {
  const served = GROUPS.filter(({ stream }) => stream === "served");

  it("have offsets for what was turned away, too", () => {
    expect(GROUPS.map(endOf)).toEqual([16, 3, 17]);
  });

  it("are cut where a part has enough records, none of them in two", () => {
    const sizes = (most: number): number[] => Array.from(inParts(served, most), (part) => part.length);
    expect(sizes(3)).toEqual([1, 1]);
    expect(sizes(4)).toEqual([2]);
    expect([...inParts([], 4)]).toEqual([]);
  });
});
