import { describe, expect, test } from "vitest";
import { createRandom } from "../../../src/commands/scenario/random.ts";
import type { Change, Synthetic } from "../../../src/commands/scenario/scenario.ts";
import { openTraffic, type DrawnPane } from "../../../src/commands/scenario/traffic.ts";
import { unpackInto } from "../../../src/counts/packed.ts";
import { ARRIVALS } from "../../../src/counts/tails.ts";
import type { FittedModel } from "../../../src/rules/fitted-model.ts";
import { fitted, RULES } from "./scenario-project.ts";

const START = Date.UTC(2026, 0, 5);
const MINUTE = 60_000;
const model = fitted();

function storyOf(changes: readonly Change[], more: Partial<Synthetic> = {}): Synthetic {
  const rate = { kind: "rows", perMs: 6_000 / MINUTE } as const;
  return { rate, lasts: 60 * MINUTE, start: START, seed: 1, version: "v1", changes, ...more };
}

function from(at: number, effect: Change["effect"], more: Partial<Change> = {}): Change {
  return { at, until: Number.POSITIVE_INFINITY, effect, ...more };
}

/** A pane's vector by version and segment. */
function vectorsOf(of: FittedModel, drawn: DrawnPane | undefined): Map<string, Float64Array> {
  return new Map(
    (drawn?.panes ?? []).map(({ version, segment, packed }) => {
      const vector = new Float64Array(of.counting.layout.stride);
      unpackInto(packed, vector, 1);
      return [`${version}/${segment}`, vector];
    }),
  );
}

function draw(story: Synthetic, minute = 0, of = model): Map<string, Float64Array> {
  const traffic = openTraffic({ fitted: of, story, random: createRandom(story.seed) });
  return vectorsOf(of, traffic.draw(START + minute * MINUTE));
}

function columnOf(vector: Float64Array | undefined, name: string, of = model): Float64Array {
  const section = of.counting.layout.sections.find(
    ({ column, kind }) => column === name && kind !== "arrivals",
  );
  if (section === undefined || vector === undefined) throw new Error(`no ${name}`);
  return vector.subarray(section.offset, section.offset + section.length);
}

const sum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0);

describe("a pane that is drawn", () => {
  test("has every segment of the grouping that rules judge by, and their sum is all", () => {
    const vectors = draw(storyOf([]));
    expect([...vectors.keys()].toSorted()).toEqual([
      "v1/all",
      "v1/other(region)",
      "v1/region=eu",
      "v1/region=us",
    ]);
    const [all, ...parts] = ["all", "region=eu", "region=us", "other(region)"].map(
      (name) => vectors.get(`v1/${name}`) ?? new Float64Array(0),
    );
    for (const [slot, count] of all.entries()) expect(sum(parts.map((part) => part[slot] ?? 0))).toBe(count);
    expect(all[ARRIVALS.measured]).toBeGreaterThan(5_700);
    expect(all[ARRIVALS.measured]).toBeLessThan(6_300);
  });

  test("holds as many values of every column as it has rows", () => {
    const all = draw(storyOf([])).get("v1/all");
    for (const { ref } of model.counting.columns) {
      const section = columnOf(all, ref.column);
      const tail = ref.kind === "bins" ? ref.grid.edges.length + 1 : ref.categories.length;
      expect(sum(section.subarray(0, tail))).toBe(all?.[ARRIVALS.measured]);
    }
  });

  test("is the same for the same seed, and another for another", () => {
    expect(draw(storyOf([]))).toEqual(draw(storyOf([])));
    expect(draw(storyOf([], { seed: 2 }))).not.toEqual(draw(storyOf([])));
  });

  test("holds only the columns that are asked for", () => {
    const all = draw(storyOf([], { columns: ["amount"] })).get("v1/all");
    expect(sum(columnOf(all, "amount"))).toBeGreaterThan(5_000);
    expect(sum(columnOf(all, "prediction.score"))).toBe(0);
  });

  test("comes at the reference's own rate, or so many times it", () => {
    const { rate: _rate, ...story } = storyOf([]);
    const usual = 40_000 / (28 * 24 * 60);
    const count = (of: Synthetic): number => {
      const traffic = openTraffic({ fitted: model, story: of, random: createRandom(1) });
      let rows = 0;
      for (let minute = 0; minute < 60; minute += 1) {
        rows +=
          vectorsOf(model, traffic.draw(START + minute * MINUTE)).get("v1/all")?.[ARRIVALS.measured] ?? 0;
      }
      return rows / 60;
    };
    expect(Math.abs(count(story) / usual - 1)).toBeLessThan(0.5);
    expect(Math.abs(count({ ...story, rate: { kind: "factor", by: 100 } }) / (100 * usual) - 1)).toBeLessThan(
      0.05,
    );
  });

  test("is drawn of all traffic alone where no rule and no change asks for segments", () => {
    const plain = fitted({ rules: RULES.replace(/^.*DriftByRegion.*\n/m, "") });
    expect([...draw(storyOf([]), 0, plain).keys()]).toEqual(["v1/all"]);
  });
});

