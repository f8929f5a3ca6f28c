import { beforeAll, describe, expect, it } from "vitest";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { isSeasonal } from "../../src/rules/season-section.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { observe, scoreSeries, type SeenWindow } from "../../src/verdict/observation.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesAt, seriesOf, type RuleSeries } from "../../src/verdict/rule-series.ts";
import { build, plan, random } from "../reference/plain-rows.ts";
import { binsSection, sumsSection } from "../statistics/series.ts";

const HOUR = 3_600_000;
const PER_HOUR = 180;
const WEEKS = 5;
/** Monday. */
const FROM = Date.UTC(2024, 0, 1);
const NOON = 12;
const MIDNIGHT = 0;

const PLAN = plan({ name: "amount", type: "number" });
const SEASONAL = MEASURES.filter(({ signal, only }) => isSeasonal(signal) && only === undefined);
const next = random(11);

/** Noon brings numbers four times as large as midnight; a third of midnight's is missing, a tenth of noon's. */
function amounts(hour: number, factor = 1, share = 0): (number | null)[] {
  const level = 100 - 60 * Math.cos((2 * Math.PI * hour) / 24);
  const missing = 0.1 + 0.1 * (1 + Math.cos((2 * Math.PI * hour) / 24)) + share;
  return Array.from({ length: PER_HOUR }, () =>
    next() < missing ? null : factor * level * (0.8 + 0.4 * next()),
  );
}

const RULES = SEASONAL.map(
  ({ name }) =>
    `  - { alert: ${name}, measure: ${name}, against: season, by: [], window: { size: 1h, every: 1h } }`,
);

describe("every measure of a distribution, and of what is missing", () => {
  let fitted: FittedModel;
  let series: readonly RuleSeries[];

  beforeAll(() => {
    const text = `version: 1
model: m
window: { size: 1h, pane: 1h, lateness: 0s }
references: { default: { file: m.arrow } }
rules:
${RULES.join("\n")}
`;
    const { model, faults } = readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
    if (model === undefined) throw new Error(JSON.stringify(faults));
    const rows = Array.from({ length: WEEKS * 168 }, (_, hour) =>
      amounts(hour).map((amount, i) => ({
        time: FROM + hour * HOUR + i * 20_000,
        ...(amount === null ? {} : { amount }),
      })),
    ).flat();
    const asked = { column: "amount", windowSize: HOUR, bySegment: false };
    const reference = build(PLAN, rows, {
      seasons: [
        { ...asked, signal: "distribution" },
        { ...asked, signal: "missing" },
      ],
    });
    fitted = fitModel({ model, reference, hasLabels: false });
    series = seriesOf(fitted, shareBudget(fitted), []);
  });

  function windowAt(hour: number, values: readonly (number | null)[]): SeenWindow {
    const { stride, sections } = fitted.counting.layout;
    const sum = new Float64Array(stride);
    const { grid } = fitted.reference.columns[0];
    if (grid === undefined) throw new Error("no grid");
    for (const { kind, offset, column } of sections) {
      if (column !== "amount") continue;
      sum.set(kind === "sums" ? sumsSection(grid, values) : binsSection(grid, values), offset);
    }
    const from = FROM + hour * HOUR;
    const none = () => undefined;
    return { sum, from, to: from + HOUR, sumOf: none, sumBefore: none, countSteps: () => 1 };
  }

  const seen = (one: RuleSeries, window: SeenWindow) => observe(seriesAt(one, window), window);
  const named = (name: string): RuleSeries => {
    const found = series.find(({ measure }) => measure.name === name);
    if (found === undefined) throw new Error(`no series of ${name}`);
    return found;
  };

  it("can be asked", () => {
    expect(series.map(({ measure }) => measure.name)).toEqual(SEASONAL.map(({ name }) => name));
    expect(series.map(({ prepared }) => prepared?.status)).toEqual(SEASONAL.map(() => "ok"));
  });

  it.each(SEASONAL.map(({ name }) => name))("%s is calm at its own hour, not at another's", (name) => {
    const one = named(name);
    for (const hour of [MIDNIGHT, NOON]) {
      expect(seen(one, windowAt(hour, amounts(hour)))).toBe("calm");
    }
    const factor = name === "missing" ? 1 : 1.5;
    const changed = amounts(NOON, factor, name === "missing" ? 0.4 : 0);
    expect(seen(one, windowAt(NOON, changed))).toBe("significant");
  });

  it.each(SEASONAL.filter(({ signal }) => signal === "distribution").map(({ name }) => name))(
    "%s has less of an effect at its own hour than half a cycle away",
    (name) => {
      const one = named(name);
      const noon = amounts(NOON);
      const effectAt = (hour: number): number => {
        const window = windowAt(hour, noon);
        return scoreSeries(seriesAt(one, window), window).effect ?? Number.NaN;
      };
      expect(effectAt(NOON)).toBeLessThan(effectAt(MIDNIGHT) / 3);
    },
  );

  it.each(["ks", "cvm", "wasserstein"])(
    "%s claims no bounds: a slot is known by its deciles only",
    (name) => {
      const window = windowAt(NOON, amounts(NOON));
      const score = scoreSeries(seriesAt(named(name), window), window);
      expect(score.value).toBeGreaterThanOrEqual(0);
      expect(score).not.toHaveProperty("lower");
      expect(score).not.toHaveProperty("upper");
    },
  );

  it("bounds what is a number of the window itself", () => {
    const window = windowAt(NOON, amounts(NOON));
    const score = scoreSeries(seriesAt(named("mean"), window), window);
    expect(score.lower).toBeLessThanOrEqual(score.value ?? Number.NaN);
    expect(score.extras?.["reference"]).toBeCloseTo(160, -1);
  });
});
