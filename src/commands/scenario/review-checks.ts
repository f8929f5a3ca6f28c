import type { FaultAt } from "../../config/location.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { formatDuration } from "../../config/quantity.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { ReviewRule } from "../../rules/model.ts";
import { occasionOf } from "./expectation.ts";
import { spansOf } from "./review-expectation.ts";
import type { ReviewExpectation, Story, Synthetic } from "./scenario.ts";

/** What is expected of a review rule that the model does not have, or that the story cannot show; paths start at the expectation. */
export function checkReviewExpectation(
  expectation: ReviewExpectation,
  story: Story,
  { model }: FittedModel,
): FaultAt[] {
  const { review, picked } = expectation;
  const { reviews = [], rules } = model;
  const rule = reviews.find((one) => one.review === review);
  if (rule === undefined) {
    const names = reviews.map((one) => one.review);
    const message = rules.some(({ alert }) => alert === review)
      ? `raises an alert, and picks nothing; write alert: ${review}`
      : names.length === 0
        ? `is no rule of ${model.name} that picks events; it has none: add { review: ${review}, ... } to the rule file`
        : `is no rule of ${model.name} that picks events; ${suggestWord(review, names)}`;
    return [{ path: ["review"], code: "UNKNOWN_NAME", message }];
  }
  if (story.kind !== "synthetic") return [];
  const faults = checkDrawn(rule, story);
  if (picked !== undefined && !hasSpan(expectation, rule, story)) {
    const each = formatDuration(rule.per);
    const message = `is of each ${each}, and the scenario has no whole one behind what it counts from; let it last longer, or add after`;
    faults.push({ path: ["picked"], which: "key", code: "WINDOW", message });
  }
  return faults;
}

/** Columns that are not drawn have no values that could meet anything. */
function checkDrawn({ conditions }: ReviewRule, { columns }: Synthetic): FaultAt[] {
  if (columns === undefined) return [];
  const named = conditions.map(({ column, scoreBetween }) =>
    scoreBetween === undefined ? column : "prediction.score",
  );
  const absent = named.filter((column) => column !== undefined && !columns.includes(column));
  if (absent.length === 0) return [];
  const message = `looks at ${absent.join(" and ")}, which this scenario does not draw; add it to its columns`;
  return [{ path: ["review"], code: "CONFLICT", message }];
}

function hasSpan(expectation: ReviewExpectation, rule: ReviewRule, story: Story): boolean {
  return spansOf(expectation, { ...rule, slices: [] }, occasionOf(story)).length > 0;
}