describe("a change", () => {
  test("touches the rows of its segment alone, from its time on", () => {
    const shift = from(
      30 * MINUTE,
      { kind: "column", column: "amount", effect: { kind: "shift", by: 60, unit: "own" } },
      {
        segment: { region: "eu" },
      },
    );
    const upper = (vectors: Map<string, Float64Array>, name: string): number => {
      const section = columnOf(vectors.get(`v1/${name}`), "amount");
      const bins = section.subarray(0, section.length - 6);
      return sum(bins.subarray(bins.length >> 1)) / sum(bins);
    };
    const [before, after] = [0, 30].map((minute) => draw(storyOf([shift]), minute));
    expect(upper(before, "region=eu")).toBeCloseTo(0.5, 1);
    expect(upper(after, "region=eu")).toBeGreaterThan(0.98);
    expect(upper(after, "region=us")).toBeCloseTo(0.5, 1);
  });

  test("of the column that segments are told by moves rows between them", () => {
    const shares = from(0, {
      kind: "column",
      column: "region",
      effect: { kind: "shares", shares: { eu: 0.2 } },
    });
    const rows = (vectors: Map<string, Float64Array>, name: string): number =>
      vectors.get(`v1/${name}`)?.[ARRIVALS.measured] ?? 0;
    const vectors = draw(storyOf([shares]));
    expect(rows(vectors, "region=eu") / rows(vectors, "all")).toBeCloseTo(0.2, 1);
    expect(rows(vectors, "region=us") / rows(vectors, "all")).toBeCloseTo(0.8, 1);
    const fresh = from(0, { kind: "column", column: "region", effect: { kind: "newCategory", share: 0.5 } });
    const others = draw(storyOf([fresh]));
    expect(rows(others, "other(region)") / rows(others, "all")).toBeCloseTo(0.5, 1);
    const section = columnOf(others.get("v1/other(region)"), "region");
    expect(section[section.length - 3]).toBe(rows(others, "other(region)"));
  });

  test("sends columns in each other's place", () => {
    const swap = from(0, { kind: "swap", columns: ["amount", "prediction.score"] });
    const vectors = draw(storyOf([swap]));
    const section = columnOf(vectors.get("v1/all"), "amount");
    expect(section[0]).toBe(vectors.get("v1/all")?.[ARRIVALS.measured]);
  });

  test("brings another version, whose rows alone may change", () => {
    const rollout = from(0, { kind: "rollout", version: "v2", share: 0.25 });
    const nulls = from(
      0,
      { kind: "column", column: "amount", effect: { kind: "nulls", share: 1 } },
      { version: "v2" },
    );
    const vectors = draw(storyOf([rollout, nulls]));
    const [old, fresh] = ["v1/all", "v2/all"].map((name) => vectors.get(name) ?? new Float64Array(0));
    const share = fresh[ARRIVALS.measured] / (old[ARRIVALS.measured] + fresh[ARRIVALS.measured]);
    expect(share).toBeCloseTo(0.25, 1);
    const missing = (vector: Float64Array): number => columnOf(vector, "amount").at(-6) ?? -1;
    expect([missing(old), missing(fresh)]).toEqual([0, fresh[ARRIVALS.measured]]);
  });

  test("can make rows unfit to be measured, or cells to be read", () => {
    const refused = draw(storyOf([from(0, { kind: "invalidRows", share: 0.5 })])).get("v1/all");
    expect(refused?.[ARRIVALS.invalid] ?? 0).toBeGreaterThan(2_500);
    const cells = from(0, { kind: "column", column: "amount", effect: { kind: "invalid", share: 0.5 } });
    const faulty = draw(storyOf([cells])).get("v1/all");
    expect(faulty?.[ARRIVALS.faulty] ?? 0).toBeGreaterThan(2_500);
  });

  test("of traffic multiplies rows; silence is no pane at all", () => {
    const thrice = draw(storyOf([from(0, { kind: "traffic", by: 3 })])).get("v1/all");
    expect((thrice?.[ARRIVALS.measured] ?? 0) / 18_000).toBeCloseTo(1, 1);
    expect(draw(storyOf([from(0, { kind: "silence" })])).size).toBe(0);
  });
});
