import { formatDuration } from "../../config/quantity.ts";
import { measureNamed } from "../../statistics/measures.ts";
import {
  formatAge,
  formatChange,
  formatCount,
  formatProbability,
  formatScore,
  shortenNumbers,
} from "../../verdict/quantities.ts";
import { plural, renderTable, wrap } from "../text.ts";
import { SHIFTS } from "./explanation.ts";
import type { ExplainedShifts, RuleExplanation } from "./explanation.ts";

/** Rows of the table of shifts; who wants all of them asks for --json. */
const MOST_ROWS = 12;
const INDENT = "  ";

/** A paragraph for each rule, in lines of that width. */
export function describeExplanations(rules: readonly RuleExplanation[], width: number): string[] {
  return rules.flatMap((rule) => {
    const lines = sentencesOf(rule).flatMap((text) => wrap(text, INDENT.repeat(2), width).split("\n"));
    const head = wrap(headOf(rule), INDENT, width).split("\n");
    return ["", ...head, ...lines, ...tableOf(rule.shifts, width)];
  });
}

/** What the words mean; said once, below all models. */
export function describeLegend(width: number): string[] {
  return LEGEND.flatMap((text) => wrap(text, INDENT, width).split("\n"));
}

const LEGEND = [
  "series: one column, segment and version, judged by itself.",
  "promised: the budget covers it. provisional: it does if windows do not resemble their neighbours, which so short a reference cannot tell. none: chance cannot be told; fires as severity info. policy: a plain limit.",
  "look: one window, judged. Significant: chance alone moves no part of the column as far more often than the level says.",
  "usual n: values in a window of the reference. deff: how many times more its windows vary than independent rows would.",
  "sd: all values lie that many standard deviations higher, or lower; the later of the two is told. never: chance does as much; the limit is not reached.",
];

function headOf({ alert, measure, columns, segments, against }: RuleExplanation): string {
  const of = columns.length === 0 ? "" : ` of ${listOf(columns, "column", MOST_COLUMNS)}`;
  const within =
    segments.length === 1 && segments[0] === "all"
      ? ""
      : `, in ${listOf(segments, "segment", MOST_SEGMENTS)}`;
  const isAlone = columns.length === 0 && measureNamed(measure)?.signal === "policy";
  const held = typeof against === "object" ? `version ${against.version}` : AGAINST[against];
  return `${alert}: ${measure}${of}${within}${isAlone ? "" : `, against ${held}`}`;
}

const AGAINST = {
  reference: "the reference",
  season: "the same hour of other weeks",
  previous: "the window before",
} as const;

/** So that who writes globs sees what they choose. */
const MOST_COLUMNS = 12;
const MOST_SEGMENTS = 4;

/** All of a few names; of many the number. */
function listOf(names: readonly string[], noun: string, most: number): string {
  return names.length <= most ? names.join(", ") : plural(names.length, noun);
}

function sentencesOf(rule: RuleExplanation): string[] {
  return [
    limitSentence(rule),
    seriesSentence(rule),
    looksSentence(rule),
    ...budgetSentences(rule),
    ...changeSentence(rule),
  ];
}

function limitSentence({ limits, measure }: RuleExplanation): string {
  const parts = limits.map(({ kind, value, type, place }) => {
    const shown = measureNamed(measure)?.unit === "seconds" ? formatAge(value) : formatScore(value);
    const columns = type === undefined ? "" : ` of a ${type}`;
    return `${kind} ${shown}${columns} (${place ?? `the default of ${measure}`})`;
  });
  const otherwise = parts.length > 1 ? [...parts.slice(0, -1), `else ${parts.at(-1)}`] : parts;
  return `Limit: ${otherwise.join(", ")}.`;
}

function seriesSentence({ series: { trust, doubts, silent }, versions }: RuleExplanation): string {
  const silenced = sumOf(silent);
  const judged = sumOf(trust);
  const words = Object.entries(trust).flatMap(([word, count]) =>
    count === 0 ? [] : [`${formatCount(count)} ${word}${whyOf(doubts, word)}`],
  );
  const not = Object.entries(silent).map(([reason, count]) => `${formatCount(count)} not judged (${reason})`);
  const more =
    versions > 1 && judged > 0
      ? ` As many of each further version, of which ${formatCount(versions)} are followed at a time.`
      : "";
  return `Series: ${formatCount(judged + silenced)}: ${[...words, ...not].join(", ") || "none, so that it never speaks"}.${more}`;
}

function whyOf(doubts: Readonly<Record<string, number>>, word: string): string {
  const reasons = Object.keys(doubts).flatMap((doubt) =>
    doubt.startsWith(`${word}: `) ? [doubt.slice(word.length + 2)] : [],
  );
  return reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
}

