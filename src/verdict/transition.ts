import { createHash } from "node:crypto";
import { referenceOf, type FittedModel } from "../rules/fitted-model.ts";
import { type Lineage, lineageOf } from "../rules/lineage.ts";
import type { Rule } from "../rules/model.ts";
import type { GroupCounts } from "../statistics/group-counts.ts";
import type { Score } from "../statistics/score.ts";
import type { Alert } from "./alert.ts";
import { describeCircumstances } from "./circumstances-text.ts";
import type { Circumstances } from "./circumstances.ts";
import { collectEvidence } from "./evidence.ts";
import { explain } from "./explanation.ts";
import type { OffsetRanges } from "./offset-ranges.ts";
import type { FieldChange } from "./field-changes.ts";
import type { FaultyColumn } from "./faulty-columns.ts";
import type { RuleSeries } from "./rule-series.ts";
import type { VersionEvidence } from "./version-alert.ts";

/** What an alert says of where its numbers come from. */
export interface Provenance {
  readonly model: string;
  readonly lineage: Lineage;
}

/** Of an alert on one version: that may have a reference of its own. */
export function provenanceOf(fitted: FittedModel, version?: string): Provenance {
  const reference = referenceOf(fitted, version);
  return { model: fitted.model.name, lineage: lineageOf({ ...fitted, reference }) };
}

/**
 * The record of an alert that begins to fire at `firedAt`; `since` is the pane end of the first significant evaluation of the
 * run that led to it. Both are ms; the alert starts when it fires, as Prometheus' alerts do.
 */
export function createAlert(options: {
  series: RuleSeries;
  score: Score;
  since: number;
  firedAt: number;
  section: Float64Array;
  /** Of a measure across groups. */
  groups?: readonly GroupCounts[] | undefined;
  faulty?: readonly FaultyColumn[];
  /** Of a comparison of versions. */
  comparison?: VersionEvidence | undefined;
  /** Of a measure of the records' fields. */
  changes?: readonly FieldChange[];
  /** Of the window's records, where they are known already. */
  offsets?: OffsetRanges;
  provenance: Provenance;
}): Alert {
  const { series, score, since, firedAt, section, groups, faulty = [], provenance } = options;
  const { rule, labels, limit, measure } = series;
  const startsAt = new Date(firedAt).toISOString();
  const { changes, offsets } = options;
  const { comparison } = options;
  const evidence =
    changes === undefined
      ? { ...collectEvidence(series, section, groups), ...(comparison === undefined ? {} : { comparison }) }
      : { fields: changes };
  return {
    id: alertId([provenance.model, series.key, startsAt]),
    alert: rule.alert,
    state: "firing",
    model: provenance.model,
    ...labels,
    measure: measure.name,
    ...(rule.against === undefined ? {} : { against: rule.against }),
    score,
    threshold: limit,
    reason: "limit passed",
    startsAt,
    ...consequences(rule, score),
    labels: rule.labels,
    annotations: rule.annotations,
    explanation: explain({ series, score, since, section, evidence, faulty, model: provenance.model }),
    evidence,
    lineage: {
      ...provenance.lineage,
      ...(labels.version === undefined ? {} : { version: labels.version }),
      ...(offsets === undefined ? {} : { offsets }),
    },
  };
}

/** What no budget covers may be seen, but wakes nobody (SIGNIFICANCE 1), and nothing is done about it. */
function consequences({ severity, action }: Rule, { trust }: Score): Pick<Alert, "severity" | "action"> {
  if (trust === "none") return { severity: "info" };
  return { severity, ...(action === undefined ? {} : { action }) };
}

/** The same alert with what its window's panes tell besides. */
export function completeAlert(alert: Alert, circumstances: Circumstances, offsets: OffsetRanges): Alert {
  const text = describeCircumstances(circumstances, alert.segment);
  return {
    ...alert,
    explanation: [alert.explanation, text].filter((part) => part !== "").join(" "),
    evidence: { ...alert.evidence, ...circumstances },
    lineage: { ...alert.lineage, ...(Object.keys(offsets).length === 0 ? {} : { offsets }) },
  };
}

/** The same alert when it ends; it keeps its id, score and start. */
export function resolveAlert(alert: Alert, reason: string, endsAt: number): Alert {
  return { ...alert, state: "resolved", reason, endsAt: new Date(endsAt).toISOString() };
}

/** Twelve hex digits: the same for the same series and start, on every run and replica. */
function alertId(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
