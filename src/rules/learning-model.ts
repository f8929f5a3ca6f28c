import { createHash } from "node:crypto";
import { expectFields } from "../counts/expected-fields.ts";
import { buildLayout } from "../counts/layout.ts";
import type { ColumnPlan, EventPlan } from "../event/batch.ts";
import { referenceId } from "../reference/identity.ts";
import { HOURS_OF_DAY, HOURS_OF_WEEK } from "../reference/hour-slots.ts";
import type { Reference } from "../reference/reference.ts";
import { measureNamed } from "../statistics/measures.ts";
import type { LearningPlan } from "../window/learning-plan.ts";
import { buildSegments } from "../window/segments.ts";
import { askedWindows } from "./asked-options.ts";
import { labelPlan } from "./fitted-model.ts";
import type { FittedModel } from "./fitted-model.ts";
import { needsReference, subjectOf } from "./measure-terms.ts";
import type { Model, Rule } from "./model.ts";

/**
 * A model whose reference is being learnt, as far as it can be watched without: its rows arrive and are sampled, nothing is
 * counted against bins, and only rules that need no reference judge. Its columns are those that the rule file declares.
 */
export function fitLearning({ model, hasLabels }: { model: Model; hasLabels: boolean }): FittedModel {
  const learning = learningPlan(model);
  if (learning === undefined) throw new Error(`model ${model.name} does not learn`);
  const columns = declaredColumns(model);
  const plan: EventPlan = {
    model: model.name,
    needsId: hasLabels,
    ...(model.id?.pii === true && { hidesIds: true }),
    columns,
  };
  const { pane, lateness } = model.window;
  return {
    model: { ...model, segmentBy: [], reviews: [], rules: model.rules.filter(judgesWithout) },
    learner: model,
    reference: emptyReference(model, columns),
    counting: {
      model: model.name,
      plan,
      layout: buildLayout([], { pane, extended: new Set() }),
      columns: [],
      segments: buildSegments({ plan, segmentBy: [], known: ["all"] }),
      fields: expectFields(undefined),
      learning,
      pane,
      lateness,
      keep: model.versions.keep,
    },
    ...(hasLabels ? { labels: labelPlan(model, { columns }) } : {}),
  };
}

/** Whether a rule judges while there is no reference. */
export function judgesWithout({ measure: name }: Pick<Rule, "measure">): boolean {
  const measure = measureNamed(name);
  return measure !== undefined && !needsReference(measure) && subjectOf(measure) !== "labels";
}

/** Undefined for a model that has a reference. */
export function learningPlan(model: Model): LearningPlan | undefined {
  if (model.learn === undefined) return undefined;
  const { segmentBy, segments, window, learn: span } = model;
  const content = [declaredColumns(model), segmentBy, segments.top, askedWindows(model), window.pane, span];
  const id = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return { id, span };
}

/** Segment columns are looked for wherever an event may have them, and are no series of their own. */
export function declaredColumns({ columns, segmentBy }: Pick<Model, "columns" | "segmentBy">): ColumnPlan[] {
  const keys = new Set(segmentBy.flat());
  return Object.entries(columns).flatMap(([name, { type, pii = false, minimum, maximum }]): ColumnPlan[] => {
    if (type === undefined) return [];
    return [
      {
        name,
        type,
        role: name.startsWith("prediction.") ? "output" : keys.has(name) ? "segment" : "feature",
        pii,
        categories: type === "boolean" ? ["false", "true"] : [],
        ...(type === "category" ? { learn: true } : {}),
        ...(minimum === undefined ? {} : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
      },
    ];
  });
}

/** What stands in its place until it has been learnt: it knows of columns, and of no row. */
function emptyReference(model: Model, columns: readonly ColumnPlan[]): Reference {
  const content: Omit<Reference, "id"> = {
    model: model.name,
    rows: 0,
    from: Number.NaN,
    to: Number.NaN,
    independent: false,
    segmentBy: [],
    windowSizes: [],
    columns: columns.map(({ name, type, role, pii, categories }) => ({ name, type, role, pii, categories })),
    segments: [
      {
        name: "all",
        rows: 0,
        columns: [],
        hourOfWeek: new Float64Array(HOURS_OF_WEEK).fill(Number.NaN),
        hourOfDay: new Float64Array(HOURS_OF_DAY).fill(Number.NaN),
      },
    ],
  };
  return { id: referenceId(content), ...content };
}
