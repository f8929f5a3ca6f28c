import { beforeAll, describe, expect, it } from "vitest";
import { DELAYS } from "../../src/counts/label-delays.ts";
import type { ColumnPlan } from "../../src/event/batch.ts";
import { probabilityColumn } from "../../src/event/probabilities.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { predictionFields } from "../../src/window/outcome-intake.ts";
import { shareBudget } from "../../src/verdict/rule-budget.ts";
import { DAY, event, HOUR, label, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const RULES = `
  - { alert: Miscalibrated, measure: calibration-gap, by: [version, region], keepFiringFor: 0s }
  - { alert: Unbalanced, measure: macro-recall, below: 0.5, keepFiringFor: 0s }
  - { alert: Uncalibrated, measure: classwise-ece, above: 0.2, keepFiringFor: 0s }
  - { alert: Surprised, measure: classwise-logloss, above: 2, keepFiringFor: 0s }`;
const HEAD = `window: { size: 1h, pane: 1m, lateness: 2m }
segmentBy: [region]
versions: { keep: 2, forgetAfter: 3d }
labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }`;
const NUMBER = { type: "number", role: "output", pii: false, categories: [] } as const;
const CLASS = { type: "category", pii: false, categories: [], learn: true } as const;
const OUTPUTS: readonly ColumnPlan[] = [
  { ...CLASS, name: "prediction.decision", role: "output" },
  { ...NUMBER, name: "prediction.confidence" },
  { ...NUMBER, name: "prediction.entropy" },
  { ...CLASS, name: "truth", role: "truth" },
  ...["cat", "dog", "owl"].map(probabilityColumn),
];
const CLASSES = ["cat", "dog", "owl"];

/** A decision of three, and what came: the decision as often as its probability says, or `less` often. */
function answer(u: () => number, less = 0): { prediction: object; truth: string } {
  const p = 0.4 + 0.6 * u();
  const decided = Math.floor(3 * u());
  const isRight = u() < p - less;
  const came = isRight ? decided : (decided + 1 + Math.floor(2 * u())) % 3;
  const probabilities = Object.fromEntries(CLASSES.map((name, k) => [name, k === decided ? p : (1 - p) / 2]));
  return { prediction: { decision: CLASSES[decided], probabilities }, truth: CLASSES[came] };
}

let fitted: FittedModel;
beforeAll(() => {
  const u = random(1);
  const reference = { labels: true, outputs: OUTPUTS, perHour: 60, referenceRow: () => answer(u) };
  fitted = modelOf({ rules: RULES, head: HEAD, ...reference });
});

/** A day of predictions; in `region` they come true less often than they say. */
function day(
  number: number,
  { rows = 2400, changed }: { rows?: number; changed?: string } = {},
): [Sent[], Sent[]] {
  const u = random(100 + number);
  const predictions: Sent[] = [];
  const labels: Sent[] = [];
  for (let i = 0; i < rows; i++) {
    const time = START + number * DAY + Math.floor((i * DAY) / rows);
    const id = `${number}/${i}`;
    const region = ["eu", "us", "uk"][i % 3];
    const { prediction, truth } = answer(u, region === changed ? 0.2 : 0);
    predictions.push(event({ id, time, region, prediction }));
    labels.push(label(id, truth, time + HOUR));
  }
  return [predictions, labels];
}

async function fed(days: readonly (readonly [Sent[], Sent[]])[]): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 500 });
  for (const [predictions, labels] of days) {
    await world.feed(predictions);
    await world.feed(labels, { stream: "l" });
  }
  await world.end();
  return world;
}

function shownOf(world: World, measure: string) {
  const scores = world.engine.judgesOf("m").cohorts.currentScores();
  return scores.find(({ series }) => series.measure.name === measure && series.labels.segment === undefined)
    ?.score;
}

