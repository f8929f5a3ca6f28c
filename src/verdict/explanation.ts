import { OUTCOMES } from "../counts/outcomes.ts";
import type { Measure } from "../statistics/measure.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import type { Score } from "../statistics/score.ts";
import { describeAgainst, placeAgainst } from "./against-text.ts";
import { describeMissing } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";
import { describeCalibration } from "./calibration-change.ts";
import type { FaultyColumn } from "./faulty-columns.ts";
import { describeChanges, describeFields } from "./field-change-text.ts";
import { describeMovement } from "./movement.ts";
import { describeGroups } from "./group-spread.ts";
import {
  formatAge,
  formatCount,
  formatMoment,
  formatNumber,
  formatProbability,
  formatScore,
  formatShare,
  formatVersion,
  shortenNumbers,
} from "./quantities.ts";
import type { RuleSeries } from "./rule-series.ts";
import { describeComparison } from "./version-text.ts";

/** More columns than these are not named. */
const MOST_COLUMNS = 3;

/** A score, and where it comes from: `section` is the window's section of the column, or the cohort's outcomes. */
interface Found {
  readonly series: Pick<RuleSeries, "measure" | "labels" | "ref" | "outcomes"> &
    Partial<Pick<RuleSeries, "rule">>;
  readonly score: Score;
  readonly section: Float64Array;
  readonly evidence: Evidence;
  /** For measures of whole rows: the columns whose cells were at fault. */
  readonly faulty?: readonly FaultyColumn[];
}

interface Told extends Found {
  readonly series: Pick<RuleSeries, "rule" | "measure" | "labels" | "limit" | "ref" | "outcomes">;
  /** End of the first window of the run that led to the alert, ms. */
  readonly since: number;
}

/**
 * One alert in plain sentences: where, what moved, how much against which limit, on how many values, since when, and how far
 * it can be believed (DESIGN 7).
 */
