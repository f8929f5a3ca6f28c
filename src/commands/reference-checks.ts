import type { Document } from "../config/document.ts";
import type { FaultAt } from "../config/location.ts";
import { formatDuration } from "../config/quantity.ts";
import { sectionsOfRuler } from "../counts/outcome-ruler.ts";
import type { OutcomeRuler } from "../counts/outcome-ruler.ts";
import { CONFIDENCE } from "../event/probabilities.ts";
import { labelRuler } from "../reference/label-ruler.ts";
import type { Reference } from "../reference/reference.ts";
import { subjectOf } from "../rules/measure-terms.ts";
import type { MeasureTerms } from "../rules/measure-terms.ts";
import type { Model } from "../rules/model.ts";
import { isReview } from "../rules/review-section.ts";
import { dataOf } from "../rules/rule-file.ts";
import type { Measure } from "../statistics/measure.ts";
import { MEASURES, measureNamed } from "../statistics/measures.ts";

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
    const message = `is not the id of this file, which is ${reference.id}; write that, or bring the right file`;
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
export function checkWindows(document: Document, model: Model, reference: Reference): FaultAt[] {
  const sections = dataOf(document).rules ?? [];
  return model.rules.flatMap((rule): FaultAt[] => {
    const position = sections.findIndex((section) => !isReview(section) && section.alert === rule.alert);
    const { size } = rule.window;
    if (rule.limit.kind !== "atLeast") return [];
    if (measureNamed(rule.measure)?.signal === "outcomes") {
      const message = cohortFault(model, reference);
      const path = ["rules", position, "measure"];
      return message === undefined ? [] : [{ path, code: "NO_JUDGEMENT", message }];
    }
    if (reference.windowSizes.includes(size)) return [];
    const section = sections[position];
    const own = section !== undefined && !isReview(section) && section.window?.size !== undefined;
    const path = ["rules", position, ...(own ? ["window", "size"] : ["alert"])];
    const known = reference.windowSizes.map(formatDuration).join(", ");
    const message = `the reference has no windows of ${formatDuration(size)} (it has ${known === "" ? "none" : known}); build it again with this rule file`;
    return [{ path, code: "NO_JUDGEMENT", message }];
  });
}

/** A measure of labels says nothing of a model that answers otherwise. */
export function checkLabelMeasures(model: Model, reference: Reference): FaultAt[] {
  const ruler = labelRuler(reference.columns, {
    residuals: reference.outcome?.residuals,
    isClasswise: reference.columns.some(({ name }) => name === CONFIDENCE),
  });
  const kinds = sectionsOfRuler(ruler).map(({ kind }) => kind);
  const isFor = ({ from }: MeasureTerms): boolean => from.some((kind) => kinds.includes(kind));
  return model.rules.flatMap((rule, position): FaultAt[] => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined) return [];
    const place = { path: ["rules", position, "measure"], code: "NO_JUDGEMENT" } as const;
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