describe("a model that decides between many classes", () => {
  it("knows which they are, and truths by their name", () => {
    const { ruler } = fitted.counting.outcomes ?? {};
    expect(ruler?.kind).toBe("classes");
    expect(ruler?.kind === "classes" ? ruler.classes.toSorted() : []).toEqual(CLASSES);
    expect(fitted.labels?.columns[0]?.type).toBe("category");
    expect(fitted.reference.outcome?.coverage).toBe(1);
    // Three regions share the budget: calibration is asked of the decision's probability.
    expect(shareBudget(fitted).series).toBe(3);
  });

  it("is as right and as calibrated as its decisions", async () => {
    const world = await fed([day(0)]);
    const right = shownOf(world, "accuracy");
    expect(right).toMatchObject({ status: "ok", n: 2400, extras: { coverage: 1 } });
    expect(right?.value).toBeCloseTo(0.7, 1);
    expect(right?.extras).not.toHaveProperty("truePositives");
    const error = shownOf(world, "ece");
    expect(error?.value).toBeLessThan(2 * (error?.extras?.["nullMean"] ?? 0));
    expect(shownOf(world, "macro-f1")?.value).toBeCloseTo(0.7, 1);
    expect(Object.keys(shownOf(world, "macro-f1")?.extras ?? {}).toSorted()).toEqual(
      [...CLASSES.map((name) => `class ${name}`), "coverage"].toSorted(),
    );
    const classwise = shownOf(world, "classwise-ece");
    expect(classwise).toMatchObject({ status: "ok", n: 2400 });
    expect(classwise?.value).toBeLessThan(2 * (classwise?.extras?.["nullMean"] ?? 0));
    expect(shownOf(world, "auc")).toBeUndefined();
    expect(shownOf(world, "rmse")).toBeUndefined();
    expect(world.transitions).toEqual([]);
  });

  it("fires for the segment whose decisions come true less often than they say", async () => {
    const world = await fed([day(0), day(1), day(2, { changed: "us" }), day(3)]);
    const told = world.transitions.map(({ alert, at }) => [
      alert.alert,
      alert.segment,
      alert.state,
      (at - START) / DAY,
    ]);
    expect(told).toEqual([
      ["Miscalibrated", "region=us", "firing", 3],
      ["Miscalibrated", "region=us", "resolved", 4],
    ]);
    const [{ alert }] = world.transitions;
    expect(alert.score.p).toBeLessThan(1e-6);
    expect(alert.explanation).toMatch(
      /^Miscalibrated m v1, region=us: (All predictions, on average|Predictions around) 0\.\d+/,
    );
  });

  it("keeps the probabilities of all classes until the label comes, and counts what was given to it", async () => {
    const [predictions, labels] = day(0);
    const world = await fed([[predictions, labels]]);
    let sum = 0;
    for (const [i, { value }] of predictions.entries()) {
      // Records of this file's own making.
      const { prediction } = value as { prediction: { probabilities: Record<string, number> } };
      const { truth } = labels[i].value as { truth: string };
      sum -= Math.log(Math.round(prediction.probabilities[truth] * 65_535) / 65_535);
    }
    expect(shownOf(world, "classwise-logloss")?.value).toBeCloseTo(sum / 2400, 6);
    const known = fitted.reference.segments[0].outcome?.counts.length ?? 0;
    expect(fitted.counting.outcomes?.layout.sections.map(({ kind }) => kind)).toEqual([
      "top-label",
      "classes",
      "classwise",
      "delays",
    ]);
    expect(fitted.counting.outcomes?.layout.stride).toBe(known + DELAYS.length);
    // Answer, decision, time, version, truth, a segment, and three classes together.
    const { outcomes } = fitted.counting;
    expect(outcomes && predictionFields(outcomes, fitted.counting.segments.groupings.length)).toBe(7);
  });

  it("takes a truth back that is revised, also where it is a class that nobody knew", async () => {
    const [predictions, labels] = day(0);
    const wrong = labels.map((_, i) => label(`0/${i}`, i % 2 === 0 ? "emu" : "cat", START + HOUR));
    const plain = await fed([[predictions, labels]]);
    const revised = await fed([[predictions, [...wrong, ...labels]]]);
    for (const measure of ["accuracy", "ece", "macro-f1", "calibration-gap", "classwise-ece"]) {
      expect(shownOf(revised, measure)).toEqual(shownOf(plain, measure));
    }
    const never = await fed([[predictions, labels.map((_, i) => label(`0/${i}`, "emu", START + HOUR))]]);
    expect(shownOf(never, "accuracy")).toMatchObject({ value: 0, n: 2400 });
  });
});
