import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { cohortScore, dayOf, honestModel, livedThrough, type Day } from "./cohort-days.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = honestModel(`
  - { alert: CanaryCalibration, measure: calibration-gap, by: [version, region], against: { version: v1 }, keepFiringFor: 0s }
  - { alert: Miscalibrated, measure: calibration-gap, by: [version], keepFiringFor: 0s }`);
});

/** Two versions take turns; `shareOf` says how often a score comes true. */
function day(number: number, shareOf: (score: number, version: string, region: string) => number): Day {
  return dayOf(number, {
    rows: 4_800,
    answer(u, region) {
      const version = u() < 0.5 ? "v1" : "v2";
      const score = u();
      return { version, prediction: { score }, truth: Number(u() < shareOf(score, version, region)) };
    },
  });
}

describe("labels of one version held against another's", () => {
  it("tell where a version does worse, whatever the world does to both", async () => {
    const world = await livedThrough(fitted, [
      day(0, (score) => score),
      // Everything comes true less often: no fault of a version.
      day(1, (score) => score ** 2),
      day(2, (score, version, region) => (version === "v2" && region === "us" ? score ** 2 : score)),
      day(3, (score) => score),
    ]);
    const canary = world.transitions.filter(({ alert }) => alert.alert === "CanaryCalibration");
    expect(canary.map(({ alert }) => [alert.version, alert.segment, alert.state])).toEqual([
      ["v2", "region=us", "firing"],
      ["v2", "region=us", "resolved"],
    ]);
    const [{ alert }] = canary;
    expect(alert.score).toMatchObject({ status: "ok", trust: "provisional" });
    expect(alert.score.effect).toBeGreaterThan(0.1);
    expect(alert.explanation).toMatch(/ in v1| as in v1 it would have been|than in v1,/);
    expect(
      world.transitions.some(
        ({ alert: { alert: name, state } }) => name === "Miscalibrated" && state === "firing",
      ),
    ).toBe(true);
  });

  it("say that there are too few of the other", async () => {
    const lonely = dayOf(0, {
      rows: 4_800,
      answer(u) {
        const score = u();
        return { version: u() < 0.02 ? "v1" : "v2", prediction: { score }, truth: Number(u() < score) };
      },
    });
    const world = await livedThrough(fitted, [lonely]);
    expect(cohortScore(world, "calibration-gap", "region=us")).toMatchObject({
      status: "too-few",
      reason: "fewer than 200 labels to be held against",
    });
  });
});
