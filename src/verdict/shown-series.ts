import type { FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES } from "../statistics/measures.ts";
import { createSeries, type RuleSeries } from "./rule-series.ts";
import { placesOf, sectionsOf } from "./series-places.ts";

/** Series that no rule asks for, so that every measure of every column can be looked at: over all traffic, by version. */
export function shownSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  return MEASURES.flatMap((measure) => {
    if (measure.from.includes("outcomes") || measure.name === "freshness") return [];
    const rule = shownRule(fitted, measure);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sectionsOf(fitted, rule, measure).map((section) =>
        createSeries({ fitted, rule, measure, place, section, alpha: 1 }),
      ),
    );
  });
}

/** The same for measures of labels. */
export function shownCohortSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const { outcomes } = fitted.counting;
  if (outcomes === undefined) return [];
  const [section] = outcomes.layout.sections;
  return MEASURES.filter(({ from }) => from.includes("outcomes")).flatMap((measure) => {
    const rule = shownRule(fitted, measure);
    return placesOf(fitted, rule, versions).map((place) =>
      createSeries({ fitted, rule, measure, place, section, alpha: 1 }),
    );
  });
}

/** A rule that never fires: nobody steps its series. */
function shownRule({ model }: FittedModel, measure: Measure): Rule {
  return {
    alert: "",
    measure: measure.name,
    columns: ["*"],
    by: measure.name === "volume" ? [] : ["version"],
    limit: { kind: "atLeast", value: measure.defaultAtLeast ?? 0 },
    for: 0,
    keepFiringFor: 0,
    severity: "",
    labels: {},
    annotations: {},
    window: { size: model.window.size, every: model.window.pane },
  };
}
