import { ReferenceBuilder } from "../reference/builder.ts";
import { hourOf } from "../reference/hour-slots.ts";
import { usualRows, type HourlyRows } from "../reference/hourly-rows.ts";
import { referenceId } from "../reference/identity.ts";
import type { Reference } from "../reference/reference.ts";
import { LEAST_SAMPLE_ROWS } from "../window/learning-plan.ts";
import { batchOfSample, type Sampled } from "../window/sampled-rows.ts";
import { askedOptions } from "./asked-options.ts";
import { declaredColumns } from "./learning-model.ts";
import type { Model } from "./model.ts";

/** What a reference is learnt with besides its model's rules. */
export interface LearntOptions {
  /** privacy.floor. */
  readonly floor?: number;
  /** Names the key under which pii categories are hashed. */
  readonly keyId: string;
}

/**
 * Builds the reference of a sample as `driftd reference build` does of a file of these rows: how windows differ is what the
 * sampled rows of each say, so that no window is promised more than they can show. Only how many rows an hour has is known of
 * all traffic, whatever its segment.
 */
export function learnReference(model: Model, sampled: Sampled, { floor, keyId }: LearntOptions): Reference {
  const columns = declaredColumns(model);
  const plan = { model: model.name, needsId: false, columns };
  const builder = new ReferenceBuilder({
    plan,
    ...askedOptions(model, plan),
    independent: false,
    ...(floor === undefined ? {} : { floor }),
    ...(columns.some(({ pii }) => pii) ? { keyId } : {}),
  });
  const batch = batchOfSample(plan, sampled.rows);
  builder.observe(batch);
  builder.count(batch);
  const { id: _id, ...built } = builder.finish();
  const segments = built.segments.map((segment, position) => ({
    ...segment,
    ...(position === 0
      ? usualRows(hoursOf(sampled), 0)
      : { hourOfWeek: unknown(segment.hourOfWeek), hourOfDay: unknown(segment.hourOfDay) }),
  }));
  const rows = sampled.arrived.reduce((sum, [, arrived]) => sum + arrived, 0);
  const content = { ...built, segments, learnt: { rows } };
  return { id: referenceId(content), ...content };
}

function hoursOf({ arrived }: Sampled): HourlyRows {
  const hours: HourlyRows = new Map();
  for (const [start, rows] of arrived) {
    const hour = hours.get(hourOf(start)) ?? new Uint32Array(1);
    hour[0] += rows;
    hours.set(hourOf(start), hour);
  }
  return hours;
}

function unknown(slots: Float64Array): Float64Array {
  return new Float64Array(slots.length).fill(Number.NaN);
}

/**
 * When learning is over: once the time is, and there are enough rows, at the end of a pane; undefined while it is not known.
 * Times in ms; `arrived` is of all panes that start before `closedThrough`.
 */
export function endOfLearning(
  { arrived }: Pick<Sampled, "arrived">,
  counting: { readonly span: number; readonly pane: number; readonly closedThrough: number },
): number | undefined {
  const { span, pane, closedThrough } = counting;
  let rows = 0;
  for (const [start, came] of arrived) {
    rows += came;
    if (rows < LEAST_SAMPLE_ROWS) continue;
    const end = Math.max(arrived[0][0] + span, start + pane);
    return end <= closedThrough ? end : undefined;
  }
  return undefined;
}
