import { beforeAll, describe, expect, it } from "vitest";
import { viewComparison } from "../../src/views/comparison.ts";
import { versionsCompared } from "../../src/views/metrics.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { dayOf, honestModel, livedThrough } from "../engine/cohort-days.ts";
import type { World } from "../engine/world.ts";

let fitted: FittedModel;
beforeAll(() => {
  fitted = honestModel(`
  - { alert: CanaryCalibration, measure: calibration-gap, by: [version, region], against: { version: v1 }, keepFiringFor: 0s }
  - { alert: CanaryDrift, measure: psi, columns: [amount], by: [version, region], against: { version: v1 } }`);
});

/** A day in which v1 and v2 take turns, and v2 answers `region` worse. */
async function lived(region: string): Promise<World> {
  const day = dayOf(0, {
    rows: 18_000,
    answer(u, where) {
      const version = u() < 0.5 ? "v1" : "v2";
      const score = u();
      const share = version === "v2" && where === region ? score ** 2 : score;
      return { version, prediction: { score }, truth: Number(u() < share) };
    },
  });
  return livedThrough(fitted, [day]);
}

/** What /metrics says of versions that are held against others. */
function linesOf({ engine }: World): unknown {
  return versionsCompared("m", engine.judgesOf("m"), fitted.model.rules);
}

describe("two versions beside each other", () => {
  it("differ where a rule says so, and in the table by segment and measure", async () => {
    const world = await lived("us");
    const shown = await viewComparison(world, "m", { version: "v2", against: "v1" });
    expect(shown).toMatchObject({ model: "m", version: "v2", against: "v1", verdict: "differs" });
    expect(shown?.firing.map(({ alert, segment }) => [alert, segment])).toEqual([
      ["CanaryCalibration", "region=us"],
    ]);
    expect(shown?.window.from).not.toBe("");
    expect(linesOf(world)).toEqual([{ model: "m", version: "v2", against: "v1", differs: true }]);
    const columns = shown?.columns ?? [];
    expect(new Set(columns.map(({ segment }) => segment))).toEqual(
      new Set([undefined, "region=eu", "region=uk", "region=us"]),
    );
    expect(columns.flatMap(({ differs }) => differs ?? [])).not.toContain(true);
    const [cohort] = shown?.labels ?? [];
    expect(cohort.state).toBe("judged");
    const found = (measure: string, segment?: string) =>
      cohort.differences.find((row) => row.measure === measure && row.segment === segment);
    expect(found("calibration-gap", "region=us")?.differs).toBe(true);
    expect(found("calibration-gap", "region=eu")?.differs).toBe(false);
    const precision = found("precision", "region=us");
    expect(precision?.score.value).toBeLessThan(precision?.other?.value ?? Number.NaN);
    expect(precision?.difference?.upper).toBeLessThan(0);
    expect(precision?.difference?.value).toBeCloseTo(
      (precision?.score.value ?? 0) - (precision?.other?.value ?? 0),
      9,
    );
    expect(found("brier")?.difference).toBeUndefined();
  });

  it("are alike where nothing differs", async () => {
    const world = await lived("nowhere");
    const shown = await viewComparison(world, "m", { version: "v2", against: "v1" });
    expect(shown?.verdict).toBe("alike");
    expect(linesOf(world)).toEqual([{ model: "m", version: "v2", against: "v1", differs: false }]);
    expect(world.engine.judgesOf("m").cohorts.comparedPairs()[0]).toEqual({ version: "v2", against: "v1" });
  });

  it("are not known while one of them was never seen, and no model is no comparison", async () => {
    const world = await lived("nowhere");
    const shown = await viewComparison(world, "m", { version: "v3", against: "v1" });
    expect(shown).toMatchObject({ verdict: "unknown", columns: [], firing: [] });
    expect(shown?.reason).toBe("v3 was not seen yet, or not counted by itself; v1 and v2 were.");
    expect(await viewComparison(world, "n", { version: "v2", against: "v1" })).toBeUndefined();
  });
});
