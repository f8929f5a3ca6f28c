import { CodedError } from "../../config/coded-error.ts";
import { formatDuration } from "../../config/quantity.ts";
import type { Inferred } from "../../event/infer.ts";
import type { Reference } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import { listed } from "../../verdict/movement.ts";
import { jsonLine } from "../json-line.ts";
import { plural, printable } from "../text.ts";
import { describeLabels, labelsInJson } from "./label-summary.ts";
import type { LabelReport } from "./labelled-source.ts";
import { lostRows } from "./lost-rows.ts";
import type { SourceLedger } from "./source.ts";

/** What was built, and from what. */
export interface Built {
  /** As it was named on the command line. */
  readonly output: string;
  readonly reference: Reference;
  readonly ledger: SourceLedger;
  /** Where labels came apart from their predictions. */
  readonly labels?: LabelReport;
}

export function describeGuesses({ guesses, map }: Inferred): string {
  const lines = guesses.map(({ column, as, because }) => `  ${printable(column)}: ${as} (${because})\n`);
  const hint =
    map.time === undefined
      ? "No column was taken for the event time, so nothing can be said of windows: name it with --time.\n"
      : "";
  return `What the columns were taken for:\n${lines.join("")}${hint}`;
}

export function noRows(file: string, ledger: SourceLedger): CodedError {
  const told = `${file} has no row that could be counted (${lostRows(ledger).join(", ")}).`;
  // A row that is no record names no column either.
  const isUndecodable = Object.keys(ledger.dropped).length === 0;
  const message = isUndecodable
    ? `${told} Its rows cannot be read: write one JSON object a line, or name the file by its format.`
    : `${told} Check which columns hold the time and the model: --time, --rules. A time is written as 2026-01-31T12:00:00Z, or as a number since 1970.`;
  return new CodedError("SOURCE_INVALID", message);
}

export function textSummary({ output, reference, ledger, labels }: Built): string {
  const { rows, from, to, model, segments, columns, windowSizes, id } = reference;
  const span = Number.isNaN(from) ? "without event time" : `${rfc3339(from)} to ${rfc3339(to)}`;
  const left = lostRows(ledger).map((lost) => `, ${lost} left out`);
  const windows = listed(windowSizes.map(formatDuration));
  const faults = [...ledger.faults].map(
    ([column, count]) =>
      `${printable(column)}: ${plural(count, "value")} of another type, or outside its limits, left out\n`,
  );
  const empty = emptyColumns(reference);
  const nowhere =
    empty.length === 0
      ? ""
      : `${listed(empty.map(printable))}: no row has a value; nothing can be held against that. Check the map of the model's stream, or the names in --rules\n`;
  return (
    `${plural(rows, "row")}, ${span}${left.join("")}\n${faults.join("")}${nowhere}` +
    `${labels === undefined ? "" : describeLabels(labels, reference)}` +
    `${output}: model ${printable(model)}, ${plural(columns.length, "column")}, ${plural(segments.length, "segment")}, windows of ${windows}\n` +
    `sha256: ${id}\n`
  );
}

export function jsonSummary({ output, reference, ledger, labels }: Built): string {
  const { rows, model, segments, columns, windowSizes, id } = reference;
  const summary = {
    file: output,
    id,
    model,
    rows,
    dropped: ledger.dropped,
    undecodable: ledger.undecodable,
    faults: Object.fromEntries(ledger.faults),
    empty: emptyColumns(reference),
    columns: columns.map(({ name, type, role }) => ({ name, type, role })),
    segments: segments.map(({ name }) => name),
    windows: windowSizes.map(formatDuration),
    ...(labels && { labels: labelsInJson(labels, reference) }),
  };
  return jsonLine(summary);
}

/** Columns without a value in any row: what they were to be read from may be elsewhere. */
function emptyColumns(reference: Reference): string[] {
  return reference.columns
    .filter((_, column) => findSeriesRef(reference, "all", column)?.total === 0)
    .map(({ name }) => name);
}

function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
