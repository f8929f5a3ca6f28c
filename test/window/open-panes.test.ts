import { describe, expect, it } from "vitest";
import { OpenPanes } from "../../src/window/open-panes.ts";

const PANE = 60_000;

/** What changed since the last settling: start in panes, version, segment, counts. */
function changedIn(panes: OpenPanes): string[] {
  const changed: string[] = [];
  panes.forEachChanged((group, segment, offset) => {
    const counts = panes.blocks.slice(offset, offset + panes.stride);
    changed.push(`${group.start / PANE} ${group.version} ${segment} [${[...counts].join(" ")}]`);
  });
  return changed.toSorted();
}

function add(panes: OpenPanes, place: [pane: number, version: number, segment: number], count: number): void {
  const [pane, version, segment] = place;
  const offset = panes.touch(panes.group(pane * PANE, version), segment);
  panes.blocks[offset] += count;
}

describe("OpenPanes", () => {
  it("tells what changed since it was settled, as absolute values", () => {
    const panes = new OpenPanes({ stride: 2, pane: PANE, segments: 3 });
    add(panes, [1, 0, 0], 1);
    add(panes, [1, 0, 2], 2);
    add(panes, [2, 1, 0], 3);
    expect(changedIn(panes)).toEqual(["1 0 0 [1 0]", "1 0 2 [2 0]", "2 1 0 [3 0]"]);
    panes.settle();
    expect(changedIn(panes)).toEqual([]);
    add(panes, [1, 0, 2], 5);
    expect(changedIn(panes)).toEqual(["1 0 2 [7 0]"]);
  });

  it("says how many panes have begun since it was settled", () => {
    const panes = new OpenPanes({ stride: 2, pane: PANE, segments: 3 });
    add(panes, [1, 0, 0], 1);
    add(panes, [1, 0, 2], 1);
    add(panes, [2, 0, 0], 1);
    expect(panes.begun).toBe(2);
    panes.settle();
    add(panes, [2, 0, 1], 1);
    expect(panes.begun).toBe(0);
    add(panes, [2, 1, 1], 1);
    expect(panes.begun).toBe(1);
  });

  it("keeps its counts while it grows", () => {
    const panes = new OpenPanes({ stride: 2, pane: PANE, segments: 1 });
    for (let pane = 0; pane < 100; pane++) add(panes, [pane, pane % 9, 0], pane);
    for (let pane = 0; pane < 100; pane++) add(panes, [pane, pane % 9, 0], 1);
    expect(panes.size).toBe(100);
    expect(changedIn(panes)).toEqual(
      Array.from({ length: 100 }, (_, pane) => `${pane} ${pane % 9} 0 [${pane + 1} 0]`).toSorted(),
    );
  });

  it("forgets closed panes, and gives their place to new ones without their counts", () => {
    const panes = new OpenPanes({ stride: 2, pane: PANE, segments: 2 });
    for (let pane = 0; pane < 8; pane++) add(panes, [pane, 0, 0], 9);
    const room = panes.blocks.length;
    panes.settle();
    panes.closeBefore(7 * PANE);
    expect(panes.size).toBe(1);
    for (let pane = 8; pane < 15; pane++) add(panes, [pane, 0, 1], 1);
    expect(panes.blocks.length).toBe(room);
    expect(changedIn(panes)).toEqual(Array.from({ length: 7 }, (_, i) => `${i + 8} 0 1 [1 0]`).toSorted());
    // The group that was used last is not remembered beyond its end.
    panes.closeBefore(15 * PANE);
    add(panes, [14, 0, 1], 1);
    expect(changedIn(panes)).toEqual(["14 0 1 [1 0]"]);
  });

  it("tells panes before the epoch and versions apart", () => {
    const panes = new OpenPanes({ stride: 1, pane: PANE, segments: 1 });
    add(panes, [-1, 8, 0], 1);
    add(panes, [0, 0, 0], 2);
    expect(changedIn(panes)).toEqual(["-1 8 0 [1]", "0 0 0 [2]"]);
  });
});