function looksSentence({ measure, window, labels, budget }: RuleExplanation): string {
  const { byClock, byFields } = measureNamed(measure) ?? {};
  const waits = waitOf(budget, window.for);
  if (labels !== undefined) {
    const { cohort, matureAfter } = labels;
    const mature =
      matureAfter === undefined
        ? "once 99% of the labels that the reference saw have had their time"
        : `${formatDuration(matureAfter)} after its end`;
    return `Looks: once at each cohort, the predictions of ${formatDuration(cohort)}, ${mature}.${waits}`;
  }
  if (byClock === true) return `Looks: by the wall clock, whatever the records say.${waits}`;
  if (byFields === true) return `Looks: at the fields of the records of every pane.${waits}`;
  const { size, every, pane, lateness } = window;
  return `Looks: at the last ${formatDuration(size)} every ${formatDuration(every)}. What happens is counted up to ${formatDuration(pane + lateness)} later, when its pane of ${formatDuration(pane)} is full and late records have had their ${formatDuration(lateness)}.${waits}`;
}

function waitOf(budget: RuleExplanation["budget"], waits: number): string {
  if (budget === undefined)
    return waits === 0 ? "" : ` It fires once the limit has been passed for ${formatDuration(waits)}.`;
  const looks =
    budget.consecutive === 1
      ? "one significant look"
      : `${formatCount(budget.consecutive)} significant looks in a row`;
  return ` It fires on ${looks}${waits === 0 ? "" : ` (for: ${formatDuration(waits)})`}.`;
}

function budgetSentences({ budget, measure }: RuleExplanation): string[] {
  if (budget === undefined) {
    const better = measureNamed(measure)?.signal === "policy" ? "" : "; atLeast would ask it";
    return [`Budget: none. A plain limit does not ask chance, so no promise covers it${better}.`];
  }
  const { falseAlarms, per, seriesOfModel, looks, consecutive, level, levelOfNew, expected } = budget;
  if (Number.isNaN(level))
    return ["Budget: none, since chance can judge none of its series; plain limits hold in its place."];
  const chances = Math.max(1, looks / consecutive);
  const period = formatDuration(per);
  const later = Number.isNaN(levelOfNew)
    ? ""
    : `; versions that come later: ${formatProbability(levelOfNew)}`;
  return [
    `Budget: ${plural(falseAlarms, "false alarm")} in ${period} for all rules of the model; the ${formatCount(seriesOfModel)} series that the reference knows share 80% of it equally, versions that come later the rest. This rule: at most ${formatScore(expected)} in ${period}, ${formatScore(budget.expectedInWeek)} in a week, ${formatScore(budget.expectedInYear)} in a year, on average.`,
    `Chance: ${formatCount(looks)} looks at each series in ${period}, ${formatCount(consecutive)} in a row to fire, are ${formatCount(chances)} chances of a false alarm. So a look is significant where chance alone does as much in one of ${formatCount(1 / level)} (level ${formatProbability(level)}${later}).`,
  ];
}

function changeSentence({ changes }: RuleExplanation): string[] {
  const [smallest] = changes.toSorted((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from));
  if (smallest === undefined) return [];
  const { column, segment, direction, from, to, after } = smallest;
  const where = segment === "all" ? "" : ` in ${segment}`;
  return [
    `Smallest change of a share that fires: ${column} ${shortenNumbers(direction)}${where} ${formatChange(from, to)}, after ${formatAge(after / 1000)}${changes.length > 1 ? "; --json has all" : ""}.`,
  ];
}

const TABLE_HEAD =
  "When it fires on a shift of all values, and from how many values in a window on it sees one at all:";

function tableOf(shifts: readonly ExplainedShifts[], width: number): string[] {
  if (shifts.length === 0) return [];
  const header = ["column", "usual n", "deff", ...SHIFTS.map((shift) => `${shift} sd`)];
  const rows = shifts.slice(0, MOST_ROWS).map(({ column, segment, rows: n, deff, seen }) => ({
    cells: [
      segment === "all" ? column : `${column} ${segment}`,
      formatCount(n),
      [...new Set(deff.map((one) => formatScore(Number(one.toPrecision(2)))))].join("-"),
      ...seen.map(cellOf),
    ],
  }));
  const more = shifts.length - rows.length;
  const table = renderTable(header, rows, { width: width - 2 * INDENT.length, color: false });
  return [
    ...wrap(TABLE_HEAD, INDENT.repeat(2), width).split("\n"),
    ...table.split("\n").map((line) => INDENT.repeat(2) + line),
    ...(more > 0 ? [`${INDENT.repeat(2)}... and ${formatCount(more)} more; --json has all.`] : []),
  ];
}

/** `25 min from 3,400`, or why it is never seen. */
function cellOf({ after, because, needed }: ExplainedShifts["seen"][number]): string {
  if (after === null) return because === "effect" ? "never: limit" : "never: chance";
  return `${formatAge(after / 1000)}${needed === null ? "" : ` from ${formatCount(needed)}`}`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