export function explain(told: Told & { readonly model: string }): string {
  const { series, score, since, model } = told;
  const { column, version = "", segment = "" } = series.labels;
  const subject = [model, column].filter((part) => part !== undefined).join("/");
  const where = [formatVersion(version), segment].filter((part) => part !== "").join(", ");
  const head = `${series.rule.alert} ${subject}${where === "" ? "" : ` ${where}`}:`;
  const when = `${series.measure.byClock === true ? "at" : "since"} ${formatMoment(since)}`;
  const finding = `${describeFinding(told)} (${termsOf(told)}), ${when}.`;
  const { fields = [], comparison } = told.evidence;
  const compared = comparison === undefined ? "" : describeComparison(comparison, series.labels);
  return [
    head,
    compared,
    finding,
    describeMissing(told.evidence),
    describeChanges(fields),
    trustSentence(score),
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** The number in words; of a distribution, first what moved. */
export function describeFinding({ series, score, section, evidence, faulty = [] }: Found): string {
  const { measure, ref, labels, rule } = series;
  const value = score.value ?? Number.NaN;
  const percent = formatShare(value);
  const before = score.extras?.["reference"];
  const usual = formatShare(before ?? 0);
  switch (measure.name) {
    case "missing":
      return `${percent} of values are missing, ${usual} ${placeAgainst(rule)}`;
    case "novel":
      return ref?.kind === "bins"
        ? `${percent} of values lie outside what is usual, ${formatNumber(ref.grid.low)} to ${formatNumber(ref.grid.high)}; ${usual} did in the reference`
        : `${percent} of values are categories that the reference never had, where ${usual} were new`;
    case "invalid":
      return `${percent} of rows are invalid${faultsOf(faulty)}`;
    case "volume":
      return value < 1
        ? `Rows fell to ${percent} of the usual number`
        : `Rows rose to ${formatScore(value)} times the usual number`;
    case "blind":
      return `${score.reason ?? ""}, for ${formatAge(value)}`;
    case "schema-drift":
      return describeFields(evidence.fields ?? [], value);
    case "freshness":
      return `The newest event is ${formatAge(value)} old`;
    case "label-coverage":
      return `${percent} of predictions have a label${before === undefined ? "" : `, ${usual} in the reference`}`;
    case "label-delay":
      return `99% of the labels came within ${formatAge(value)}${before === undefined ? "" : `, within ${formatAge(before)} in the reference`}`;
    case "accuracy":
      return `${percent} of decisions are right`;
    case "calibration-gap":
      return describeGap(series, section, value);
    case "ece":
      return `${describeOutcomes(section)}. Expected calibration error, the mean distance of the two, ${formatScore(value)}`;
  }
  const { movement, groups } = evidence;
  const place = { column: labels.column ?? ref?.column ?? "", segment: labels.segment };
  const told = groups === undefined ? "" : describeGroups(groups);
  const moved = movement === undefined ? told : describeMovement(movement, place);
  const isLevel = measure.nature === "level" || measure.nature === "estimate";
  const than = before === undefined || !isLevel ? "" : `, ${formatScore(before)} ${placeAgainst(rule)}`;
  const unless = measure.nature === "estimate" ? ", if scores still mean what they meant there" : "";
  return `${moved === "" ? "" : `${moved} `}${measure.title} ${formatScore(value)}${than}${unless}`;
}

/** `, 119 by distance`; the rest are faults of the row itself. */
function faultsOf(faulty: readonly FaultyColumn[]): string {
  const named = faulty
    .slice(0, MOST_COLUMNS)
    .map(({ column, cells }) => `${formatCount(cells)} by ${column}`);
  return named.length === 0 ? "" : `, ${named.join(", ")}`;
}

/** What came of which scores, here and in the reference; a plain limit knows the size only. */
function describeGap({ outcomes, rule }: Found["series"], section: Float64Array, value: number): string {
  const told = outcomes === undefined ? "" : `${describeCalibration(outcomes, section, placeAgainst(rule))} `;
  return `${told}Largest change of what came true against the scores ${formatScore(value)}`;
}

/** What was foretold and what came, on average. */
function describeOutcomes(section: Float64Array): string {
  const { perBin, scale, predicted } = OUTCOMES;
  const { n, positives } = sumOutcomes(section);
  let probability = 0;
  for (let slot = perBin.probability; slot < predicted; slot += perBin.length) probability += section[slot];
  return `${formatShare(positives / n)} turned out true where the scores said ${formatShare(probability / scale / n)}`;
}

/** The limit, what chance does, and how much the number rests on. Policy measures of whole events name their rows instead. */
function termsOf({ series, score, evidence }: Told): string {
  const { measure, limit } = series;
  const { n, neff, p, extras, effect, value = 0, lower = value, upper = value } = score;
  const chance = extras?.["chance"];
  const perfect = extras?.["nullMean"];
  const expected = extras?.["expected"];
  const isEffectApart =
    measure.nature === "statistic" || (measure.nature === "level" && measure.signal !== "policy");
  const parts = [
    measure.byFields === true ? `in the last ${formatCount(n)} records looked at` : "",
    measure.name === "invalid" ? `${formatCount(Math.round(value * n))} of ${formatCount(n)}` : "",
    intervalOf(measure, score),
    expected === undefined ? "" : `${formatCount(n)} instead of ${formatCount(expected)}`,
    isEffectApart && effect !== undefined ? `effect ${formatScore(effect)}` : "",
    describeAgainst(series.rule, measure.signal === "outcomes"),
    `limit ${formatLimit(measure, limit)}`,
    chance === undefined ? "" : `chance alone ${formatScore(chance)}`,
    perfect === undefined ? "" : `a perfect model ${formatScore(perfect)}`,
    measure.from.includes("arrivals") && measure.across === undefined ? "" : `n=${formatCount(n)}`,
    measure.nature === "estimate" || measure.across !== undefined
      ? `95% interval ${formatScore(lower)} to ${formatScore(upper)}`
      : "",
    neff === undefined ? "" : `worth ${formatCount(neff)} independent values`,
    p === undefined ? "" : `probability of as much by chance ${formatProbability(p)}`,
    describeDirection(score, evidence),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** Wilson's, as if rows were independent. */
function intervalOf({ nature }: Measure, { lower, upper }: Score): string {
  if (nature !== "share" || lower === undefined || upper === undefined) return "";
  return `95% interval ${formatShare(lower)} to ${formatShare(upper)}`;
}

/** `r=9.81 at or above 900.1, with deff=5.01, nu=299`: where p comes from. */
function describeDirection({ extras }: Score, { direction }: Evidence): string {
  const r = extras?.["r"];
  if (r === undefined || direction === undefined) return "";
  const { deff = 1, nu = Number.POSITIVE_INFINITY } = extras ?? {};
  const freedom = Number.isFinite(nu) ? `, nu=${formatScore(nu)}` : "";
  return `r=${formatScore(r)} ${shortenNumbers(direction)}, with deff=${formatScore(deff)}${freedom}`;
}

function formatLimit({ name, nature, unit }: Measure, limit: number): string {
  if (unit === "seconds") return formatAge(limit);
  if (name === "volume" && limit >= 1) return `${formatScore(limit)} times`;
  return nature === "share" || name === "volume" ? formatShare(limit) : formatScore(limit);
}

function trustSentence({ trust, reason }: Score): string {
  const why = reason === undefined ? "the reference is short" : reason;
  if (trust === "provisional") return `Provisional, not covered by the budget: ${why}.`;
  if (trust === "none") return `For information only: ${why}.`;
  return trust === "policy" ? "A plain limit, not covered by the budget." : "";
}
