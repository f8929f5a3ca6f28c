import { describe, expect, it } from "vitest";
import { HeldCells } from "../../src/join/held-cells.ts";

function cellsOf(half: number): Float64Array {
  return Float64Array.of(half, -half, half / 2);
}

describe("HeldCells", () => {
  it("keeps copies, over many pieces of memory", () => {
    const held = new HeldCells(3);
    const cells = new Float64Array(3);
    const rows = Array.from({ length: 10_000 }, (_, half) => {
      cells.set(cellsOf(half));
      return held.hold(cells);
    });
    expect(new Set(rows).size).toBe(10_000);
    const read = new Float64Array(3);
    for (const [half, row] of rows.entries()) {
      held.read(row, read);
      expect(read).toEqual(cellsOf(half));
    }
  });

  it("reads into the place of an entry", () => {
    const held = new HeldCells(3);
    const fields = new Float64Array(9);
    held.read(held.hold(cellsOf(4)), fields, 1);
    expect(fields).toEqual(Float64Array.of(0, 0, 0, 4, -4, 2, 0, 0, 0));
  });

  it("gives the place of what no longer waits to the next, and to nobody else", () => {
    const held = new HeldCells(3);
    const [first, second] = [held.hold(cellsOf(1)), held.hold(cellsOf(2))];
    held.release(first);
    expect(held.hold(cellsOf(3))).toBe(first);
    expect([first, second]).not.toContain(held.hold(cellsOf(4)));
    const read = new Float64Array(3);
    held.read(second, read);
    expect(read).toEqual(cellsOf(2));
  });

  it("begins anew once cleared, with nothing free twice", () => {
    const held = new HeldCells(3);
    const first = held.hold(cellsOf(1));
    held.hold(cellsOf(2));
    held.release(first);
    held.clear();
    const rows = [held.hold(cellsOf(3)), held.hold(cellsOf(4)), held.hold(cellsOf(5))];
    expect(new Set(rows).size).toBe(3);
    const read = new Float64Array(3);
    held.read(rows[1] ?? -1, read);
    expect(read).toEqual(cellsOf(4));
  });
});
