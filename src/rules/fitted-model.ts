import { MINUTE } from "../config/quantity.ts";
import { expectFields } from "../counts/expected-fields.ts";
import { ownClasses } from "../counts/classes.ts";
import { buildLayout } from "../counts/layout.ts";
import { buildOutcomeLayout } from "../counts/outcome-layout.ts";
import type { ColumnPlan, ColumnType, EventPlan } from "../event/batch.ts";
import { probabilityColumn } from "../event/probabilities.ts";
import { binaryClasses } from "../event/yes-no.ts";
import type { Reference } from "../reference/reference.ts";
import { ANSWERS, answerKind, labelRuler } from "../reference/label-ruler.ts";
import { findSeriesRef, shownSegments } from "../reference/series.ts";
import type { CountingPlan, OutcomePlan } from "../window/counting-plan.ts";
import { measureNamed } from "../statistics/measures.ts";
import { buildSegments } from "../window/segments.ts";
import { selectNames } from "./column-globs.ts";
import { fitsColumn } from "./measure-terms.ts";
import type { Model } from "./model.ts";
import { planReview } from "./review-section.ts";

/** A model's rules and its reference, fitted to each other: what the engine runs on. */
export interface FittedModel {
  readonly model: Model;
  readonly reference: Reference;
  /** Of versions that have a reference of their own, on the same bins (reference/grid-match.ts). */
  readonly references?: ReadonlyMap<string, Reference>;
  readonly counting: CountingPlan;
  /** How its label events are decoded; present where a label stream belongs to it. */
  readonly labels?: EventPlan;
  /** Present while its reference is learnt: all that its rule file says, of which `model` has what can be judged already. */
  readonly learner?: Model;
}

/** Labels of ids that nobody has predicted yet wait this long (STREAMING 17). */
const EARLY_LABELS = 10 * MINUTE;

/** What a version is held against: its own reference, or else the default. */
export function referenceOf(
  { reference, references }: Pick<FittedModel, "reference" | "references">,
  version: string | undefined,
): Reference {
  return (version === undefined ? undefined : references?.get(version)) ?? reference;
}

export function fitModel(options: {
  model: Model;
  reference: Reference;
  /** By version. */
  references?: ReadonlyMap<string, Reference>;
  hasLabels: boolean;
}): FittedModel {
  const { model, reference, references, hasLabels } = options;
  const extended = extendedColumns(model, reference);
  const plan = eventPlan({ ...options, extended });
  const measured = plan.columns
    .map((column, position) => ({ column, position, ref: findSeriesRef(reference, "all", position) }))
    .filter(({ column }) => column.role !== "segment");
  const columns = measured.flatMap(({ ref, position }) => (ref === undefined ? [] : [{ ref, position }]));
  const { pane, lateness } = model.window;
  const labels = hasLabels ? labelPlan(model, reference) : undefined;
  const counting: CountingPlan = {
    model: model.name,
    plan,
    layout: buildLayout(
      columns.map(({ ref }) => ref),
      { pane, extended },
    ),
    columns,
    segments: buildSegments({
      plan,
      segmentBy: model.segmentBy,
      known: shownSegments(reference).map(({ name }) => name),
    }),
    fields: expectFields(reference.fields),
    ...planReviews(model, plan),
    pane,
    lateness,
    keep: model.versions.keep,
    ...(labels === undefined
      ? {}
      : { outcomes: outcomePlan({ model, reference, plan, truth: labels.columns[0].type }) }),
  };
  const own = references === undefined || references.size === 0 ? {} : { references };
  return { model, reference, ...own, counting, ...(labels === undefined ? {} : { labels }) };
}

function planReviews({ reviews = [] }: Model, { columns }: EventPlan): Pick<CountingPlan, "reviews"> {
  return reviews.length === 0 ? {} : { reviews: reviews.map((rule) => planReview(rule, columns)) };
}

