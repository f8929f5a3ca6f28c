import type { SeriesRef } from "../../counts/ref.ts";
import { collectEvidence } from "../../verdict/evidence.ts";
import { describeFinding } from "../../verdict/explanation.ts";
import { formatCount, formatProbability, formatScore, formatShare } from "../../verdict/quantities.ts";
import { faultyShare, isBroken } from "./changes.ts";
import type { Cells, Change } from "./changes.ts";
import type { Answer } from "./questions.ts";
import { describeUnseen } from "./unseen.ts";
import type { UnseenCategory } from "./unseen.ts";

export interface ToldColumn {
  readonly type: string;
  readonly ref: SeriesRef;
  readonly section: Float64Array;
  readonly answers: readonly Answer[];
  readonly changes: readonly Change[];
  readonly reference: Cells;
  readonly window: Cells;
  readonly unseen: readonly UnseenCategory[];
  /** How many columns were held against chance. */
  readonly columns: number;
}

/** What became of one column, in plain sentences: every change, else what chance says, else why nothing can be said. */
export function explainColumn(column: ToldColumn): string {
  const { type, changes, reference, window } = column;
  const broken = isBroken(reference, window)
    ? [`${formatShare(faultyShare(window))} of cells hold no ${type}.`]
    : [];
  const told = [...broken, ...changes.map((change) => explainChange(column, change))];
  const finding = told.length > 0 ? told.join(" ") : explainCalm(column);
  return [finding, describeUnseen(column.unseen)].filter((part) => part !== "").join(" ");
}

function explainChange({ ref, section, columns }: ToldColumn, change: Change): string {
  const { score, measure } = change.score;
  const evidence = collectEvidence({ measure, ref }, section);
  const finding = describeFinding({ series: { measure, ref, labels: {} }, score, section, evidence });
  const chance =
    change.holm === undefined
      ? "a plain limit"
      : `probability of as much by chance in any of ${columns} columns ${formatProbability(change.holm)}`;
  const limit =
    measure.defaultAtLeast === undefined ? "" : `usual limit ${formatScore(measure.defaultAtLeast)}; `;
  const { reason, trust } = change.answer.significance;
  const tail = {
    drift: trust === "provisional" ? ` Provisional: ${reason ?? "the reference is short"}.` : "",
    small: " More than chance, but too little to matter.",
    doubtful: ` For information only: ${reason ?? "the reference is short"}.`,
  }[change.size];
  return `${finding} (${limit}${chance}).${tail}`;
}

function explainCalm({ answers, reference }: ToldColumn): string {
  if (reference.n === 0) return "The reference has no values to compare with.";
  const [{ significance }] = answers;
  const { status, reason, p, trust, n, largest } = significance;
  if (status !== "ok" || p === undefined) {
    return reason === "constant"
      ? "The reference has a single value: only new and missing ones could be told."
      : `Not judged, ${status}: ${reason ?? "nothing to compare"}.`;
  }
  const doubt = trust === "none" ? ` For information only: ${reason ?? "the reference is short"}.` : "";
  // What the reference's windows share with their neighbours does not shrink in one that is longer.
  const isWorthLess = largest !== undefined && largest.neff < n / 2;
  const worth = isWorthLess
    ? ` Its ${formatCount(n)} values are worth ${formatCount(largest.neff)} independent ones.`
    : "";
  return `No more than chance: probability of as much ${formatProbability(p)}.${worth}${doubt}`;
}
