import { describe, expect, it } from "vitest";
import { buildGrid } from "../../src/counts/grid.ts";
import { measureNamed } from "../../src/statistics/measures.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { collectEvidence, describeMissing } from "../../src/verdict/evidence.ts";
import { binsRef, binsSection, categoriesRef, categoriesSection } from "../statistics/series.ts";
import { calibrated, prepared } from "./prepared.ts";

const values = Float64Array.from({ length: 1_000 }, (_, i) => i + 1);
const grid = buildGrid(values);
const numbers = binsRef(grid, values);

describe("collectEvidence", () => {
  it("names what moved with its part of the index, which is the whole of it together", () => {
    const ref = categoriesRef([700, 250, 50]);
    const section = categoriesSection([690, 150, 160]);
    const { movement } = collectEvidence({ measure: psi, ref }, section);
    expect(movement?.direction).toBe("mix");
    expect(movement?.movers.map(({ name }) => name)).toEqual(["c2", "c1", "c0"]);
    const [first] = movement?.movers ?? [];
    expect(first?.from).toBe(0.05);
    expect(first?.to).toBe(0.16);
    const index = psi.score(ref, section).value ?? Number.NaN;
    const [p, q] = [50.5 / 1001.5, 160.5 / 1001.5];
    expect(first?.part).toBeCloseTo(((q - p) * Math.log(q / p)) / index, 12);
    expect(movement?.movers.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 12);
  });

  it("counts what the reference never had as everything else, and names three at most", () => {
    const ref = categoriesRef([400, 300, 200, 100]);
    const { movement } = collectEvidence(
      { measure: psi, ref },
      categoriesSection([100, 200, 300, 200], { unseen: 200 }),
    );
    expect(movement?.movers).toHaveLength(3);
    expect(movement?.movers[0]).toMatchObject({ name: "everything else", from: 0, to: 0.2 });
  });

  it("names an atom, and what lies above it", () => {
    const sparse = [...Array.from({ length: 950 }, () => 0), ...Array.from({ length: 50 }, (_, i) => 1 + i)];
    const ref = binsRef(buildGrid(Float64Array.from(sparse)), sparse);
    const window = binsSection(ref.grid, [
      ...sparse.slice(0, 700),
      ...sparse.slice(-50),
      ...sparse.slice(-50),
    ]);
    const { movement } = collectEvidence({ measure: psi, ref }, window);
    expect(movement?.movers.slice(0, 2).map(({ name }) => name)).toEqual(["above 0", "0"]);
    expect(movement?.direction).toBe("up");
    expect(psi.score(ref, window).value).toBeGreaterThan(0.05);
  });

  it("tells up from down, and spans of values by their ends", () => {
    const up = values.map((value) => value * 1.5);
    const { movement, missing } = collectEvidence(
      { measure: psi, ref: numbers },
      binsSection(grid, [...up, null, null, null]),
    );
    expect(movement?.direction).toBe("up");
    expect(movement?.movers[0]?.name).toBe("900.1 and above");
    expect(missing).toEqual({ from: 0, to: 3 / 1_003 });
    const down = collectEvidence(
      { measure: psi, ref: numbers },
      binsSection(
        grid,
        values.map((value) => value / 2),
      ),
    );
    expect(down.movement?.direction).toBe("down");
  });

  it("says in which direction the reference's own windows differ least by themselves", () => {
    const series = prepared(calibrated());
    const ref = categoriesRef([250_000, 150_000, 100_000]);
    const section = categoriesSection([900, 700, 400]);
    expect(collectEvidence({ measure: psi, ref, prepared: series }, section).direction).toBe("category c1");
  });

  it("has nothing to say of whole events, of labels, or of what is empty", () => {
    const invalid = measureNamed("invalid") ?? psi;
    expect(collectEvidence({ measure: invalid, ref: numbers }, new Float64Array(4))).toEqual({});
    expect(collectEvidence({ measure: psi }, new Float64Array(4))).toEqual({});
    expect(collectEvidence({ measure: psi, ref: numbers }, binsSection(grid, []))).toEqual({});
    const missing = measureNamed("missing") ?? psi;
    expect(collectEvidence({ measure: missing, ref: numbers }, binsSection(grid, [null, 1]))).toEqual({});
  });
});

describe("describeMissing", () => {
  it("says whether they moved too", () => {
    const say = (from: number, to: number) => describeMissing({ missing: { from, to } });
    expect(say(0.002, 0.0021)).toBe("Missing values unchanged (0.2%).");
    expect(say(0.002, 0.08)).toBe("Missing values rose too, from 0.2% to 8%.");
    expect(say(0.3, 0.1)).toBe("Missing values fell too, from 30% to 10%.");
    expect(describeMissing({})).toBe("");
  });
});
