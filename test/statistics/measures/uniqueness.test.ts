import { describe, expect, it } from "vitest";
import { pack, unpackInto } from "../../../src/counts/packed.ts";
import { uniqueness } from "../../../src/statistics/measures/uniqueness.ts";
import { binsRef, binsSection, categoriesRef, distinctSection, pointGrid } from "../series.ts";

const ref = categoriesRef([5, 5]);

function valuesOf(n: number, name: string): string[] {
  return Array.from({ length: n }, (_, i) => `${name}-${i}`);
}

describe("uniqueness", () => {
  it.each([
    [1, 200, 0.001],
    [50, 60, 0.02],
    [1_000, 40, 0.02],
    [20_000, 24, 0.033],
  ])("finds %i different values, %i times over", (n, times, most) => {
    let squares = 0;
    let held = 0;
    for (let time = 0; time < times; time += 1) {
      const section = distinctSection(2, valuesOf(n, `t${time}`));
      const { extras, lower = 1, upper = 0 } = uniqueness.score(ref, section);
      squares += ((extras?.["distinct"] ?? 0) / n - 1) ** 2;
      if (lower <= 1 && upper >= 1 - 1e-9) held += 1;
    }
    expect(Math.sqrt(squares / times)).toBeLessThan(1.3 * most);
    expect(held / times).toBeGreaterThan(0.85);
  });

  it("counts a value once however often it comes", () => {
    const some = valuesOf(300, "a");
    const section = distinctSection(2, [...some, ...some, ...some, ...some]);
    const { value, n } = uniqueness.score(ref, section);
    expect(n).toBe(1_200);
    expect(value).toBeCloseTo(0.25, 2);
  });

  it("forgets a pane that leaves, to the bit", () => {
    const [kept, gone] = [valuesOf(500, "kept"), valuesOf(400, "gone")];
    const window = distinctSection(2, [...kept, ...gone, ...kept]);
    unpackInto(pack(distinctSection(2, [...gone, ...kept])), window, -1);
    expect(uniqueness.score(ref, window)).toEqual(uniqueness.score(ref, distinctSection(2, kept)));
  });

  it("has no value where there is none", () => {
    expect(uniqueness.score(ref, distinctSection(2, []))).toMatchObject({ status: "no-data", n: 0 });
    expect(uniqueness.score(undefined, distinctSection(2, [])).status).toBe("no-reference");
    const grid = pointGrid([1]);
    expect(uniqueness.score(binsRef(grid, [1]), binsSection(grid, [1])).status).toBe("undefined");
  });
});
