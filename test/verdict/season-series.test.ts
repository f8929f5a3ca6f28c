import { beforeAll, describe, expect, it } from "vitest";
import { pack } from "../../src/counts/packed.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { Judge } from "../../src/verdict/judge.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { seriesAt, seriesOf } from "../../src/verdict/rule-series.ts";
import { sectionOf } from "../honesty/fitted.ts";
import { build, plan, random } from "../reference/plain-rows.ts";

const HOUR = 3_600_000;
const PER_HOUR = 130;
const WEEKS = 4;
/** Monday. */
const FROM = Date.UTC(2024, 0, 1);

/** Noon brings numbers four times as large as midnight. */
function amounts(hour: number, next: () => number, factor = 1): number[] {
  const level = 100 - 60 * Math.cos((2 * Math.PI * hour) / 24);
  return Array.from({ length: PER_HOUR }, () => factor * level * (0.8 + 0.4 * next()));
}

const PLAN = plan({ name: "amount", type: "number" });

function modelOf(against: string) {
  const text = `version: 1
model: m
window: { size: 1h, pane: 1h, lateness: 0s }
references: { default: { file: m.arrow } }
rules:
  - { alert: Drift, measure: psi, by: [], ${against}window: { size: 1h, every: 1h } }
`;
  const { model, faults } = readModel({ text, file: "m.yaml", extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error(JSON.stringify(faults));
  return model;
}

describe("a rule against the season", () => {
  let reference: Reference;
  let fitted: FittedModel;
  const next = random(7);

  beforeAll(() => {
    const rows = Array.from({ length: WEEKS * 168 }, (_, hour) =>
      amounts(hour, next).map((amount, i) => ({ time: FROM + hour * HOUR + i * 20_000, amount })),
    ).flat();
    const season = { column: "amount", signal: "distribution", windowSize: HOUR, bySegment: false } as const;
    reference = build(PLAN, rows, { seasons: [season] });
    fitted = fitModel({ model: modelOf("against: season, "), reference, hasLabels: false });
  });

  function paneOf(hour: number, factor = 1) {
    const { layout } = fitted.counting;
    const vector = new Float64Array(layout.stride);
    const { offset } = sectionOf(fitted, "amount");
    const edges = reference.columns[0].grid?.edges ?? new Float64Array(0);
    for (const amount of amounts(hour, next, factor))
      vector[offset + edges.filter((edge) => edge <= amount).length] += 1;
    return {
      layout: layout.id,
      version: "v1",
      segment: "all",
      start: FROM + hour * HOUR,
      packed: pack(vector),
    };
  }

  function alertsOf(model: FittedModel, hours: readonly number[], factor: (hour: number) => number) {
    const judge = new Judge(model);
    judge.setVersions(["v1"]);
    return hours.flatMap((hour) => {
      const end = FROM + (hour + 1) * HOUR;
      return judge.closePanes([paneOf(hour, factor(hour))], end, { now: end });
    });
  }

  const week = Array.from({ length: 168 }, (_, i) => WEEKS * 168 + i);

  it("is calm while every hour is as usual", () => {
    expect(alertsOf(fitted, week, () => 1)).toEqual([]);
  });

  it("fires on what is usual at another hour only, and tells the change against its own", () => {
    const [first] = alertsOf(fitted, week, (hour) => (hour >= WEEKS * 168 + 60 ? 1.3 : 1));
    expect(first?.at).toBe(FROM + (WEEKS * 168 + 61) * HOUR);
    expect(first?.alert).toMatchObject({ alert: "Drift", state: "firing", column: "amount" });
    expect(first?.alert.explanation).toContain("(against what is usual at this hour; limit 0.02;");
    expect(first?.alert.score).toMatchObject({
      trust: "provisional",
      reason: "4 whole weeks of reference, fewer than 10",
    });
  });

  it("sees nothing of that without the season: hours differ too much by themselves", () => {
    const plain = fitModel({ model: modelOf(""), reference, hasLabels: false });
    expect(alertsOf(plain, week, (hour) => (hour >= WEEKS * 168 + 60 ? 1.3 : 1))).toEqual([]);
    const [series] = seriesOf(plain, shareBudget(plain), []);
    expect(series.prepared?.status).toBe("too-variable");
  });

  it("takes part in the budget as one series", () => {
    expect(shareBudget(fitted).rules).toMatchObject([{ alert: "Drift", looks: 720, consecutive: 1 }]);
    expect(shareBudget(fitted).series).toBe(1);
  });

  it("says so where the reference has no season, and draws on no budget then", () => {
    const without = build(PLAN, [
      { time: FROM, amount: 1 },
      { time: FROM + HOUR, amount: 2 },
    ]);
    const bare = fitModel({ model: modelOf("against: season, "), reference: without, hasLabels: false });
    const [series] = seriesOf(bare, shareBudget(bare), []);
    const none = () => undefined;
    expect(seriesAt(series, { from: FROM, sumOf: none, sumBefore: none }).prepared).toMatchObject({
      status: "no-reference",
      reason: "the reference knows no season of this column",
    });
    expect(shareBudget(bare).series).toBe(0);
  });
});
