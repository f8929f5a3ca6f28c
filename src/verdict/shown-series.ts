import type { Section } from "../counts/layout.ts";
import { countsLabels } from "../counts/summary-kinds.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES } from "../statistics/measures.ts";
import { createSeries, isJudgedElsewhere, type RuleSeries } from "./rule-series.ts";
import { cohortSectionsOf, placesOf, sectionsOf } from "./series-places.ts";

/**
 * Series to be looked at whatever the rules judge, over all traffic, by version: the measures shown by default of every
 * column, and the others of the columns that a rule asks of them. All of them together would be three times the lines.
 */
export function shownSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  return MEASURES.flatMap((measure) => {
    if (isJudgedElsewhere(measure)) return [];
    const rule = shownRule(fitted, measure);
    const sections = shownSectionsOf(fitted, measure);
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sections.map((section) => createSeries({ fitted, rule, measure, place, section, alpha: 1 })),
    );
  });
}

/** The same for measures of labels. */
export function shownCohortSeriesOf(fitted: FittedModel, versions: readonly string[]): RuleSeries[] {
  const { outcomes } = fitted.counting;
  if (outcomes === undefined) return [];
  return MEASURES.filter(({ from }) => from.some(countsLabels)).flatMap((measure) => {
    if (!measure.shownByDefault && rulesOf(fitted, measure).length === 0) return [];
    const rule = shownRule(fitted, measure);
    const sections = shownOnce(rulesOf(fitted, measure).concat(measure.shownByDefault ? rule : []), (one) =>
      cohortSectionsOf(fitted, one, measure),
    );
    return placesOf(fitted, rule, versions).flatMap((place) =>
      sections.map((section) => createSeries({ fitted, rule, measure, place, section, alpha: 1 })),
    );
  });
}

function shownSectionsOf(fitted: FittedModel, measure: Measure): Section[] {
  const rules = measure.shownByDefault ? [shownRule(fitted, measure)] : rulesOf(fitted, measure);
  return shownOnce(rules, (rule) => sectionsOf(fitted, rule, measure));
}

/** What several rules ask for is shown once. */
function shownOnce(rules: readonly Rule[], sectionsOfRule: (rule: Rule) => Section[]): Section[] {
  const sections = rules.flatMap(sectionsOfRule);
  return [...new Map(sections.map((section) => [section.column, section])).values()];
}

function rulesOf({ model }: FittedModel, measure: Measure): Rule[] {
  return model.rules.filter((rule) => rule.measure === measure.name);
}

/** A rule that never fires: nobody steps its series. */
export function shownRule({ model }: FittedModel, measure: Measure): Rule {
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
