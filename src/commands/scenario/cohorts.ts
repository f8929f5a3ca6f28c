import { delaySlot, DELAYS } from "../../counts/label-delays.ts";
import { addLabel, predictedSlot, rulerLength } from "../../counts/outcome-ruler.ts";
import { pack } from "../../counts/packed.ts";
import { addInto } from "../../counts/vector.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { OutcomePlan } from "../../window/counting-plan.ts";
import type { PaneValue } from "../../window/pane.ts";
import { cohortLayout } from "../../window/task-delta.ts";
import { additionOf } from "./distribution.ts";
import type { Distribution } from "./distribution.ts";
import { drawRows } from "./draw.ts";
import { labelOutcomes } from "./label-outcomes.ts";
import type { Random } from "./random.ts";
import type { LabelEffect, Synthetic } from "./scenario.ts";
import type { DrawnRows } from "./traffic.ts";
import { openWanderingLabels } from "./wandering-labels.ts";

/** What came of the rows that were drawn. */
export interface Cohorts {
  /** Remembers the rows of a pane that starts at `start`, ms. */
  add(start: number, rows: readonly DrawnRows[]): void;
  /** The labels of all cohorts that end at or before `time`, ms, each once. */
  takeEnded(time: number): PaneValue[];
}

/** Rows of one cohort of which the same will come. */
interface AlikeRows extends Omit<DrawnRows, "rows"> {
  rows: number;
}

/**
 * Labels come as in the reference, by score: what they say, how that wanders, how many come, and that nearly all have come within
 * the 99% delay.
 * Undefined where the model has none, or its reference had none to learn from.
 */
export function openCohorts(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  readonly random: Random;
}): Cohorts | undefined {
  const { fitted, story, random } = options;
  const { outcomes } = fitted.counting;
  const learnt = fitted.reference.outcome;
  if (outcomes === undefined || learnt === undefined) return undefined;
  const open = new Map<number, Map<string, AlikeRows>>();
  const wandering = openWanderingLabels({ fitted, seed: story.seed });
  const known = new Map<string, Distribution>();
  const whole = fitted.counting.segments.names[0];
  const layout = cohortLayout(fitted.counting);

  const distributionFor = ({ segment, changes }: AlikeRows, start: number): Distribution => {
    const key = `${segment.name}/${changes.join()}`;
    const unrest = wandering.effectsOn(segment, start);
    const found = unrest.length === 0 ? known.get(key) : undefined;
    if (found !== undefined) return found;
    const effects = changes.flatMap((position) => labelEffectOf(story.changes[position].effect));
    const made = distributionOfLabels(
      outcomes,
      segment.outcomes ?? new Float64Array(rulerLength(outcomes.ruler)),
      [...unrest, ...effects],
    );
    if (unrest.length === 0) known.set(key, made);
    return made;
  };

  const drawAlike = (alike: AlikeRows, start: number): Float64Array => {
    const vector = new Float64Array(outcomes.layout.stride);
    const missing = alike.changes.reduce((share, position) => {
      const { effect } = story.changes[position];
      return effect.kind === "labelsMissing" ? share + (1 - share) * effect.share : share;
    }, 0);
    const labelled = random.binomial(alike.rows, learnt.coverage * (1 - missing));
    drawRows(random, distributionFor(alike, start), { rows: labelled, into: vector, offset: 0 });
    vector[predictedSlot(outcomes.ruler)] += alike.rows;
    const delays = rulerLength(outcomes.ruler);
    vector[delays + DELAYS.predicted] += alike.rows;
    vector[delays + delaySlot(Number.isNaN(learnt.delay99) ? 0 : learnt.delay99 / 2)] += labelled;
    return vector;
  };

  return {
    add(start, rows) {
      const cohort = Math.floor(start / outcomes.cohort) * outcomes.cohort;
      const alikes = open.get(cohort) ?? new Map<string, AlikeRows>();
      open.set(cohort, alikes);
      for (const { segment, version, rows: count, changes } of rows) {
        const relevant = changes.filter(
          (position) => labelEffectOf(story.changes[position].effect).length > 0,
        );
        const key = JSON.stringify([version, segment.name, relevant]);
        const alike = alikes.get(key) ?? { segment, version, rows: 0, changes: relevant };
        alike.rows += count;
        alikes.set(key, alike);
      }
    },
    takeEnded(time) {
      const ended = [...open.keys()].filter((start) => start + outcomes.cohort <= time);
      return ended.flatMap((start) => {
        const sums = new Map<string, { version: string; segment: string; vector: Float64Array }>();
        const put = (version: string, segment: string, vector: Float64Array): void => {
          const key = JSON.stringify([version, segment]);
          const sum = sums.get(key);
          if (sum === undefined) sums.set(key, { version, segment, vector: vector.slice() });
          else addInto(sum.vector, vector);
        };
        for (const alike of open.get(start)?.values() ?? []) {
          const vector = drawAlike(alike, start);
          put(alike.version, alike.segment.name, vector);
          if (alike.segment.isPart && alike.segment.name !== whole) put(alike.version, whole, vector);
        }
        open.delete(start);
        return [...sums.values()].map(({ version, segment, vector }): PaneValue => {
          return { layout, version, segment, start, packed: pack(vector) };
        });
      });
    },
  };
}

function labelEffectOf(effect: Synthetic["changes"][number]["effect"]): LabelEffect[] {
  const isOfLabels =
    effect.kind === "labelFlip" ||
    effect.kind === "miscalibrate" ||
    effect.kind === "error" ||
    effect.kind === "labelsMissing";
  return isOfLabels ? [effect] : [];
}

/** What each label adds is what counting it would. */
function distributionOfLabels(
  { ruler }: OutcomePlan,
  counts: Float64Array,
  effects: readonly LabelEffect[],
): Distribution {
  const outcomes = labelOutcomes(ruler, counts, effects);
  const vector = new Float64Array(rulerLength(ruler));
  return {
    probabilities: Float64Array.from(outcomes, ({ share }) => share),
    additions: outcomes.map(({ label }) => {
      vector.fill(0);
      addLabel(vector, 0, { ruler, label, sign: 1 });
      return additionOf(vector);
    }),
  };
}
