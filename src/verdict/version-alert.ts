import { countsLabels } from "../counts/summary-kinds.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import { observe, type SeenWindow } from "./observation.ts";
import { seriesAt, type RuleSeries } from "./rule-series.ts";
import type { Observation } from "./verdict.ts";
import {
  compareWindow,
  tellDifference,
  type ComparedScore,
  type VersionDifference,
} from "./version-comparison.ts";

/** What one alert of a version rests on: all that was asked of its version and segment, what differs most first. */
export interface VersionEvidence {
  readonly against: string;
  /** Questions that could be answered, and those whose answer is that the version differs. */
  readonly asked: number;
  readonly differing: number;
  /** What differs, and then the rest; no more than MOST_KEPT of them. */
  readonly columns?: readonly VersionDifference[];
  /** Of one cohort of predictions, where labels of both are there. Times are RFC 3339 UTC. */
  readonly labels?: {
    readonly from: string;
    readonly to: string;
    readonly differences: readonly VersionDifference[];
  };
}

/** An alert is stored with every verdict, so that there is an end to it. */
const MOST_KEPT = 20;

/**
 * What labels say of a version is an alert of this column: it comes days after what windows show of the same version, and says
 * another thing. One alert for both would begin when the records happen to be read.
 */
const LABELS = "truth";

/**
 * The series, where those of a comparison of versions are one for each version and segment: in its `parts` stand the questions that
 * it asks together.
 */
export function gatherComparisons(series: readonly RuleSeries[]): RuleSeries[] {
  const gathered = new Map<string, RuleSeries>();
  for (const one of series) {
    const { rule, labels, section } = one;
    if (rule.compare === undefined) {
      gathered.set(one.key, one);
      continue;
    }
    const column = countsLabels(section.kind) ? { column: LABELS } : {};
    const { column: _column, ...place } = labels;
    const { version = null, segment = "all" } = labels;
    const key = JSON.stringify([rule.alert, version, segment, column.column ?? ""]);
    const parts = [...(gathered.get(key)?.parts ?? []), one];
    gathered.set(key, { ...one, key, labels: { ...place, ...column }, parts });
  }
  return [...gathered.values()];
}

/** What a window says of a series, or of the parts of one together. */
export function observeSeries(series: RuleSeries, window: SeenWindow): Observation {
  return observeParts(series.parts ?? [series], (part) => observe(seriesAt(part, window), window));
}

/** All that a comparison of versions sees in a window; undefined of other rules. */
export function compareSeries({ parts, rule }: RuleSeries, window: SeenWindow): VersionEvidence | undefined {
  if (parts === undefined || typeof rule.against !== "object") return undefined;
  const compared = parts.map((part) => compareWindow(part, window));
  return gatherEvidence(
    rule.against.version,
    compared,
    ({ series }) => observe(series, window) === "significant",
  );
}

/** One part is enough; one that cannot be judged does not keep the others from being calm. */
function observeParts(parts: readonly RuleSeries[], observe: (part: RuleSeries) => Observation): Observation {
  let found: Observation = "absent";
  for (const part of parts) {
    const observation = observe(part);
    if (observation === "significant") return observation;
    if (observation === "calm") found = observation;
  }
  return found;
}

/** What every part says; `isSignificant` tells what its rule makes of it. What differs most comes first. */
function gatherEvidence(
  against: string,
  compared: readonly ComparedScore[],
  isSignificant: (one: ComparedScore) => boolean,
): VersionEvidence & { readonly columns: readonly VersionDifference[] } {
  const told = compared
    .filter(({ score }) => score.status === "ok")
    .map((one) => tellDifference(one, isSignificant(one)))
    .toSorted((a, b) => Number(b.differs) - Number(a.differs) || chanceOf(a) - chanceOf(b));
  return {
    against,
    asked: told.length,
    differing: told.filter(({ differs }) => differs).length,
    columns: told.slice(0, MOST_KEPT),
  };
}

/** What the labels of a cohort say of a version, the question that was asked first. Times are ms. */
export function labelEvidence(
  against: string,
  compared: readonly ComparedScore[],
  { from, to }: { readonly from: number; readonly to: number },
): VersionEvidence {
  const known = compared.filter(({ score }) => score.status === "ok");
  const asked = known.filter(({ score }) => score.p !== undefined);
  const others = known.filter(({ score }) => score.p === undefined);
  return {
    against,
    asked: asked.length,
    differing: asked.length,
    labels: {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      differences: [
        ...asked.map((one) => tellDifference(one, true)),
        ...others.map((one) => tellDifference(one)),
      ],
    },
  };
}

/** What has no null comes first: it is there because its limit is passed. */
function chanceOf({ score: { p = 0 } }: VersionDifference): number {
  return p;
}

/** The part that an alert of all is told by, under the name of all. */
export function leadOf(series: RuleSeries, evidence: VersionEvidence | undefined): RuleSeries {
  const [first] = evidence?.columns ?? [];
  const lead = series.parts?.find(
    ({ measure, labels }) => measure.name === first?.measure && labels.column === first.column,
  );
  return lead === undefined ? series : { ...lead, key: series.key, labels: series.labels };
}

/**
 * Whether the version's scores are no nearer to the truth than the other's, by the Brier score of either's labels: one that has
 * become better has changed, and is not worse. Asked only where chance is ruled out, it makes alarms rarer.
 */
export function isNoBetter(own: Float64Array, other: Float64Array): boolean {
  const [first, second] = [own, other].map((section) => {
    const { n, squaredError } = sumOutcomes(section);
    return squaredError / n;
  });
  return !(first < second);
}
