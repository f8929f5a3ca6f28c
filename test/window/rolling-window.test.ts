import { describe, expect, it } from "vitest";
import { pack, unpackInto } from "../../src/counts/packed.ts";
import { RollingWindow } from "../../src/window/rolling-window.ts";
import { random } from "../engine/fixture.ts";

const PANE = 60_000;

function windowOf(size: number, every: number, isTrailed = false): RollingWindow {
  return new RollingWindow({
    size: size * PANE,
    every: every * PANE,
    stride: 2,
    codec: { pack, unpackInto },
    isTrailed,
  });
}

function packed(...counts: number[]): Uint8Array {
  return pack(Float64Array.from(counts));
}

/** Of panes that hold a count each, and 1 where it is above 0. */
function sumOf(counts: readonly number[]): number[] {
  return [counts.reduce((total, one) => total + one, 0), counts.filter((one) => one > 0).length];
}

describe("RollingWindow", () => {
  it("is the sum of the last panes, and of those before, whatever came and went", () => {
    const next = random(3);
    for (const [size, every] of [
      [5, 1],
      [6, 2],
      [12, 4],
      [3, 3],
    ] as const) {
      const window = windowOf(size, every, true);
      const counts: number[] = [];
      for (let pane = 0; pane < 60; pane++) {
        const count = next() < 0.4 ? 0 : Math.floor(next() * 1000);
        counts.push(count);
        if (count > 0) window.addPane(7, packed(count, 1));
        if ((pane + 1) % every !== 0) continue;
        window.endStep((pane + 1) * PANE);
        expect([...(window.sum(7) ?? [0, 0])]).toEqual(sumOf(counts.slice(-size)));
        expect([...(window.sumBefore(7) ?? [0, 0])]).toEqual(sumOf(counts.slice(-2 * size, -size)));
      }
    }
  });

  it("knows nothing of the window before where nobody asks for it", () => {
    const window = windowOf(1, 1);
    for (const pane of [0, 1]) {
      window.addPane(7, packed(5, 1));
      window.endStep((pane + 1) * PANE);
    }
    expect([...(window.sum(7) ?? [])]).toEqual([5, 1]);
    expect(window.sumBefore(7)).toBeUndefined();
  });

  it("adds up panes of many tasks, and keeps blocks apart", () => {
    const window = windowOf(2, 1);
    window.addPane(1, packed(1, 2));
    window.addPane(1, packed(10, 20));
    window.addPane(2, packed(5, 5));
    window.endStep(PANE);
    expect([...(window.sum(1) ?? [])]).toEqual([11, 22]);
    expect([...(window.sum(2) ?? [])]).toEqual([5, 5]);
    expect(window.sum(3)).toBeUndefined();
  });

  it("says how many of its steps fulfil a condition", () => {
    const window = windowOf(3, 1);
    for (const [pane, count] of [4, 0, 2, 5].entries()) {
      if (count > 0) window.addPane(1, packed(count, 0));
      window.endStep((pane + 1) * PANE);
    }
    expect(window.countSteps(1, ([count = 0]) => count > 1)).toBe(2);
    expect(window.countSteps(1, ([count = 0]) => count > 4)).toBe(1);
    expect(window.countSteps(2, () => true)).toBe(0);
  });

  it("is empty after a gap that is longer than itself", () => {
    const window = windowOf(3, 1);
    window.addPane(1, packed(4, 4));
    window.endStep(PANE);
    window.endStep(1000 * PANE);
    expect([...(window.sum(1) ?? [])]).toEqual([0, 0]);
  });
});
