import { isMapData } from "../config/document.ts";
import type { Document } from "../config/document.ts";
import { hasErrors, sortFaults } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import type { RuleFile } from "../config/generated/rules.ts";
import { faultAt, locate } from "../config/location.ts";
import { directoryOf, resolvePath } from "../config/path.ts";
import { checkColumnSections } from "./columns-section.ts";
import { checkDefaults, completeDefaults } from "./defaults-section.ts";
import { expandComparison } from "./compare-section.ts";
import { checkLabelNames } from "./label-names.ts";
import { checkLearning, completeLearning } from "./learn-section.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { Model } from "./model.ts";
import { alertRules, checkReview, completeReview, isReview } from "./review-section.ts";
import { checkRefresh, completeRefresh } from "./refresh-section.ts";
import { dataOf, readRuleFile } from "./rule-file.ts";
import type { RuleSource } from "./rule-file.ts";
import { checkRepeatedSegments, segmentsOf } from "./segments-section.ts";
import { checkRule, completeRule } from "./rule-section.ts";
import type { RuleContext } from "./rule-section.ts";
import { completed, withShippedRules } from "./shipped-rules.ts";
import { checkTimes, completeTimes } from "./times-section.ts";

export interface ModelSource extends RuleSource {
  readonly measures: readonly MeasureTerms[];
}

export interface ReadModel {
  /** Only where there is no error. */
  readonly model?: Model;
  /** The merged document, to say where later findings stand. */
  readonly document: Document;
  readonly faults: readonly Fault[];
  /** Without `model:`, it only serves other files to extend. */
  readonly base: boolean;
}

/** Reads a rule file and all that it extends into a model. Paths in it are resolved against the file they stand in. */
export function readModel(source: ModelSource): ReadModel {
  const { document, faults: found, isWhole, sound } = readRuleFile(source);
  const file = dataOf(document);
  const base = document.data !== undefined && file.model === undefined;
  // What its rules lack may stand in the file that cannot be read.
  if (base || !isWhole) return { document, faults: sortFaults(found), base };
  const times = completeTimes(file, sound);
  const context: RuleContext = {
    measures: source.measures,
    times,
    segmentBy: sound(["segmentBy"]) ? segmentsOf(file) : [],
    hasReference: isMapData(file.references) && Object.keys(file.references).length > 0,
    defaults: completeDefaults(file),
  };
  const rules = Array.isArray(file.rules) ? file.rules : [];
  const faults = sortFaults([
    ...found,
    ...checkTimes(file, times, sound).map((fault) => faultAt(document, fault)),
    ...checkRepeatedSegments(file, sound).map((fault) => faultAt(document, fault)),
    ...checkColumnSections(file, sound).map((fault) => faultAt(document, fault)),
    ...checkLearning(file, sound).map((fault) => faultAt(document, fault)),
    ...checkRefresh(file, sound).map((fault) => faultAt(document, fault)),
    ...checkDefaults(file, source.measures, sound).map((fault) => faultAt(document, fault)),
    ...rules.flatMap((rule, position) => {
      if (!sound(["rules", position]) || rule.off === true) return [];
      const found = isReview(rule)
        ? checkReview(rule, times.pane)
        : [...checkRule(completed(rule), context), ...checkLabelNames(rule)];
      return found.map((fault) => faultAt(document, { ...fault, path: ["rules", position, ...fault.path] }));
    }),
  ]);
  if (hasErrors(faults) || file.model === undefined) return { document, faults, base };
  return { model: completeModel(document, file.model, context), document, faults, base };
}

function completeModel(document: Document, name: string, context: RuleContext): Model {
  const file = dataOf(document);
  const { times } = context;
  return {
    name,
    file: document.file,
    references: completeReferences(document, file),
    ...completeLearning(file),
    ...completeRefresh(file),
    window: { size: times.size, pane: times.pane, lateness: times.lateness },
    segmentBy: context.segmentBy,
    segments: { top: file.segments?.top ?? 20 },
    versions: { keep: file.versions?.keep ?? 4, forgetAfter: times.forgetAfter },
    labels: {
      ...(times.matureAfter !== undefined && { matureAfter: times.matureAfter }),
      expireAfter: times.expireAfter,
      cohort: times.cohort,
    },
    budget: { falseAlarms: file.budget?.falseAlarms ?? 1, per: times.per },
    maxSeries: file.maxSeries ?? 2000,
    ...(file.id !== undefined && { id: { pii: file.id.pii ?? false } }),
    columns: file.columns ?? {},
    rules: withShippedRules(alertRules(file.rules))
      .flatMap(expandComparison)
      .map((rule) => completeRule(rule, context)),
    reviews: (file.rules ?? [])
      .filter(isReview)
      .filter(({ off }) => off !== true)
      .map(completeReview),
  };
}

/** A path starts at the directory of the file in which it stands, which may be one that is extended. */
function completeReferences(document: Document, file: Partial<RuleFile>): Model["references"] {
  const entries = Object.entries(file.references ?? {}).flatMap(([version, { file: path, sha256 }]) => {
    if (path === undefined) return [];
    const { file: writer } = locate(document, ["references", version, "file"]);
    const reference = {
      file: resolvePath(directoryOf(writer), path),
      ...(sha256 !== undefined && { sha256 }),
    };
    return [[version, reference] as const];
  });
  return Object.fromEntries(entries);
}
