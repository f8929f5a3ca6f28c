import type { Section } from "../counts/layout.ts";
import { selectNames } from "../rules/column-globs.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Rule } from "../rules/model.ts";
import type { Measure } from "../statistics/measure.ts";

/** Version and segment of one block of the windows. */
export interface BlockPlace {
  readonly block: number;
  readonly version: string | undefined;
  readonly segment: string;
  /** The block of the version that the rule holds it against; undefined where there is none, or it has not been seen. */
  readonly other?: number | undefined;
}

/** The block of all versions together stands behind the admitted ones and `other`. */
export function blockOf(fitted: FittedModel, version: number | undefined, segment: number): number {
  const { keep, segments } = fitted.counting;
  return (version ?? keep + 1) * segments.names.length + segment;
}

/** Every version and segment that a rule judges, given the versions admitted so far. */
export function placesOf(fitted: FittedModel, rule: Rule, versions: readonly string[]): BlockPlace[] {
  const judged = judgedVersions(rule, versions).map((name) => versions.indexOf(name));
  const byVersion: (number | undefined)[] = rule.by.includes("version") ? judged : [undefined];
  const against = versionAgainst(rule);
  const other = against === undefined ? -1 : versions.indexOf(against);
  return byVersion.flatMap((version) =>
    segmentsOf(fitted, rule).map((segment) => ({
      block: blockOf(fitted, version, segment),
      version: version === undefined ? undefined : versions[version],
      segment: fitted.counting.segments.names[segment],
      other: other < 0 ? undefined : blockOf(fitted, other, segment),
    })),
  );
}

/** Of the versions admitted so far, those that the rule judges: no version is held against itself, and some are asked about one only. */
export function judgedVersions(rule: Rule, versions: readonly string[]): readonly string[] {
  const against = versionAgainst(rule);
  const { version: only } = rule.compare ?? {};
  return versions.filter((name) => name !== against && (only === undefined || name === only));
}

function versionAgainst({ against }: Rule): string | undefined {
  return typeof against === "object" ? against.version : undefined;
}

/** Positions of the segments that a rule judges: `all`, or every known segment of the grouping that it names. */
export function segmentsOf(fitted: FittedModel, rule: Rule): number[] {
  const keys = rule.by.filter((key) => key !== "version");
  if (keys.length === 0) return [0];
  const grouping = fitted.counting.segments.groupings.find(
    (candidate) => candidate.keys.length === keys.length && candidate.keys.every((key) => keys.includes(key)),
  );
  return grouping === undefined ? [] : [...grouping.segmentOfCode.values()];
}

/** The sections that hold the columns a rule judges; of whole events, the arrivals. */
export function sectionsOf(fitted: FittedModel, rule: Rule, measure: Measure): Section[] {
  const { sections } = fitted.counting.layout;
  if (measure.across !== undefined) return acrossSections(fitted, rule, sections[0]);
  if (measure.from.includes("arrivals")) return [sections[0]];
  const { from, only } = measure;
  const readable = sections.filter(
    ({ kind, column }) => from.includes(kind) && (only === undefined || only.includes(column)),
  );
  const names = new Set(
    selectNames(
      rule.columns,
      readable.map(({ column }) => column),
    ),
  );
  return readable.filter(({ column }) => names.has(column));
}

/** The section of labels that the measure reads, if the model's labels are of its kind; of a measure across groups once for every column whose groups are compared. */
export function cohortSectionsOf(fitted: FittedModel, rule: Rule, measure: Measure): Section[] {
  const all = fitted.counting.outcomes?.layout.sections ?? [];
  const sections = all.filter(({ kind }) => measure.from.includes(kind));
  return measure.across !== undefined
    ? sections.flatMap((section) => acrossSections(fitted, rule, section))
    : sections;
}

/** The section of whole events, once for every column whose groups are compared, and by its name. */
function acrossSections({ counting }: FittedModel, rule: Rule, section: Section): Section[] {
  const known = counting.segments.groupings.flatMap(({ keys }) => (keys.length === 1 ? keys : []));
  return selectNames(rule.columns, known).map((column) => ({ ...section, column }));
}
