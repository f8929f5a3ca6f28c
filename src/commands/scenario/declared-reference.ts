import type { TestColumnSection, TestReferenceSection } from "../../config/generated/rule-test.ts";
import { DAY, HOUR } from "../../config/quantity.ts";
import { createBatch, resetBatch } from "../../event/columns.ts";
import type { ColumnPlan, EventBatch, EventPlan } from "../../event/batch.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { ANSWERS, answerKind } from "../../reference/label-ruler.ts";
import type { Reference } from "../../reference/reference.ts";
import { askedSeasons } from "../../rules/asked-seasons.ts";
import type { Model } from "../../rules/model.ts";
import { MEASURES } from "../../statistics/measures.ts";
import { declareFields } from "./declared-fields.ts";
import { columnRandom, declaredColumn } from "./declared-columns.ts";
import type { DeclaredColumn } from "./declared-columns.ts";
import { durationOf } from "./duration.ts";

const DEFAULT_ROWS = 200_000;
const DEFAULT_DAYS = 28;
const BATCH_ROWS = 8_192;
/** Where its rows end: the Monday on which scenarios begin. */
const END = Date.UTC(2026, 0, 5);
const SEED = 20_260_105;
const TRUTH = "truth";
/** How often a model of many classes is right that says nothing of how sure it is. */
const DEFAULT_ACCURACY = 0.8;

/**
 * Builds a reference in memory from how its columns are said to lie: rows are drawn, evenly spread over the days, and go through
 * the builder of every reference. They owe nothing to each other, and the reference says so. Of its labels the truth is as the
 * score says; of a model that answers with a number it is the answer less an error.
 */
export function declareReference(section: TestReferenceSection, model: Model): Reference {
  const { rows = DEFAULT_ROWS, days = DEFAULT_DAYS, labels } = section;
  const table = tableOf(section, model);
  const { plan } = table;
  const sizes = model.rules.map(({ window }) => window.size);
  const builder = new ReferenceBuilder({
    plan,
    segmentBy: model.segmentBy,
    top: model.segments.top,
    // Those besides the rules' own tell what another window would have seen.
    windowSizes: [...new Set([model.window.size, ...sizes, HOUR, 6 * HOUR, DAY])].toSorted((a, b) => a - b),
    cohort: model.labels.cohort,
    seasons: askedSeasons({ model, columns: plan.columns, measures: MEASURES }),
    independent: true,
    ...(labels && {
      labels: { delay99: durationOf(labels.delay ?? "1d"), matureUntil: Number.POSITIVE_INFINITY },
    }),
    ...(plan.columns.some(({ pii }) => pii) && { keyId: "test" }),
  });
  // The same seeds draw the same rows again.
  for (const take of ["observe", "count"] as const) {
    for (const batch of drawBatches(table, { rows, span: days * DAY })) builder[take](batch);
  }
  const columns = plan.columns.filter(({ role }) => role !== "truth");
  const nullsOf = (name: string): number => section.columns?.[name]?.nulls ?? 0;
  return { ...builder.finish(), fields: declareFields(columns, nullsOf) };
}

interface DeclaredTable {
  readonly section: TestReferenceSection;
  readonly plan: EventPlan;
  /** By column of the plan; undefined where it follows from others: the threshold of a score, the truth. */
  readonly columns: readonly (DeclaredColumn | undefined)[];
}

function tableOf(section: TestReferenceSection, model: Model): DeclaredTable {
  const declared = Object.entries(section.columns ?? {}).map(([name, said]) => {
    const column = declaredColumn(said);
    return { column, plan: columnPlan(name, said, model) };
  });
  const plans = declared.map(({ plan }) => plan);
  const kind = answerKind(plans);
  const decision = plans.find(({ name }) => name === "prediction.decision");
  const truth: ColumnPlan = {
    name: TRUTH,
    type: kind === "classes" ? "category" : "number",
    role: "truth",
    pii: false,
    categories: kind === "classes" ? (decision?.categories ?? []) : [],
  };
  const columns = declared.map(({ column }) => column);
  if (section.labels === undefined) {
    return { section, plan: { model: model.name, needsId: false, columns: plans }, columns };
  }
  return {
    section,
    plan: { model: model.name, needsId: false, columns: [...plans, truth] },
    columns: [...columns, undefined],
  };
}

