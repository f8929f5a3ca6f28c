import { pack, unpackInto } from "../../src/counts/packed.ts";
import { VarintReader } from "../../src/counts/varint.ts";
import type { IndexEntries } from "../../src/join/entries.ts";
import type { TaskCommit } from "../../src/state/store.ts";
import type { PaneValue } from "../../src/window/pane.ts";

export const TASK = { group: "fraud", partition: 3 };

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Counts that a reader can tell apart: a text's bytes, packed. */
export function countsOf(text: string): Uint8Array {
  return pack(Float64Array.from(bytesOf(text)));
}

export function textOfCounts(packed: Uint8Array | undefined): string | undefined {
  if (packed === undefined) return undefined;
  const counts = new Float64Array(new VarintReader(packed, 2).unsigned());
  unpackInto(packed, counts, 1);
  return textOf(Uint8Array.from(counts));
}

export function pane(start: number, change: Partial<PaneValue> = {}): PaneValue {
  return { layout: "l1", version: "v7", segment: "all", start, packed: countsOf(`pane ${start}`), ...change };
}

/** Entries with the ids (0, low) and one field each. */
export function entries(
  index: string,
  byLow: Readonly<Record<number, number>>,
  expires = 1e15,
): IndexEntries {
  const lows = Object.keys(byLow).map(Number);
  return {
    index,
    high: new Uint32Array(lows.length),
    low: Uint32Array.from(lows),
    count: lows.length,
    fields: Float64Array.from(lows, (low) => byLow[low] ?? NaN),
    width: 1,
    expires,
  };
}

export function commitOf(expected: number, change: Partial<TaskCommit> = {}): TaskCommit {
  return {
    task: TASK,
    expected,
    commitId: `commit ${expected}`,
    state: bytesOf(`state ${expected}`),
    panes: [],
    entries: [],
    ...change,
  };
}
