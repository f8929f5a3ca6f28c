import {
  formatCount,
  formatProbability,
  formatScore,
  formatShare,
  formatVersion,
} from "../verdict/quantities.ts";
import type { ModelReport, ReportedChange, ReportedCohort } from "./report.ts";
import { formatValue, intervalOf, momentOf, placeOf, plain } from "./report-words.ts";

/** As many as are read at seven in the morning; the JSON has more. */
const MOST_CHANGES = 5;

/** What came nearest its limit in the last window. */
export function renderChanges({ changes, changesLeftOut, unmeasured }: ModelReport): string[] {
  const shown = changes.slice(0, MOST_CHANGES);
  const more = changes.length - shown.length + changesLeftOut;
  const rest = [
    ...(more > 0 ? [`${formatCount(more)} were measured`] : []),
    ...(unmeasured > 0 ? [`${formatCount(unmeasured)} could not be measured: too few values, or none`] : []),
  ];
  if (shown.length === 0 && rest.length === 0) return [];
  return [
    "",
    "### Nearest to their limits, in the last window",
    "",
    ...shown.map(renderChange),
    ...(rest.length === 0 ? [] : [`- Of the other rules and columns ${rest.join(", ")}.`]),
  ];
}

function renderChange(change: ReportedChange): string {
  const { alert, measure, score, limit, share } = change;
  const { value = Number.NaN, effect, n, p, trust } = score;
  const isApart = limit.kind === "atLeast" && effect !== undefined && effect !== value;
  const terms = [
    ...(isApart ? [`effect ${formatScore(effect)}`] : []),
    `limit ${formatValue(measure, limit.value)}`,
    `n=${formatCount(n)}`,
    intervalOf(measure, score),
    p === undefined ? "" : `probability of as much by chance ${formatProbability(p)}`,
    trust === undefined ? "" : `trust ${trust}`,
  ].filter((part) => part !== "");
  const beyond = share >= 1 ? "**beyond**" : `${formatShare(share)} of`;
  return `- ${plain(alert)} ${placeOf(change)}is ${beyond} its limit: ${measure} ${formatValue(measure, value)} (${terms.join("; ")})`;
}

/** What labels say of a cohort, a line for each version. */
export function renderCohort({ from, to, state, scores }: ReportedCohort): string[] {
  const known = scores.filter(({ score }) => score.status === "ok" && score.value !== undefined);
  const versions = [...new Set(known.map(({ version }) => version))];
  const what = state === "judged" ? "judged" : "provisional: labels are still to come";
  return [
    "",
    `### Labels of the predictions from ${momentOf(from)} to ${momentOf(to)} (${what})`,
    "",
    ...(known.length === 0 ? ["- Too few labels to say anything."] : []),
    ...versions.map((version) => {
      const told = known.filter((one) => one.version === version).map(describeLabelScore);
      const name = version === undefined || version === "" ? "" : `${plain(formatVersion(version))}: `;
      return `- ${name}${told.join("; ")}`;
    }),
  ];
}

function describeLabelScore({ measure, score }: ReportedCohort["scores"][number]): string {
  const { value = Number.NaN, n } = score;
  const interval = intervalOf(measure, score);
  return `${measure} ${formatValue(measure, value)} (${interval === "" ? "" : `${interval}; `}n=${formatCount(n)})`;
}
