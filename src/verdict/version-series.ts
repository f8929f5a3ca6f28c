import { countsLabels } from "../counts/summary-kinds.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES } from "../statistics/measures.ts";
import { createSeries, type RuleSeries } from "./rule-series.ts";
import { cohortSectionsOf, placesOf, sectionsOf } from "./series-places.ts";
import { shownRule } from "./shown-series.ts";

/** Two versions of a model: one that is asked about, and the one that it is held against. */
export interface VersionPair {
  readonly version: string;
  readonly against: string;
}

/** The versions that a rule's series is about, where its rule holds one against another. */
export function pairOf({ rule, labels }: Pick<RuleSeries, "rule" | "labels">): VersionPair | undefined {
  const { against } = rule;
  if (typeof against !== "object" || labels.version === undefined) return undefined;
  return { version: labels.version, against: against.version };
}

/** What is asked of columns: one number for the distribution, one for what is missing. */
const ASKED = ["psi", "missing"];

/** Questions about one version's columns, held against another's over the same window: of all traffic, and of every segment. */
export function versionSeriesOf(
  fitted: FittedModel,
  versions: readonly string[],
  pair: VersionPair,
): RuleSeries[] {
  return MEASURES.filter(({ name }) => ASKED.includes(name)).flatMap((measure) =>
    groupingsOf(fitted).flatMap((by) => {
      const rule = ruleAgainst(fitted, measure, { by, pair });
      const sections = sectionsOf(fitted, rule, measure);
      return placesOf(fitted, rule, versions)
        .filter(({ version }) => version === pair.version)
        .flatMap((place) =>
          sections.map((section) => createSeries({ fitted, rule, measure, place, section, alpha: 1 })),
        );
    }),
  );
}

/** The same of labels: every measure that says something of one cohort. */
export function versionCohortSeriesOf(
  fitted: FittedModel,
  versions: readonly string[],
  pair: VersionPair,
): RuleSeries[] {
  if (fitted.counting.outcomes === undefined) return [];
  return MEASURES.filter(({ from, across }) => from.some(countsLabels) && across === undefined).flatMap(
    (measure) =>
      groupingsOf(fitted).flatMap((by) => {
        const rule = ruleAgainst(fitted, measure, { by, pair });
        const [section] = cohortSectionsOf(fitted, rule, measure);
        if (section === undefined) return [];
        return placesOf(fitted, rule, versions)
          .filter(({ version }) => version === pair.version)
          .map((place) => createSeries({ fitted, rule, measure, place, section, alpha: 1 }));
      }),
  );
}

function groupingsOf({ model }: FittedModel): readonly (readonly string[])[] {
  return [[], ...model.segmentBy];
}

function ruleAgainst(
  fitted: FittedModel,
  measure: Measure,
  { by, pair }: { by: readonly string[]; pair: VersionPair },
): Rule {
  return { ...shownRule(fitted, measure), by: ["version", ...by], against: { version: pair.against } };
}
