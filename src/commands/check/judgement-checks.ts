import type { Document } from "../../config/document.ts";
import type { Fault } from "../../config/fault.ts";
import { faultAt } from "../../config/location.ts";
import type { FaultAt } from "../../config/location.ts";
import { relativePath } from "../../config/path.ts";
import { answerKind } from "../../reference/label-ruler.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import { pathOfAlert } from "../../rules/rule-file.ts";
import { whyUncalibrated } from "../../verdict/prepared-outcomes.ts";
import { formatCount, formatScore } from "../../verdict/quantities.ts";
import { checkActionTrust } from "../action-checks.ts";
import { mainReference } from "../outlook.ts";
import type { Project } from "../project.ts";
import { THIN, wholeOutlooks } from "../rule-outlook.ts";
import type { EarlyOutlook, RuleOutlook, WholeOutlook } from "../rule-outlook.ts";
import { checkOverlaps } from "./overlap-check.ts";

/**
 * What the rules of all models will not be able to say, or will say too often: warnings, at their places. Of a model whose file
 * has errors nothing can be foreseen.
 */
export function checkJudgements(
  { models, documents, references, faults }: Project,
  outlooks: readonly RuleOutlook[],
  cwd: string,
): readonly Fault[] {
  const faulty = new Set(faults.flatMap(({ level, file }) => (level === "error" ? [file] : [])));
  return models.flatMap((model) => {
    const document = documents.get(model.name);
    const reference = mainReference(model, references);
    if (document === undefined || reference === undefined) return [];
    if (faulty.has(relativePath(cwd, model.file))) return [];
    const own = outlooks.filter((one) => one.model === model.name);
    const wholes = wholeOutlooks(own);
    const found = [
      ...checkNeverJudged(document, wholes),
      ...checkComparedLabels({ model, document }, reference),
      ...checkEarlyLimits(document, own),
      ...checkPromise(model, own),
      ...checkActionTrust({ model, document }, wholes),
      ...checkOverlaps({ model, document }, reference),
    ];
    return found.map((one) => {
      const fault = faultAt(document, one);
      return { ...fault, file: relativePath(cwd, fault.file) };
    });
  });
}

/** What to do where no window of a series can be judged, by status. */
const REMEDIES: Readonly<Record<string, string>> = {
  "too-variable": "take longer windows",
  "too-few": "take longer windows, or build the reference from more rows",
  "no-reference": "build the reference again with this rule file",
  undefined: "leave out columns that never change; novel watches them",
};

/** A rule of whose series none can ever be judged. */
function checkNeverJudged(document: Document, outlooks: readonly WholeOutlook[]): FaultAt[] {
  return outlooks.flatMap(({ alert, silent, thin, trust }): FaultAt[] => {
    const judged = Object.values(trust).reduce((sum, count) => sum + count, 0);
    const [reason, count = 0] = mostOf(silent);
    const isSilent = judged === 0 && reason !== undefined;
    if (!isSilent && (thin === 0 || thin < judged)) return [];
    const why = isSilent
      ? `${noneOf(silent)} can be judged (${formatCount(count)} ${reason}); ${remedyOf(reason)}`
      : "a usual window has fewer than 100 values, and such are not judged; take longer windows";
    const path = [...pathOfAlert(document, alert), "alert"];
    return [{ path, code: "NO_JUDGEMENT", level: "warning", message: `can never fire: ${why}` }];
  });
}

/** A comparison that says what a version does, and cannot say whether it is worse, though there are labels. */
function checkComparedLabels(
  { model, document }: { readonly model: Model; readonly document: Document },
  reference: Reference,
): FaultAt[] {
  const why = whyUncalibrated(reference);
  if (why === undefined || reference.segments.every(({ outcome }) => outcome === undefined)) return [];
  const limit = answerKind(reference.columns) === "values" ? "mae, above" : "accuracy, below";
  return model.rules.flatMap(({ alert, measure, compare, by }): FaultAt[] => {
    if (compare?.isByDefault !== true || measure !== "calibration-gap") return [];
    const message = `says what a version sees and answers, and not whether it is worse: ${why}; write compare: { measures: [psi, missing] } for that alone, and beside it a plain limit, such as { alert: ${alert}Labels, measure: ${limit}: LIMIT, by: [${by.join(", ")}] }`;
    return [
      { path: [...pathOfAlert(document, alert), "alert"], code: "NO_JUDGEMENT", level: "warning", message },
    ];
  });
}

