import { formatDuration } from "../../config/quantity.ts";
import type { ReferenceDescription } from "../reference/description.ts";
import { describeGuesses } from "../reference/build-summary.ts";
import { lostRows } from "../reference/lost-rows.ts";
import type { SourceLedger } from "../reference/source.ts";
import { jsonLine } from "../json-line.ts";
import { plural, printable, wrap } from "../text.ts";
import { LEAST_WINDOWS } from "../../statistics/calibration.ts";
import { PROMISED_WINDOWS } from "../../verdict/trust.ts";
import { formatAge, formatMoment } from "../../verdict/quantities.ts";
import { listed } from "../../verdict/movement.ts";
import type { Guess } from "./guess.ts";
import type { WindowChoice } from "./pace.ts";

/** What was written, and what of it was guessed. */
export interface Report {
  readonly guess: Guess;
  readonly described: ReferenceDescription;
  readonly ledger: SourceLedger;
  readonly window: WindowChoice;
  /** As seen from the working directory. */
  readonly written: readonly string[];
  /** What is there already and was left as it is. */
  readonly kept: readonly string[];
  /** What became of labels that came apart from their predictions, if any did. */
  readonly labels: string | undefined;
  /** What somebody has to do or know, one sentence or more each. */
  readonly notes: readonly string[];
  /** The command lines to go on with. */
  readonly next: readonly string[];
}

export function reportText(report: Report, width: number): string {
  const { guess, described, ledger, written, kept, notes, next } = report;
  const paragraph = (text: string): string => `${wrap(text, "", width)}\n`;
  const left = lostRows(ledger).map((lost) => `, ${lost} left out`);
  const { from, to } = described;
  const span =
    from === undefined || to === undefined
      ? "without event time"
      : `${formatMoment(Date.parse(from))} to ${formatMoment(Date.parse(to))}`;
  return [
    describeGuesses(guess.inferred),
    paragraph(
      `Model ${printable(guess.model.name)} (${printable(guess.model.because)}): ${plural(described.rows, "row")}, ${span}${left.join("")}.`,
    ),
    report.labels ?? "",
    ...[...personalLines(guess), trustLine(report), ...notes].map((text) => paragraph(text)),
    "Written:\n",
    ...written.map((path) => `  ${path}\n`),
    ...(kept.length === 0 ? [] : ["Left as they are:\n", ...kept.map((path) => `  ${path}\n`)]),
    "Next:\n",
    ...next.map((line) => `  ${line}\n`),
  ].join("");
}

export function reportJson(report: Report): string {
  const { guess, described, ledger, window, written, kept, labels, notes, next } = report;
  return jsonLine({
    model: guess.model.name,
    rows: described.rows,
    ...(described.from === undefined ? {} : { from: described.from, to: described.to }),
    dropped: ledger.dropped,
    undecodable: ledger.undecodable,
    guesses: guess.inferred.guesses.map(({ column, as, because }) => ({ column, as, because })),
    personal: Object.fromEntries(guess.personal),
    personalIds: guess.personalId !== undefined,
    segmentBy: guess.segments.by,
    window: formatDuration(window.size),
    windows: windowsOf(report),
    trust: trustOf(report),
    written,
    kept,
    ...(labels === undefined ? {} : { labels }),
    notes,
    next,
  });
}

function personalLines({ personal, personalId }: Guess): string[] {
  const columns = [...personal].map(([name, because]) => `${printable(name)} (${printable(because)})`);
  return [
    ...(columns.length === 0
      ? []
      : [
          `These columns look personal, and are hashed (pii: true) in the reference and everywhere else: ${listed(columns)}. Look over the others; what else names people needs pii: true under columns, and a reference built anew.`,
        ]),
    ...(personalId === undefined
      ? []
      : [`The ids look personal (${personalId}), and are shown nowhere (id: { pii: true }).`]),
  ];
}

/** K: windows of the rules' length that the reference has, in the column that has most of them. */
function windowsOf({ described, window }: Report): number {
  const windows = described.segments[0]?.columns.flatMap((column) =>
    column.windows.flatMap(({ size, k }) => (size === window.size ? [k] : [])),
  );
  return Math.max(0, ...(windows ?? []));
}

/** By trust, how many columns have it. */
function trustOf({ described, window }: Report): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { windows } of described.segments[0]?.columns ?? []) {
    const own = windows.find(({ size }) => size === window.size);
    const word = own?.status === "ok" ? own.trust : "not judged";
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

/** What alarms are worth with this much data, and how much more makes them worth more. */
function trustLine(report: Report): string {
  const { described, window } = report;
  if (described.from === undefined) {
    return "How far alarms of drift can be trusted: not at all yet. Without event times nobody knows how much hours differ by themselves, so they are shown, and fire with severity info only.";
  }
  const k = windowsOf(report);
  const size = formatDuration(window.size);
  const promised = formatAge((PROMISED_WINDOWS * window.size) / 1000);
  const enough = formatAge((LEAST_WINDOWS * window.size) / 1000);
  const trust = trustOf(report);
  const worth =
    trust["promised"] === undefined
      ? `From ${PROMISED_WINDOWS} windows on (${promised} of data) the budget is promised. ${
          k < LEAST_WINDOWS
            ? `Below ${LEAST_WINDOWS} (${enough}) alarms of drift have severity info only: nobody knows yet how much windows differ by themselves.`
            : "Until then alarms of drift fire, outside the promise."
        } driftd check warns of it, and driftd check --strict fails, as long as that is so.`
      : "Alarms of promised columns are within the budget; those of others fire outside of it.";
  const told = Object.entries(trust).map(([word, count]) => `${word}: ${plural(count, "column")}`);
  return `How far alarms of drift can be trusted: the source has ${plural(k, "window")} of ${size} (${told.join(", ")}). ${worth}`;
}
