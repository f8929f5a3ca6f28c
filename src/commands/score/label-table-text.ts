import { formatCount, formatScore, formatShare } from "../../verdict/quantities.ts";
import { renderTable } from "../text.ts";
import type { TextStyle } from "../text.ts";
import type { LabelTables } from "./label-tables.ts";

/** More classes than these make a matrix that nobody reads; --json has it. */
const MOST_CLASSES = 12;

/** The tables of labels, for people. */
export function renderLabelTables({ reliability, confusion, pit }: LabelTables, style: TextStyle): string[] {
  return [
    ...(reliability === undefined ? [] : ["", reliabilityText(reliability, style)]),
    ...(pit === undefined ? [] : ["", pitText(pit, style)]),
    ...(confusion === undefined || confusion.classes.length > MOST_CLASSES + 1
      ? []
      : ["", confusionText(confusion, style)]),
  ];
}

function reliabilityText(rows: NonNullable<LabelTables["reliability"]>, style: TextStyle): string {
  const header = ["scores", "n", "mean score", "came true", "95% interval"];
  const cells = rows.map(({ from, to, n, score, share, lower, upper }) => [
    `${formatScore(from)} to ${formatScore(to)}`,
    formatCount(n),
    formatScore(score),
    formatScore(share),
    `${formatScore(lower)} to ${formatScore(upper)}`,
  ]);
  return tableOf(header, cells, style);
}

function pitText(rows: NonNullable<LabelTables["pit"]>, style: TextStyle): string {
  const header = ["errors (prediction - truth)", "reference", "window", "95% interval"];
  const cells = rows.map(({ from, to, usual, share, lower, upper }) => [
    spanOf(from, to),
    formatShare(usual),
    formatShare(share),
    `${formatShare(lower)} to ${formatShare(upper)}`,
  ]);
  return tableOf(header, cells, style);
}

function spanOf(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return `below ${formatScore(to ?? 0)}`;
  return to === undefined ? `${formatScore(from)} and above` : `${formatScore(from)} to ${formatScore(to)}`;
}

/** The row and the column of all other classes only where somebody is in them. */
function confusionText({ classes, counts }: NonNullable<LabelTables["confusion"]>, style: TextStyle): string {
  const isEmpty = (one: number): boolean =>
    counts.every((row, came) => row[one] === 0 && counts[one]?.[came] === 0);
  const shown = [...classes.keys()].filter((one) => one < classes.length - 1 || !isEmpty(one));
  const header = ["came, decided", ...shown.map((one) => classes[one] ?? "")];
  const cells = shown.map((came) => [
    classes[came] ?? "",
    ...shown.map((decided) => formatCount(counts[came]?.[decided] ?? 0)),
  ]);
  return tableOf(header, cells, style);
}

function tableOf(header: string[], rows: readonly string[][], style: TextStyle): string {
  return renderTable(
    header,
    rows.map((cells) => ({ cells })),
    style,
  );
}