function noneOf(silent: WholeOutlook["silent"]): string {
  const series = Object.values(silent).reduce((sum, one) => sum + one, 0);
  return series === 1 ? "no window of its one series" : `none of its ${formatCount(series)} series`;
}

function remedyOf(reason: string): string {
  if (reason.endsWith("calibration")) return "judge labels by a plain limit, such as accuracy or mae";
  return REMEDIES[reason.slice(0, reason.indexOf(":"))] ?? "choose other columns";
}

function mostOf(counts: Readonly<Record<string, number>>): readonly [string, number] | [] {
  return Object.entries(counts).toSorted(([, a], [, b]) => b - a)[0] ?? [];
}

/** A plain limit that the reference itself breaks, or that chance alone does. */
function checkEarlyLimits(document: Document, outlooks: readonly RuleOutlook[]): FaultAt[] {
  return outlooks.flatMap(({ alert, measure, limit, early }): FaultAt[] => {
    const [worst] = early.toSorted((a, b) =>
      limit.kind === "below" ? a.value - b.value : b.value - a.value,
    );
    if (worst === undefined) return [];
    const path = pathOfAlert(document, alert);
    const value = formatScore(worst.value);
    const further = limit.kind === "below" ? "lower" : "higher";
    const more = early.length > 1 ? `, and of ${early.length - 1} more` : "";
    const message =
      worst.because === "reference"
        ? `fires when all is well: ${measure}${placeOf(worst)} is ${value} in the reference itself${more}; write a ${further} limit, or leave it out`
        : `lies under its noise: chance alone brings ${measure}${placeOf(worst)} to about ${value} in a usual window${more}; write a ${further} limit, or atLeast, which asks chance first`;
    return [{ path: [...path, limit.kind], code: "NOISE", level: "warning", message }];
  });
}

function placeOf({ column, segment }: EarlyOutlook): string {
  const where = segment === "all" ? "" : ` in ${segment}`;
  return column === "" ? where : ` of ${column}${where}`;
}

function longerReference(doubt: string): string {
  if (doubt.includes("no event time")) return "build the reference from rows with their time";
  const shorter = doubt.includes("cohorts") ? "cohorts" : "windows";
  return `build the reference from a longer time, or take shorter ${shorter}`;
}

/**
 * Series that the budget's promise does not cover, by what could be done about it. Of what no reference can ever promise, such as
 * comparisons with other windows, the table alone tells.
 */
function checkPromise({ rules }: Model, outlooks: readonly RuleOutlook[]): FaultAt[] {
  const byDoubt = new Map<string, { series: number; alerts: Set<string> }>();
  for (const { alert, doubts } of outlooks) {
    const isCompared = rules.some((rule) => rule.alert === alert && rule.against !== undefined);
    for (const [doubt, count] of Object.entries(doubts)) {
      const reason = doubt.slice(doubt.indexOf(": ") + 2);
      const isLasting = isCompared && doubt.startsWith("provisional:");
      if (!/^(provisional|none):/.test(doubt) || isLasting || reason === THIN) continue;
      const found = byDoubt.get(doubt) ?? { series: 0, alerts: new Set() };
      byDoubt.set(doubt, { series: found.series + count, alerts: found.alerts.add(alert) });
    }
  }
  const path = ["references", "default", "file"];
  return Array.from(byDoubt, ([doubt, { series, alerts }]): FaultAt => {
    const trust = doubt.slice(0, doubt.indexOf(": "));
    const follows =
      trust === "none"
        ? "they fire with severity info only"
        : "they fire as the rules say, perhaps too often";
    const message = `the budget does not cover ${formatCount(series)} series of ${[...alerts].join(", ")} (${doubt}); ${follows}; ${longerReference(doubt)}`;
    return { path, code: "PROMISE", level: "warning", message };
  });
}
