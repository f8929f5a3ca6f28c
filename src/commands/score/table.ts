import { formatCount, formatProbability, formatScore, formatShare } from "../../verdict/quantities.ts";
import { paint, plural, printable, renderTable, wrap } from "../text.ts";
import type { Paint, TextStyle } from "../text.ts";
import { measureNamed } from "../../statistics/measures.ts";
import type { Score } from "../../statistics/score.ts";
import { renderGroups } from "./group-table.ts";
import { renderLabelTables } from "./label-table-text.ts";
import { LEVEL } from "./questions.ts";
import { LEFT_OUT, NO_COLUMN } from "./column-report.ts";
import type { ColumnReport } from "./column-report.ts";
import type { ScoreReport } from "./report.ts";
import { renderValues } from "./value-table.ts";

/** Characters of a full bar. */
const BAR = 10;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

const WORDS =
  "p of any: how likely chance does as much in any of the columns (Holm). q: how many of the columns with so small a q are no " +
  `drift, on average (Benjamini and Hochberg). drift: p of any is ${LEVEL} or less, and a measure reaches its usual limit. small: ` +
  "only the first.";

type Named = readonly [name: string, report: ColumnReport];

/** The columns, worst first, and a sentence on each that has something to say. Bars are for terminals. */
export function renderReport(report: ScoreReport, style: TextStyle & { readonly bars: boolean }): string {
  // The head of the report says what was left out.
  const usable = Object.entries(report.columns).filter(([, { type }]) => type !== LEFT_OUT);
  const columns = usable.toSorted(compareColumns);
  const bars = style.bars ? ["size"] : [];
  const header = ["column", "type", "psi", ...bars, "ks", "missing", "p of any", "q", "verdict"];
  const rows = columns.map(([name, column]) => {
    const { type, measures, reference, window, significance } = column;
    const psi = measures["psi"]?.value;
    const cells = [
      name,
      type,
      scoreOf(psi),
      ...(style.bars ? [barOf(psi)] : []),
      scoreOf(measures["ks"]?.value),
      missingChange(reference, window),
      probability(significance.extras?.["holm"]),
      probability(significance.extras?.["q"]),
      verdictOf(column),
    ];
    return { cells, paint: paintOf(column) };
  });
  const said = columns.filter(([, column]) => isTelling(column));
  return [
    renderTable(header, rows, style),
    ...(columns.length === 0 ? [] : [`\n${wrap(WORDS, "", Math.min(style.width, 120))}`]),
    ...said.map(([name, { explanation }]) => tell(name, explanation, style)),
    ...renderValues(columns, style),
    ...outcomeLines(report, style),
    ...renderLabelTables(report.outcome, style),
    ...Object.entries(report.fairness ?? {}).flatMap(([column, groups]) =>
      renderGroups(column, groups, style),
    ),
    summaryOf(columns.map(([, column]) => column)),
  ].join("\n");
}

/** How many columns count as drifted, gone ones among them. */
export function countDrifted({ columns }: ScoreReport): number {
  return Object.values(columns).filter(isDrifted).length;
}

function isDrifted({ significance }: ColumnReport): boolean {
  return significance.extras?.["drifted"] === 1;
}

/** Drift before the rest: the furthest beyond its usual limit first. Of the rest, what is least likely by chance. */
function compareColumns([, a]: Named, [, b]: Named): number {
  return (
    Number(isDrifted(b)) - Number(isDrifted(a)) ||
    (isDrifted(a) ? excessOf(b) - excessOf(a) : (a.significance.p ?? 2) - (b.significance.p ?? 2))
  );
}

/** The effect in multiples of the measure's usual limit, of the measure where that is most; a column without any is gone. */
function excessOf({ measures }: ColumnReport): number {
  const multiples = Object.entries(measures).map(([name, { effect = 0 }]) => {
    return effect / (measureNamed(name)?.defaultAtLeast ?? Number.POSITIVE_INFINITY);
  });
  return multiples.length === 0 ? Number.MAX_VALUE : Math.max(...multiples);
}

/** The square root of PSI is about the shift in standard deviations: a full bar is one. */
function barOf(psi: number | undefined): string {
  const eighths = Math.round(8 * BAR * Math.min(1, Math.sqrt(Math.max(0, psi ?? 0))));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

function scoreOf(value: number | undefined): string {
  return value === undefined ? "-" : formatScore(value);
}

function missingChange(reference: ColumnReport["window"], window: ColumnReport["window"]): string {
  const before = missingOf(reference);
  const after = missingOf(window);
  return before === after ? before : `${before} → ${after}`;
}

function missingOf({ n, missing }: ColumnReport["window"]): string {
  return n + missing === 0 ? "-" : formatShare(missing / (n + missing));
}

function probability(p: number | undefined): string {
  return p === undefined ? "-" : formatProbability(p);
}

function verdictOf(column: ColumnReport): string {
  const { status, significance } = column;
  const isAlone = significance.reason === NO_COLUMN;
  if (isDrifted(column)) return isAlone ? "gone" : "drift";
  if (isAlone) return "new";
  if (status === "undefined") return column.measures["psi"]?.reason ?? significance.reason ?? status;
  if (status !== "ok") return status;
  return (significance.extras?.["holm"] ?? 1) <= LEVEL ? "small" : "same";
}

/** Columns of which the table says all need no sentence. */
function isTelling(column: ColumnReport): boolean {
  return verdictOf(column) !== "same";
}

function paintOf(column: ColumnReport): Paint | undefined {
  if (isDrifted(column)) return "red";
  return column.status === "ok" ? undefined : "yellow";
}

function tell(name: string, explanation: string, style: TextStyle): string {
  const width = Math.min(style.width, 120);
  return `\n${paint(printable(name), "bold", style)}\n${wrap(explanation, "  ", width)}`;
}

function outcomeLines({ outcome }: ScoreReport, style: TextStyle): string[] {
  const measures = Object.entries(outcome.measures);
  if (measures.length === 0) return [];
  const rows = measures.map(([name, score]) => ({
    cells: [
      measureNamed(name)?.title ?? name,
      scoreOf(score.extras?.["reference"]),
      scoreOf(score.value),
      formatCount(score.n),
      remarkOf(name, score),
    ],
  }));
  return ["", renderTable(["labels", "reference", "window", "n", ""], rows, style)];
}

/** Why there is no number; else how far it may be off, and how likely chance does as much. */
function remarkOf(name: string, { status, reason, lower, upper, p }: Score): string {
  if (status !== "ok") return `${status}: ${reason ?? ""}`;
  // Bounds that hold for sure, which counts leave open.
  const [what, to] = measureNamed(name)?.isBounded === true ? ["between", "and"] : ["95% interval", "to"];
  const range = `${what} ${formatScore(lower ?? 0)} ${to} ${formatScore(upper ?? 0)}`;
  const parts = [
    ...(lower === undefined || upper === undefined ? [] : [range]),
    ...(p === undefined ? [] : [`p ${formatProbability(p)}`]),
  ];
  return parts.join(", ");
}

function summaryOf(columns: readonly ColumnReport[]): string {
  const drifted = columns.filter(isDrifted).length;
  const judged = columns.filter(({ significance }) => significance.p !== undefined).length;
  const counted = drifted === 0 ? "No column drifted" : `${plural(drifted, "column")} drifted`;
  const chance =
    judged === 0
      ? "None could be held against chance."
      : `Of ${plural(judged, "column")} held against chance, chance alone makes any drift in at most 1 of 20 such comparisons.`;
  return `\n${counted}. ${chance}`;
}