/** The columns that a rule asks sums of, or different values: nobody else pays for them. */
function extendedColumns({ rules }: Model, { columns }: Reference): ReadonlySet<string> {
  const asked = rules.flatMap((rule) => {
    const measure = measureNamed(rule.measure);
    if (measure === undefined || !EXTENSIONS.some((kind) => measure.from.includes(kind))) return [];
    const names = columns.filter((column) => fitsColumn(measure, column)).map(({ name }) => name);
    return selectNames(rule.columns, names);
  });
  return new Set(asked);
}

const EXTENSIONS = ["sums", "distinct"] as const;

function eventPlan({
  model,
  reference,
  hasLabels,
  extended,
}: {
  model: Model;
  reference: Reference;
  hasLabels: boolean;
  extended: ReadonlySet<string>;
}): EventPlan {
  return {
    model: model.name,
    needsId: hasLabels,
    ...(model.id?.pii === true && { hidesIds: true }),
    columns: [
      ...reference.columns.map((column): ColumnPlan => {
        const declared = model.columns[column.name];
        return {
          name: column.name,
          type: column.type,
          role: column.role,
          pii: column.pii,
          categories: column.categories,
          ...(column.type === "category" && extended.has(column.name) ? { distinct: true } : {}),
          ...(declared?.minimum === undefined ? {} : { minimum: declared.minimum }),
          ...(declared?.maximum === undefined ? {} : { maximum: declared.maximum }),
        };
      }),
      ...(hasLabels ? probabilityColumns(model, reference) : []),
    ],
  };
}

/** Those of the classes with a row of their own, where a rule asks for them: they make every waiting prediction longer. */
function probabilityColumns({ rules }: Model, { columns }: Reference): ColumnPlan[] {
  const isAsked = rules.some(({ measure }) => measureNamed(measure)?.from.includes("classwise"));
  const decision = columns.find(({ name }) => name === "prediction.decision");
  if (!isAsked || decision === undefined || answerKind(columns) !== "classes") return [];
  const { categories } = decision;
  return categories.slice(0, ownClasses(categories.length)).map(probabilityColumn);
}

/** Truth is a number (true = 1) unless the model decides between many classes. */
export function labelPlan(model: Model, reference: Pick<Reference, "columns">): EventPlan {
  const decision = reference.columns.find((column) => column.name === "prediction.decision");
  const isCategory = answerKind(reference.columns) === "classes";
  return {
    model: model.name,
    needsId: true,
    ...(model.id?.pii === true && { hidesIds: true }),
    columns: [
      {
        name: "truth",
        type: isCategory ? "category" : "number",
        role: "truth",
        pii: isCategory && decision?.pii === true,
        categories: isCategory ? (decision?.categories ?? []) : [],
      },
    ],
  };
}

/** A class that means neither yes nor no cannot be held against a truth of 0 or 1: then the score decides, at one half. */
function outcomePlan(options: {
  model: Model;
  reference: Reference;
  plan: EventPlan;
  truth: ColumnType;
}): OutcomePlan {
  const { model, reference, plan, truth } = options;
  const { cohort, expireAfter } = model.labels;
  const decision = plan.columns.findIndex(({ name }) => name === "prediction.decision");
  const { type, categories = [] } = plan.columns[decision] ?? {};
  const classes = type === "category" && truth === "number" ? binaryClasses(categories) : undefined;
  const isComparable = type === "boolean" || truth === "category" || classes !== undefined;
  const probabilities = plan.columns.flatMap(({ role }, position) =>
    role === "probability" ? [position] : [],
  );
  const ruler = labelRuler(reference.columns, {
    residuals: reference.outcome?.residuals,
    isClasswise: probabilities.length > 0,
  });
  return {
    layout: buildOutcomeLayout({ cohort, ruler }),
    ruler,
    cohort,
    expireAfter,
    early: EARLY_LABELS,
    answer: plan.columns.findIndex(({ name }) => name === ANSWERS[ruler.kind]),
    decision: isComparable ? decision : -1,
    probabilities,
    ...(classes === undefined ? {} : { classes }),
  };
}
