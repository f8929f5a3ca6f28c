import type { FieldExpectation } from "../counts/expected-fields.ts";
import type { Layout } from "../counts/layout.ts";
import type { OutcomeRuler } from "../counts/outcome-ruler.ts";
import type { SeriesRef } from "../counts/ref.ts";
import type { EventPlan } from "../event/batch.ts";
import type { LearningPlan } from "./learning-plan.ts";
import type { ReviewPlan } from "./review-plan.ts";
import type { Segments } from "./segments.ts";

/** All that decides how a model's events become counts: fixed when its rules and reference load. Times in ms. */
export interface CountingPlan {
  readonly model: string;
  readonly plan: EventPlan;
  /** Of panes: arrivals, then one section per measured column. */
  readonly layout: Layout;
  /** For every measured column: its prepared reference (segment `all`) and its position in the plan. */
  readonly columns: readonly { readonly ref: SeriesRef; readonly position: number }[];
  readonly segments: Segments;
  /** What the fields of its records are held against; absent where nobody looks at them. */
  readonly fields?: FieldExpectation;
  /** Rules that pick events for review; absent: none. */
  readonly reviews?: readonly ReviewPlan[];
  /** Present while its reference is learnt of the stream: nothing is counted against bins yet. */
  readonly learning?: LearningPlan;
  readonly pane: number;
  readonly lateness: number;
  /** How many versions are counted one by one; position `keep` is `other`. */
  readonly keep: number;
  /** Present where a label stream belongs to the model. */
  readonly outcomes?: OutcomePlan;
}

export interface OutcomePlan {
  /** Of cohorts: the sections of the ruler. */
  readonly layout: Layout;
  readonly ruler: OutcomeRuler;
  readonly cohort: number;
  /** Predictions are forgotten this long after their event time. */
  readonly expireAfter: number;
  /** Labels of unknown predictions wait this long. */
  readonly early: number;
  /** Positions in the plan's columns, -1 where the model has none: the score or the number that it answers with... */
  readonly answer: number;
  readonly decision: number;
  /** Those of the probabilities of the classes with a row of their own, by class; none where nobody asks for them. */
  readonly probabilities: readonly number[];
  /** By code of the decision, 1 for class 1, else 0: where truths are numbers, and decisions names that mean yes or no. */
  readonly classes?: Float64Array;
}
