import {
  formatAge,
  formatChange,
  formatCount,
  formatProbability,
  formatScore,
  shortenNumbers,
} from "../verdict/quantities.ts";
import { measureNamed } from "../statistics/measures.ts";
import { plural, renderTable, wrap } from "./text.ts";
import { SHIFT } from "./rule-outlook.ts";
import type { ChangeOutlook, RuleOutlook, ShiftOutlook } from "./rule-outlook.ts";

/** Characters in a line: what fits any terminal, and a page of a review. */
export const WIDTH = 100;
const INDENT = "  ";
const HEADER = ["rule", "series", "looks", "level", "alarms", "sees", `${SHIFT} sd in`];

/** What the rules of one model can say, as a table, and below it what a table cannot hold. */
export function describeRules(rules: readonly RuleOutlook[]): string[] {
  if (rules.length === 0) return [];
  const rows = rules.map((rule) => {
    const isPart = rules.some(({ alert, measure }) => alert === rule.alert && measure !== rule.measure);
    return { cells: cellsOf(rule, isPart) };
  });
  const table = renderTable(HEADER, rows, { width: WIDTH - INDENT.length, color: false });
  return [
    ...table.split("\n").map((line) => INDENT + line),
    ...rules.flatMap(describeRule),
    ...describeOthers(rules),
  ];
}

/** What the words of the table mean; said once, below all models. */
export function describeWords(rules: readonly RuleOutlook[]): string[] {
  const said = (["promised", "provisional", "none", "policy"] as const)
    .filter((word) => rules.some(({ trust }) => trust[word] > 0))
    .map((word) => `${word}: ${MEANINGS[word]}`);
  const words = [
    ...said,
    ...(rules.some(({ budget }) => hasLevel(budget)) ? LEVEL : []),
    ...(rules.some(({ shift }) => shift.length > 0) ? SEEN : []),
  ];
  return words.flatMap((text) => linesWithin(text, INDENT));
}

const MEANINGS = {
  promised: "the budget covers these series.",
  provisional: "these fire too, but the reference is too short for the budget to cover them.",
  none: "the reference is too short to say what chance does. These fire with severity info only.",
  policy: "plain limits; chance is not asked, and the budget does not cover them.",
} as const;
const LEVEL = [
  "looks: evaluations of one series in the budget's period.",
  "level: how unlikely by chance a look must be, and how many such looks in a row it takes to fire.",
  "alarms: the most false alarms of all the rule's series in that period, on average; promised series keep to it.",
];
const SEEN = [
  "sees: the smallest shift of all values of a number column that fires, in standard deviations.",
  `${SHIFT} sd in: event time from the start of a shift of ${SHIFT} sd until the rule fires, on average, with as many rows as the reference had.`,
];

/** The parts of a comparison of versions have one name. */
function cellsOf({ alert, measure, trust, silent, budget, shift }: RuleOutlook, isPart: boolean): string[] {
  return [
    isPart ? `${alert} (${measure})` : alert,
    seriesOf({ trust, silent }),
    ...(hasLevel(budget)
      ? [
          formatCount(budget.looks),
          `${formatProbability(budget.alpha)} ×${budget.consecutive}`,
          String(Number(budget.expected.toPrecision(2))),
        ]
      : ["-", "-", "-"]),
    shiftsOf(shift),
    timesOf(shift),
  ];
}

function hasLevel(budget: RuleOutlook["budget"]): budget is NonNullable<RuleOutlook["budget"]> {
  return budget !== undefined && !Number.isNaN(budget.alpha);
}

function seriesOf({ trust, silent }: Pick<RuleOutlook, "trust" | "silent">): string {
  const silenced = Object.values(silent).reduce((sum, series) => sum + series, 0);
  const parts = Object.entries({ ...trust, "not judged": silenced }).flatMap(([word, series]) =>
    series > 0 ? [`${formatCount(series)} ${word}`] : [],
  );
  return parts.length > 0 ? parts.join(", ") : "none";
}

/** `0.15-0.42 sd`. */
function shiftsOf(shift: readonly ShiftOutlook[]): string {
  const seen = shift.flatMap(({ smallest }) => smallest ?? []);
  if (seen.length === 0) return shift.length === 0 ? "-" : "nothing";
  const [least, most] = [Math.min(...seen), Math.max(...seen)].map(formatScore);
  return least === most ? `${least} sd` : `${least}-${most} sd`;
}

/** `25 min to 1 h 5 min, or never`: which, is said below the table. */
function timesOf(shift: readonly ShiftOutlook[]): string {
  if (shift.length === 0) return "-";
  const times = shift.flatMap(({ after }) => after ?? []);
  if (times.length === 0) return "never";
  const quickest = formatAge(Math.min(...times) / 1000);
  const slowest = formatAge(Math.max(...times) / 1000);
  const span = quickest === slowest ? quickest : `${quickest} to ${slowest}`;
  return times.length === shift.length ? span : `${span}, or never`;
}

