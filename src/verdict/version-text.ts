import { measureNamed } from "../statistics/measures.ts";
import { listed, placeOf } from "./movement.ts";
import { formatCount, formatScore, formatShare, formatVersion } from "./quantities.ts";
import type { VersionEvidence } from "./version-alert.ts";
import type { VersionDifference } from "./version-comparison.ts";

/** More columns than these are counted, and more differences of labels not told. */
const MOST_NAMED = 3;
/** Answers of the model, as columns. */
const ANSWER = "prediction.";

interface Place {
  readonly version?: string;
  readonly segment?: string;
}

/** What two versions do otherwise, in a sentence that needs no statistics: "v8 is worse than v7 in eu: ...". */
export function describeComparison(evidence: VersionEvidence, place: Place): string {
  const { labels, columns } = evidence;
  if (columns !== undefined) return describeColumns(evidence, columns, place);
  return labels === undefined ? "" : describeWorse(evidence, labels, place);
}

/** "v8 sees other data than v7 in eu (amount), and answers otherwise (prediction.score)." */
function describeColumns(
  { against }: VersionEvidence,
  columns: readonly VersionDifference[],
  { version = "", segment }: Place,
): string {
  const differing = [
    ...new Set(columns.flatMap(({ differs, column }) => (differs === true ? (column ?? []) : []))),
  ];
  const seen = differing.filter((column) => !column.startsWith(ANSWER));
  const answered = differing.filter((column) => column.startsWith(ANSWER));
  const [own, other] = [formatVersion(version), formatVersion(against)];
  const where = segment === undefined ? "" : ` in ${placeOf(segment)}`;
  if (seen.length === 0) return `${own} answers otherwise than ${other}${where} (${named(answered)}).`;
  const answers = answered.length === 0 ? "" : `, and answers otherwise (${named(answered)})`;
  return `${own} sees other data than ${other}${where} (${named(seen)})${answers}.`;
}

function named(columns: readonly string[]): string {
  if (columns.length <= MOST_NAMED + 1) return listed(columns);
  return listed([...columns.slice(0, MOST_NAMED), `${columns.length - MOST_NAMED} more`]);
}

type Labels = NonNullable<VersionEvidence["labels"]>;

/** "v8 is worse than v7 in eu: accuracy 71% where v7 has 80% (9 points less, 95% interval 7 to 11)." */
function describeWorse(
  { against }: VersionEvidence,
  labels: Labels,
  { version = "", segment }: Place,
): string {
  const [own, other] = [formatVersion(version), formatVersion(against)];
  const where = segment === undefined ? "" : ` in ${placeOf(segment)}`;
  const told = gapsOf(labels.differences, other);
  return `${own} is worse than ${other}${where}${told === "" ? "" : `: ${told}`}.`;
}

/** Of an alert that windows raised: what a cohort of labels says. */
export function describeLabels({ from, differences }: Labels, against: string): string {
  const told = gapsOf(differences, formatVersion(against));
  const day = from.slice(0, 10);
  return told === "" ? "" : `The labels of ${day}: ${told}.`;
}

/** What people know first, as far as it could be said. */
const TOLD = ["accuracy", "recall", "precision", "brier"];

function gapsOf(differences: readonly VersionDifference[], against: string): string {
  return TOLD.flatMap((name) => {
    const found = differences.find(({ measure }) => measure === name);
    return found === undefined ? [] : describeGap(found, against);
  })
    .slice(0, MOST_NAMED)
    .join("; ");
}

function describeGap(
  { measure, score, other, difference }: VersionDifference,
  against: string,
): string | readonly never[] {
  if (score.value === undefined || other?.value === undefined) return [];
  const isShare = difference !== undefined;
  const say = isShare ? formatShare : formatScore;
  const title = measure === "brier" ? (measureNamed(measure)?.title ?? measure) : measure;
  const beside = `${title} ${say(score.value)} where ${against} has ${say(other.value)}`;
  const rows = `n=${formatCount(score.n)} and ${formatCount(other.n)}`;
  return `${beside} (${isShare ? `${describeDifference(difference)}; ` : ""}${rows})`;
}

/** "7.1 points less, 95% interval 5.2 to 8.9 less". */
function describeDifference({ value, lower, upper }: NonNullable<VersionDifference["difference"]>): string {
  const points = (share: number): string => String(Number((Math.abs(share) * 100).toPrecision(2)));
  const side = (share: number): string => `${points(share)} ${share < 0 ? "less" : "more"}`;
  const [near, far] = value < 0 ? [upper, lower] : [lower, upper];
  const interval = near < 0 === far < 0 ? `${points(near)} to ${side(far)}` : `${side(near)} to ${side(far)}`;
  return `${points(value)} points ${value < 0 ? "less" : "more"}, 95% interval ${interval}`;
}
