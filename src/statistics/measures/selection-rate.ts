import { countSelected, decisionParts } from "../decision-parts.ts";
import { NO_REFERENCE, noData, scored } from "../measure.ts";
import type { Measure } from "../measure.ts";
import { wilsonInterval } from "../wilson.ts";

export const selectionRate: Measure = {
  name: "selection-rate",
  title: "Share of decisions for class 1",
  from: ["bins", "categories"],
  only: ["prediction.decision", "prediction.score"],
  signal: "distribution",
  unit: "ratio",
  nature: "level",
  defaultAtLeast: 0.02,
  shownByDefault: false,
  formula:
    "decisions for class 1 over decisions, of prediction.decision where it is true or false, yes or no, 1 or 0. Of prediction.score, the share at or above the threshold that the reference's decisions follow, " +
    "0.5 where it has no labels; in the bin that the threshold lies in, as if its scores were spread evenly. The effect is the distance from extras.reference; lower and upper are Wilson's 95% interval.",
  calm: "the reference's share",
  source: "Wilson, Probable inference (1927).",
  score(ref, window, context) {
    if (ref === undefined) return NO_REFERENCE;
    const parts = decisionParts(ref, context?.outcomes);
    if (parts === undefined) return { status: "undefined", reason: "decisions are neither yes nor no", n: 0 };
    const { decisions, selected } = countSelected(parts, window);
    if (decisions === 0) return noData("no decisions");
    const usual = countSelected(parts, ref.counts);
    if (usual.decisions === 0) return NO_REFERENCE;
    const value = selected / decisions;
    const reference = usual.selected / usual.decisions;
    const interval = wilsonInterval(selected, decisions);
    const effect = Math.abs(value - reference);
    return scored({ value, effect, n: decisions, ...interval, extras: { reference } }, "values");
  },
};