function describeRule(rule: RuleOutlook): string[] {
  const lines = linesOf(rule);
  if (lines.length === 0) return [];
  return ["", INDENT + headOf(rule), ...lines.flatMap((line) => linesWithin(line, INDENT + INDENT))];
}

/** The rules that no more is to be said of, in one sentence. */
function describeOthers(rules: readonly RuleOutlook[]): string[] {
  const others = rules.filter((rule) => linesOf(rule).length === 0).map(headOf);
  return others.length === 0 ? [] : ["", ...linesWithin(`${others.join("; ")}.`, INDENT)];
}

function headOf({ alert, measure, limit, limits = [limit.value] }: RuleOutlook): string {
  const each = limits.length > 1 ? ", by type of column" : "";
  return `${alert}: ${measure}, ${limit.kind} ${limitText(measure, limits)}${each}`;
}

/** `0.02`, or `0.02 to 0.05`. */
function limitText(measure: string, limits: readonly number[]): string {
  const format = measureNamed(measure)?.unit === "seconds" ? formatAge : formatScore;
  const ends = [...new Set([limits.at(0) ?? Number.NaN, limits.at(-1) ?? Number.NaN])];
  return ends.map((limit) => format(limit)).join(" to ");
}

function linesOf(rule: RuleOutlook): string[] {
  return [
    ...describeSmallest(rule.changes),
    ...describeNever(rule),
    ...Object.entries(rule.doubts).map(([reason, series]) => `${formatCount(series)} ${reason}.`),
    ...Object.entries(rule.silent).map(([reason, series]) => `${formatCount(series)} not judged, ${reason}.`),
  ];
}

function describeSmallest(changes: readonly ChangeOutlook[]): string[] {
  const [smallest] = changes.toSorted((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from));
  if (smallest === undefined) return [];
  const { column, segment, direction, from, to, after } = smallest;
  const where = segment === "all" ? "" : ` in ${segment}`;
  const what = `${column} ${shortenNumbers(direction)}${where} ${formatChange(from, to)}`;
  return [`The smallest change of a single share that fires: ${what}, in ${formatAge(after / 1000)}.`];
}

/** Of more columns only the worst are named: --json has all. */
const MOST_NAMED = 8;
const MOST_LISTED = 5;

/** By reason, and by column, since a rule may judge hundreds of segments. */
function describeNever({ measure, limit, limits = [limit.value], shift }: RuleOutlook): string[] {
  const reasons = {
    level: "chance alone does as much to so few rows, or between windows of this length",
    effect: `${measure} stays below its limit of ${limitText(measure, limits)}`,
  };
  return (["level", "effect"] as const).flatMap((because) => {
    const never = shift.filter((one) => one.because === because);
    if (never.length === 0) return [];
    const names = [...new Set(never.map(({ column }) => column))];
    const columns = names.map((name) => never.filter(({ column }) => column === name));
    const named =
      columns.length <= MOST_NAMED ? columns : columns.toSorted(byLeastSeen).slice(0, MOST_LISTED);
    const said = named.map((own) => `${own[0]?.column}${amongOf(own, shift)} (${enoughOf(own)})`);
    const rest = columns.filter((own) => !named.includes(own));
    if (rest.length > 0) said.push(`${plural(rest.length, "more column")} (${enoughOf(rest.flat())})`);
    return [`A shift of ${SHIFT} sd is never seen in ${said.join(", ")}: ${reasons[because]}.`];
  });
}

/** Those first of which nothing is seen, or of the largest shifts only. */
function byLeastSeen(one: readonly ShiftOutlook[], other: readonly ShiftOutlook[]): number {
  const least = (own: readonly ShiftOutlook[]): number =>
    Math.min(...own.map(({ smallest }) => smallest ?? Number.MAX_VALUE));
  return least(other) - least(one);
}

/** ` of 18 of 20 segments`. */
function amongOf(own: readonly ShiftOutlook[], all: readonly ShiftOutlook[]): string {
  const among = all.filter(({ column }) => column === own[0]?.column).length;
  if (among === 1) return "";
  return own.length === 1
    ? ` of ${own[0]?.segment}`
    : ` of ${formatCount(own.length)} of ${formatCount(among)} segments`;
}

function enoughOf(own: readonly ShiftOutlook[]): string {
  const seen = own.flatMap(({ smallest }) => smallest ?? []);
  return seen.length === 0 ? "nor any larger" : `from ${formatScore(Math.min(...seen))} sd on`;
}

function linesWithin(text: string, indent: string): string[] {
  return wrap(text, indent, WIDTH).split("\n");
}
