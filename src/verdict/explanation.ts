import type { SeriesRef } from "../counts/ref.ts";
import { OWN_CELLS } from "../statistics/cells.ts";
import { groupsOf } from "../statistics/groups.ts";
import type { Score } from "../statistics/score.ts";
import type { RuleSeries } from "./rule-series.ts";

/**
 * One alert in plain sentences: where, what moved, how much against which limit, on how many values, since when, and how far
 * it can be believed. `section` is the window's section of the column.
 */
export function explain(options: {
  series: RuleSeries;
  score: Score;
  since: number;
  section: Float64Array;
  model: string;
}): string {
  const { series, score, since, section, model } = options;
  const { column, version, segment } = series.labels;
  const subject = [model, column].filter((part) => part !== undefined).join("/");
  const where = [version, segment].filter((part) => part !== undefined && part !== "").join(", ");
  const head = `${series.rule.alert} ${subject}${where === "" ? "" : ` ${where}`}:`;
  const moved = movement(series, section);
  const parts = [
    `${head} ${moved === "" ? "" : `${moved} `}${numbers(series, score)}, since ${shortTime(since)}.`,
    trustSentence(score),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function numbers(series: RuleSeries, score: Score): string {
  const { measure, limit, rule } = series;
  const bound = rule.limit.kind === "below" ? "at least" : "limit";
  const chance = score.extras?.["chance"];
  const details = [
    `${bound} ${format(limit)}`,
    chance === undefined ? "" : `chance alone ${format(chance)}`,
    `n=${count(score.n)}`,
    score.neff === undefined ? "" : `effective ${count(Math.round(score.neff))}`,
    score.p === undefined ? "" : `p ${score.p < 1e-12 ? "below 1e-12" : score.p.toExponential(1)}`,
  ].filter((detail) => detail !== "");
  return `${measure.title} ${score.value === undefined ? "unknown" : format(score.value)} (${details.join("; ")})`;
}

/** The group of the column whose share changed most, and how. */
function movement(series: RuleSeries, section: Float64Array): string {
  const { ref, measure } = series;
  if (ref === undefined || measure.signal !== "distribution") return "";
  const groups = groupsOf(ref, section);
  if (groups.n === 0 || groups.m === 0) return "";
  let most = 0;
  for (let group = 0; group < groups.size; group += 1) {
    if (Math.abs(shift(groups, group)) > Math.abs(shift(groups, most))) most = group;
  }
  const from = percent(groups.reference[most] / groups.n);
  const to = percent(groups.window[most] / groups.m);
  return `${groupName(ref, most)} went from ${from} to ${to}.`;
}

function shift(groups: ReturnType<typeof groupsOf>, group: number): number {
  return groups.window[group] / groups.m - groups.reference[group] / groups.n;
}

function groupName(ref: SeriesRef, group: number): string {
  if (ref.kind === "categories") {
    return group < Math.min(OWN_CELLS, ref.categories.length)
      ? `"${ref.categories[group]}"`
      : "all other categories";
  }
  const { deciles, edges } = ref.grid;
  if (group === 0) return `below ${format(edges[deciles[0]])}`;
  const lower = format(edges[deciles[group - 1]]);
  return group === deciles.length ? `${lower} and above` : `${lower} to ${format(edges[deciles[group]])}`;
}

function trustSentence(score: Score): string {
  if (score.trust === "provisional")
    return "Provisional: the reference is short, so the budget does not cover it.";
  if (score.trust === "none") return "For information: the reference is too short to say what chance does.";
  if (score.trust === "policy") return "A plain limit: outside the false-alarm budget.";
  return "";
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function shortTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
