import { describe, expect, it } from "vitest";
import { findOnset } from "../../src/verdict/onset.ts";

const MINUTE = 60_000;

/** A pane a minute of 100 values, with as many cases as given. */
function panes(...cases: number[]) {
  return cases.map((count, i) => ({ start: i * MINUTE, cases: count, values: 100 }));
}

describe("findOnset", () => {
  it("is the pane from which on the share is another one", () => {
    const rise = panes(10, 9, 12, 8, 11, 10, 19, 22, 18, 21);
    expect(findOnset(rise, 0.1, true)).toBe(6 * MINUTE);
    const fall = panes(50, 52, 47, 51, 30, 28, 33, 31);
    expect(findOnset(fall, 0.5, false)).toBe(4 * MINUTE);
  });

  it("takes a calm pane in between for chance", () => {
    expect(findOnset(panes(10, 10, 30, 28, 11, 30, 31, 29), 0.1, true)).toBe(2 * MINUTE);
  });

  it("is the first pane where the change is older than the window", () => {
    expect(findOnset(panes(30, 29, 31, 30), 0.1, true)).toBe(0);
  });

  it("passes over panes without values", () => {
    const night = panes(10, 10, 0, 0, 30, 30).map((pane) =>
      pane.cases === 0 ? { ...pane, values: 0 } : pane,
    );
    expect(findOnset(night, 0.1, true)).toBe(4 * MINUTE);
  });

  it("knows what the reference never had", () => {
    expect(findOnset(panes(0, 0, 0, 3, 4, 5), 0, true)).toBe(3 * MINUTE);
    expect(findOnset(panes(100, 100, 96), 1, false)).toBe(2 * MINUTE);
  });

  it("finds nothing where there is nothing to that side", () => {
    expect(findOnset([], 0.5, true)).toBeNaN();
    expect(findOnset(panes(50, 40, 30), 0.5, true)).toBeNaN();
  });
});
