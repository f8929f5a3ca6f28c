import { describe, expect, it } from "vitest";
import type { ColumnPlan } from "../../src/event/batch.ts";
import { DAY, event, HOUR, label, MINUTE, modelOf, random, START } from "./fixture.ts";
import { worldOf } from "./world.ts";

const COMMON = { pii: false, categories: [] } as const;
const OUTPUTS: readonly ColumnPlan[] = [
  { ...COMMON, name: "prediction.score", type: "number", role: "output" },
  { ...COMMON, name: "prediction.decision", type: "category", role: "output", learn: true },
  { ...COMMON, name: "truth", type: "number", role: "truth" },
];

/** Decides for class 1 from a score of 0.9 on, so that nobody who takes 0.5 for the threshold gets its accuracy. */
async function accuracyOf(
  classes: readonly [no: string | number, yes: string | number],
): Promise<{ found: number | undefined; expected: number }> {
  const next = random(3);
  const predict = (score: number): object => ({ score, decision: classes[score > 0.9 ? 1 : 0] });
  const fitted = modelOf({
    rules: "  - { alert: Wrong, measure: accuracy, below: 0.99 }",
    head: "labels: { cohort: 1d, matureAfter: 2h, expireAfter: 2d }",
    labels: true,
    outputs: OUTPUTS,
    referenceRow: (i) => ({ prediction: predict((i % 100) / 100) }),
  });
  const world = await worldOf({ fitted, now: START + 2 * DAY });
  const rows = Array.from({ length: 400 }, (_, i) => {
    const score = next();
    return { id: `p${i}`, time: START + i * MINUTE, score, truth: Number(next() < score) };
  });
  await world.feed(rows.map(({ id, time, score }) => event({ id, time, prediction: predict(score) })));
  await world.feed(
    rows.map(({ id, time, truth }) => label(id, classes[truth], time + HOUR)),
    { stream: "l" },
  );
  await world.end();
  const right = rows.filter(({ score, truth }) => Number(score > 0.9) === truth).length;
  return { found: world.transitions[0]?.alert.score.value, expected: right / rows.length };
}

describe("decisions", () => {
  it.each([[["no", "yes"]], [[0, 1]], [["0", "1"]]] as const)(
    "of %j are held against the truth beside a score",
    async (classes) => {
      const { found, expected } = await accuracyOf(classes);
      expect(found).toBe(expected);
    },
  );
});
