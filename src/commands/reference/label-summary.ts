import { CodedError } from "../../config/coded-error.ts";
import type { Reference } from "../../reference/reference.ts";
import { formatAge, formatShare } from "../../verdict/quantities.ts";
import { plural } from "../text.ts";
import type { LabelReport } from "./labelled-source.ts";

/** @throws CodedError SOURCE_INVALID where labels had no prediction to be held against */
export function requireOutcome({ outcome }: Reference, { file }: LabelReport): void {
  if (outcome !== undefined) return;
  const message = `${file}: labels are held against predictions, and no column was taken for a score, a decision or a value. Name it with --score, --decision or --value.`;
  throw new CodedError("SOURCE_INVALID", message);
}

/** How many predictions have a label, how late labels come, and what became of the others. */
export function describeLabels(report: LabelReport, { outcome }: Reference): string {
  const { file, source, ledger, maturity, expireAfter } = report;
  const mature = ledger.predictions - ledger.immature;
  const { delay99 } = maturity;
  const within = Number.isNaN(delay99) ? "" : `; 99% of labels came within ${formatAge(delay99 / 1000)}`;
  const left = [
    tell(ledger.orphan, "label", "of unknown predictions left out"),
    tell(ledger.late, "label", "left out, too late for the judgement of their cohort"),
    tell(ledger.revised, "label", "in place of an earlier one"),
    tell(ledger.duplicate, "label", "said again"),
    tell(ledger.empty, "label", "without a truth left out"),
    ...Object.entries({ ...source.dropped, undecodable: source.undecodable }).map(([reason, count]) =>
      tell(count, "label", `${reason} left out`),
    ),
    tell(ledger.immature, "prediction", "whose labels may still come, and are not held against theirs"),
  ].flat();
  if (delay99 > expireAfter) {
    const kept = formatAge(expireAfter / 1000);
    left.push(
      `predictions are forgotten after ${kept}: to wait for 99% of labels, make labels.expireAfter longer`,
    );
  }
  const coverage = formatShare(outcome?.coverage ?? 0);
  return `${file}: ${coverage} of ${plural(mature, "prediction")} have a label${within}\n${left.map((line) => `  ${line}\n`).join("")}`;
}

/** Durations are in ms; delay99 is null where times are missing. */
export function labelsInJson(report: LabelReport, { outcome }: Reference): Readonly<Record<string, unknown>> {
  const { file, source, ledger, maturity } = report;
  return {
    file,
    coverage: outcome?.coverage,
    delay99: maturity.delay99,
    ...ledger,
    dropped: source.dropped,
    undecodable: source.undecodable,
  };
}

function tell(count: number, noun: string, what: string): string[] {
  return count === 0 ? [] : [`${plural(count, noun)} ${what}`];
}
