import { sumOf } from "../counts/vector.ts";
import { bandsOfSection } from "../statistics/band-sums.ts";
import { placeAgainst } from "./against-text.ts";
import { judgeContrasts } from "./outcome-significance.ts";
import type { PreparedOutcomes } from "./prepared-outcomes.ts";
import { formatChange, formatCount, formatScore, formatShare } from "./quantities.ts";

/**
 * How the labels of a cohort differ from the reference's, told by the contrast that chance explains least: "Predictions around
 * 0.62 came true 48% of the time, 60% in the reference." Empty where nothing can be judged. `there` says what they are held
 * against: "in the reference".
 */
export function describeCalibration(
  prepared: PreparedOutcomes,
  section: Float64Array,
  there = placeAgainst(undefined),
): string {
  const [contrast] = judgeContrasts(prepared, section);
  if (contrast === undefined) return "";
  const { kind, from, to, m, difference } = contrast;
  if (kind === "slope") return `${describeSlope(difference, there)}.`;
  const bands = bandsOfSection(section);
  const score = sumOf(bands.probability, from, to) / m;
  const came = sumOf(bands.positives, from, to) / m;
  const usual = Math.min(1, Math.max(0, came - difference));
  const often = `came true ${formatShare(came)} of the time`;
  if (kind === "overall") {
    return `All predictions, on average ${formatScore(score)}, ${often}; as ${there} it would have been ${tellApart(came, usual)}.`;
  }
  return `Predictions around ${formatScore(score)} ${often}, ${tellApart(came, usual)} ${there} (${formatCount(m)} of them).`;
}

/** Per standard deviation of the scores, window less reference. */
function describeSlope(difference: number, there: string): string {
  const size = formatShare(Math.abs(difference));
  return difference < 0
    ? `High scores came true less often and low ones more often than ${there}, by ${size} for each standard deviation of the score`
    : `High scores came true more often and low ones less often than ${there}, by ${size} for each standard deviation of the score`;
}

/** With as many decimals as it takes to tell the two apart. */
function tellApart(came: number, usual: number): string {
  return formatChange(came, usual).replace(/^from .* to /, "");
}