function columnPlan(name: string, said: TestColumnSection, model: Model): ColumnPlan {
  const column = declaredColumn(said);
  return {
    name,
    type: column?.type ?? "boolean",
    role: name.startsWith("prediction.") ? "output" : "feature",
    pii: model.columns[name]?.pii === true,
    categories: column?.categories ?? ["false", "true"],
  };
}

function* drawBatches(
  table: DeclaredTable,
  { rows, span }: { readonly rows: number; readonly span: number },
): Generator<EventBatch> {
  const { plan } = table;
  const batch = createBatch({
    plan,
    dictionaries: plan.columns.map(({ type, categories }) =>
      type === "number" ? undefined : { categories: [...categories] },
    ),
    versions: [""],
    capacity: Math.min(rows, BATCH_ROWS),
  });
  const randoms = plan.columns.map(({ name }) => columnRandom(SEED, name));
  const values = plan.columns.map(() => Number.NaN);
  const follow = followers(table);
  for (let first = 0; first < rows; first += batch.capacity) {
    const count = Math.min(batch.capacity, rows - first);
    resetBatch(batch, count);
    batch.rows = count;
    for (let row = 0; row < count; row += 1) {
      batch.time[row] = END - span + Math.floor(((first + row) * span) / rows);
      for (const [position, column] of table.columns.entries()) {
        values[position] = column?.draw(randoms[position]) ?? Number.NaN;
      }
      for (const { position, derive } of follow) values[position] = derive(values, randoms[position]);
      for (const [position, value] of values.entries()) write(batch, { row, position, value });
    }
    yield batch;
  }
}

function write(
  batch: EventBatch,
  { row, position, value }: { row: number; position: number; value: number },
): void {
  const column = batch.columns[position];
  if (Number.isNaN(value)) return;
  column.validity[row >> 3] |= 1 << (row & 7);
  if (column.type === "number") column.values[row] = value;
  else column.codes[row] = value;
}

/** A column whose value follows from the others of its row. */
interface Follower {
  readonly position: number;
  readonly derive: (values: readonly number[], random: ReturnType<typeof columnRandom>) => number;
}

function followers(table: DeclaredTable): Follower[] {
  const { plan, section } = table;
  const score = plan.columns.findIndex(({ name }) => name === ANSWERS.binary);
  const thresholds = plan.columns.flatMap(({ name }, position): Follower[] => {
    const threshold = section.columns?.[name]?.threshold;
    if (threshold === undefined) return [];
    return [{ position, derive: (values) => Number(values[score] >= threshold) }];
  });
  const truth = plan.columns.findIndex(({ role }) => role === "truth");
  return truth < 0 ? thresholds : [...thresholds, { position: truth, derive: deriveTruth(table) }];
}

function deriveTruth({ plan, section }: DeclaredTable): Follower["derive"] {
  const { coverage = 1, error = { normal: [0, 1] }, accuracy = DEFAULT_ACCURACY } = section.labels ?? {};
  const find = (name: string): number => plan.columns.findIndex((column) => column.name === name);
  const kind = answerKind(plan.columns.filter(({ role }) => role !== "truth"));
  const answer = find(ANSWERS[kind]);
  const decision = find("prediction.decision");
  const errors = declaredColumn(error);
  const classes = plan.columns[decision]?.categories.length ?? 0;
  const truthOf: Follower["derive"] = (values, random) => {
    if (kind === "values") return values[answer] - (errors?.draw(random) ?? 0);
    if (kind === "classes") {
      const isRight = random.uniform() < (answer < 0 ? accuracy : values[answer]);
      const other = 1 + Math.floor(random.uniform() * (classes - 1));
      return isRight ? values[decision] : (values[decision] + other) % classes;
    }
    if (answer >= 0) return Number(random.uniform() < values[answer]);
    const isRight = random.uniform() < accuracy;
    return isRight ? values[decision] : 1 - values[decision];
  };
  return (values, random) =>
    coverage < 1 && random.uniform() >= coverage ? Number.NaN : truthOf(values, random);
}
