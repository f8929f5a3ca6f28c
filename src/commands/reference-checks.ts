import type { FaultAt } from "../config/location.ts";
import { formatDuration } from "../config/quantity.ts";
import { sectionsOfRuler } from "../counts/outcome-ruler.ts";
import type { OutcomeRuler } from "../counts/outcome-ruler.ts";
import { CONFIDENCE } from "../event/probabilities.ts";
import { labelRuler } from "../reference/label-ruler.ts";
import type { Reference } from "../reference/reference.ts";
import { distinctRules } from "../rules/compare-section.ts";
import { subjectOf } from "../rules/measure-terms.ts";
import type { MeasureTerms } from "../rules/measure-terms.ts";
import type { Model } from "../rules/model.ts";
import { alertRules } from "../rules/review-section.ts";
import { dataOf, pathOfAlert } from "../rules/rule-file.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES, measureNamed } from "../statistics/measures.ts";
import type { LoadedModel } from "./load-rules.ts";

/** Whether it is the reference that is meant: of this model, with this content, under this key. */
export function checkIdentity(source: {
  model: Model;
  version: string;
  reference: Reference;
  keyId: string | undefined;
}): FaultAt[] {
  const { model, version, reference, keyId } = source;
  const faults: FaultAt[] = [];
  const path = ["references", version];
  if (reference.model !== model.name) {
    const message = `is a reference of model ${reference.model}; build one of ${model.name}`;
    faults.push({ path: [...path, "file"], code: "REFERENCE", message });
  }
  const wanted = model.references[version]?.sha256;
  if (wanted !== undefined && wanted !== reference.id) {
    const message = `is not the id of this file, which is ${reference.id} (of what it holds, so sha256sum says otherwise); write that, or bring the right file`;
    faults.push({ path: [...path, "sha256"], code: "REFERENCE", message });
  }
  if (reference.keyId !== undefined && keyId !== undefined && reference.keyId !== keyId) {
    const message = `is hashed under key ${reference.keyId}, and privacy.keyFile holds ${keyId}; use its key, or build it again`;
    faults.push({ path: [...path, "file"], code: "PII", message });
  }
  return faults;
}

/** A segment that the reference was not split by has nothing to be compared with. */
export function checkSegments(model: Model, reference: Reference): FaultAt[] {
  const known = new Set(reference.segmentBy.map(nameOf));
  return model.segmentBy.flatMap((entry, position): FaultAt[] => {
    if (known.has(nameOf(entry))) return [];
    const message = `the reference is not split by ${entry.join(" and ")}; build it again with this rule file`;
    return [{ path: ["segmentBy", position], code: "REFERENCE", message }];
  });
}

/** The order of columns in an entry says nothing. */
function nameOf(entry: readonly string[]): string {
  return entry.toSorted().join(",");
}

/** Significance needs the reference's own windows of the rule's length, and of labels its own cohorts. */
export function checkWindows({ model, document }: LoadedModel, reference: Reference): FaultAt[] {
  const sections = dataOf(document).rules ?? [];
  const named = distinctRules(model.rules);
  return model.rules.flatMap((rule): FaultAt[] => {
    const place = pathOfAlert(document, rule.alert);
    const { size } = rule.window;
    if (rule.limit.kind !== "atLeast") return [];
    if (measureNamed(rule.measure)?.signal === "outcomes") {
      if (rule.compare?.isByDefault === true) return [];
      const message = cohortFault(model, reference);
      const path = [...place, "measure"];
      return message === undefined ? [] : [{ path, code: "NO_JUDGEMENT", message }];
    }
    if (reference.windowSizes.includes(size) || !named.includes(rule)) return [];
    const section = alertRules(sections).find(({ alert }) => alert === rule.alert);
    const own = section?.window?.size !== undefined;
    const path = [...place, ...(own ? ["window", "size"] : ["alert"])];
    const known = reference.windowSizes.map(formatDuration).join(", ");
    const message = `the reference has no windows of ${formatDuration(size)} (it has ${known === "" ? "none" : known}); build it again with this rule file`;
    return [{ path, code: "NO_JUDGEMENT", message }];
  });
}

/** A measure of labels says nothing of a model that answers otherwise. */
export function checkLabelMeasures({ model, document }: LoadedModel, reference: Reference): FaultAt[] {
  const ruler = labelRuler(reference.columns, {
    residuals: reference.outcome?.residuals,
    isClasswise: reference.columns.some(({ name }) => name === CONFIDENCE),
  });
  const kinds = sectionsOfRuler(ruler).map(({ kind }) => kind);
  const isFor = ({ from }: MeasureTerms): boolean => from.some((kind) => kinds.includes(kind));
  return model.rules.flatMap((rule): FaultAt[] => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || rule.compare?.isByDefault === true) return [];
    const place = { path: [...pathOfAlert(document, rule.alert), "measure"], code: "NO_JUDGEMENT" } as const;
    if (restsOnLabels(measure) && reference.outcome === undefined) {
      const message = `${measure.name} rests on the reference's labels, and it has none; ${BUILD_WITH_LABELS}`;
      return [{ ...place, message }];
    }
    if (subjectOf(measure) !== "labels" || measure.across !== undefined || isFor(measure)) return [];
    // How labels come is counted whatever they say.
    if (measure.from.includes("delays")) return [];
    const known = MEASURES.filter(
      (one) => subjectOf(one) === "labels" && one.across === undefined && isFor(one),
    );
    const words = known.map(({ name }) => name).join(", ");
    return [
      {
        ...place,
        message: `${measure.name} is not of models that answer with ${ANSWER_WORDS[ruler.kind]}; use ${words}`,
      },
    ];
  });
}

const BUILD_WITH_LABELS =
  "build it again from rows that hold the truth beside the prediction, or with driftd reference build PREDICTIONS --labels LABELS";

/** Whether a measure is a comparison with the reference's labels, or an estimate from them. */
function restsOnLabels({ name, only, signal }: Measure): boolean {
  return COMPARING.has(name) || (only !== undefined && signal === "policy");
}

const COMPARING: ReadonlySet<string> = new Set(["rmse-ratio", "residual-psi", "residual-ks"]);

const ANSWER_WORDS: Readonly<Record<OutcomeRuler["kind"], string>> = {
  binary: "a score or a decision of two",
  classes: "one class of many",
  values: "a number",
};

/** Why labels cannot be held against the reference's; undefined where they can. */
function cohortFault({ labels }: Model, { segments, independent }: Reference): string | undefined {
  const outcome = segments[0]?.outcome;
  if (outcome === undefined) {
    return `the reference has no labels; ${BUILD_WITH_LABELS}`;
  }
  const { windowSize } = outcome.calibration;
  if (independent || windowSize === labels.cohort) return undefined;
  return `the reference knows cohorts of ${formatDuration(windowSize)}, and labels.cohort is ${formatDuration(labels.cohort)}; build it again with this rule file`;
}
