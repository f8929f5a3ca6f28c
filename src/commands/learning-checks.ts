import type { Config } from "../config/config.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import type { FaultAt } from "../config/location.ts";
import { formatDuration, HOUR } from "../config/quantity.ts";
import { groupStreams } from "../engine/task-groups.ts";
import { LEAST_ROWS } from "../reference/calibration.ts";
import { askedWindows } from "../rules/asked-options.ts";
import { checkAgainstColumns, checkEmptyRules } from "../rules/judged-columns.ts";
import { declaredColumns, judgesWithout } from "../rules/learning-model.ts";
import { subjectOf } from "../rules/measure-terms.ts";
import type { Model } from "../rules/model.ts";
import { LEAST_WINDOWS } from "../statistics/calibration.ts";
import { formatCount } from "../verdict/quantities.ts";
import { isReview } from "../rules/review-section.ts";
import { dataOf } from "../rules/rule-file.ts";
import { MEASURES, measureNamed } from "../statistics/measures.ts";
import { SAMPLE_ROWS } from "../window/learning-plan.ts";
import type { LoadedModel } from "./load-rules.ts";

/** Whether what models are to learn will do for their rules. */
export function checkLearners(loaded: readonly LoadedModel[], config: Config | undefined): Fault[] {
  return loaded.flatMap(({ model, document }) => {
    if (model.learn === undefined) return [];
    const against = { document, model, columns: declaredColumns(model), measures: MEASURES };
    const found = [
      ...checkSpan(model, model.learn),
      ...checkLabels({ model, document }),
      ...checkHalves(model, config),
    ];
    return [
      ...found.map((fault) => faultAt(document, fault)),
      ...checkAgainstColumns(against),
      ...checkEmptyRules(against),
    ];
  });
}

/** How windows differ is learnt of the sample's own, which must be many, and hold rows enough. */
function checkSpan(model: Model, span: number): FaultAt[] {
  const place = { path: ["references", "default", "learn"], code: "NO_JUDGEMENT" } as const;
  const most = SAMPLE_ROWS / LEAST_ROWS;
  return askedWindows(model).flatMap((size): FaultAt[] => {
    const windows = Math.floor(span / size);
    if (windows < LEAST_WINDOWS) {
      const message = `holds ${formatCount(windows)} windows of ${formatDuration(size)}, and ${LEAST_WINDOWS} are needed to know how they differ; write ${formatDuration(LEAST_WINDOWS * size)} or more, or take shorter windows`;
      return [{ ...place, message }];
    }
    if (windows <= most) return [];
    const message = `holds ${formatCount(windows)} windows of ${formatDuration(size)}, and a sample of ${formatCount(SAMPLE_ROWS)} rows is enough for ${most}; write ${formatDuration(wholeHours(most * size))} or less, or take longer windows`;
    return [{ ...place, message }];
  });
}

/** "16h" is what people write for 1000m. */
function wholeHours(time: number): number {
  return time < HOUR ? time : Math.floor(time / HOUR) * HOUR;
}

function checkLabels({ model, document }: LoadedModel): FaultAt[] {
  const written = dataOf(document).rules ?? [];
  return model.rules.flatMap(({ alert, measure: name }): FaultAt[] => {
    const measure = measureNamed(name);
    if (measure === undefined || subjectOf(measure) !== "labels" || measure.signal !== "outcomes") return [];
    const message =
      "is held against the labels of the reference, and what is learnt has none; build one with driftd reference build";
    const position = written.findIndex((rule) => !isReview(rule) && rule.alert === alert);
    return [{ path: ["rules", position, "measure"], code: "NO_JUDGEMENT", message }];
  });
}

function checkHalves({ name }: Model, config: Config | undefined): FaultAt[] {
  const groups = groupStreams(Object.values(config?.streams ?? {}), [name]);
  const isJoined = groups.some(
    ({ streams: [first], within }) => within !== undefined && first.models.includes(name),
  );
  if (!isJoined) return [];
  const message =
    "learns of whole events only, and those of this model come in halves; build a reference with driftd reference build";
  return [{ path: ["references", "default", "learn"], which: "key", code: "CONFLICT", message }];
}

/** What a model that learns does meanwhile: the names of its rules that judge, and of those that wait. */
export interface LearningOutlook {
  readonly model: string;
  /** Event time from the first event on, ms. */
  readonly span: number;
  readonly judging: readonly string[];
  readonly waiting: readonly string[];
}

/** Undefined for a model that has a reference. */
export function learningOutlook({ name, learn, rules, reviews = [] }: Model): LearningOutlook | undefined {
  if (learn === undefined) return undefined;
  return {
    model: name,
    span: learn,
    judging: rules.filter(judgesWithout).map(({ alert }) => alert),
    waiting: [
      ...rules.filter((rule) => !judgesWithout(rule)).map(({ alert }) => alert),
      ...reviews.map(({ review }) => review),
    ],
  };
}

/** The same for people. */
export function describeLearning({ model, span, judging, waiting }: LearningOutlook): string {
  const first = `${model} learns its reference of the first ${formatDuration(span)} of its stream (event time), from a sample of ${formatCount(SAMPLE_ROWS)} rows`;
  const meanwhile =
    judging.length === 0
      ? "no rule judges"
      : `only ${judging.join(", ")} judge${judging.length === 1 ? "s" : ""}`;
  const then =
    waiting.length === 0 ? "" : `; ${waiting.join(", ")} wait${waiting.length === 1 ? "s" : ""} for it`;
  return `${first}. Until then ${meanwhile}${then}. Such a reference shows large changes only, and promises nothing: driftd reference build makes a better one.`;
}
