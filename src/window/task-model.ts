import type { CountingPlan } from "./counting-plan.ts";
import { FieldIntake } from "./field-intake.ts";
import { Intake } from "./intake.ts";
import { ModelJoin } from "./model-join.ts";
import { ReviewIntake } from "./review-intake.ts";
import { SampleIntake } from "./sample-intake.ts";
import { OutcomeIntake } from "./outcome-intake.ts";

/** What one task holds of one model. */
export interface TaskModel {
  readonly intake: Intake;
  readonly fields?: FieldIntake;
  /** Present where rules pick events for review. */
  readonly reviews?: ReviewIntake;
  /** Present while the model learns its reference. */
  readonly sample?: SampleIntake;
  readonly outcomes?: OutcomeIntake;
  /** Present where requests and responses come one by one. */
  readonly join?: ModelJoin;
}

/** @param within the most that two halves of an event may be apart, ms; absent where the streams bring whole ones */
export function createTaskModel(plan: CountingPlan, within: number | undefined): TaskModel {
  const intake = new Intake(plan);
  const join = within === undefined ? {} : { join: new ModelJoin(plan, within) };
  const { fields: expected, pane } = plan;
  const fields = expected === undefined ? {} : { fields: new FieldIntake({ expected, pane }) };
  const reviews = plan.reviews === undefined ? {} : { reviews: new ReviewIntake(plan, plan.reviews) };
  const sample = plan.learning === undefined ? {} : { sample: new SampleIntake(plan.learning) };
  const parts = { intake, ...fields, ...join, ...reviews, ...sample };
  if (plan.outcomes === undefined) return parts;
  const { names, groupings } = plan.segments;
  const outcomes = new OutcomeIntake(plan.outcomes, { segments: names.length, groupings: groupings.length });
  return { ...parts, outcomes };
}
