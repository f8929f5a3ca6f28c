import type { FaultAt } from "../config/location.ts";
import { binaryClasses } from "../event/yes-no.ts";
import type { Reference } from "../reference/reference.ts";
import { pathOfAlert } from "../rules/rule-file.ts";
import type { LoadedModel } from "./load-rules.ts";

/** Measures of what was decided; all other measures of labels are of the score. */
const OF_DECISIONS: ReadonlySet<string> = new Set(["accuracy", "precision", "recall", "f1"]);
/** More classes than these are not named. */
const MOST_NAMED = 3;

/** Beside a score the truth is 0 or 1: decisions that mean neither yes nor no cannot be held against it. */
export function checkDecisions({ model, document }: LoadedModel, { columns }: Reference): FaultAt[] {
  const decision = columns.find(({ name }) => name === "prediction.decision");
  if (decision?.type !== "category" || binaryClasses(decision.categories) !== undefined) return [];
  if (columns.every(({ name }) => name !== "prediction.score")) return [];
  const known = decision.categories.slice(0, MOST_NAMED).join(", ");
  return model.rules.flatMap(({ alert, measure }): FaultAt[] => {
    if (!OF_DECISIONS.has(measure)) return [];
    const message = `decisions such as ${known} mean neither yes nor no, so ${measure} takes a score of 0.5 or more for the decision; map one that is true or false, 1 or 0, yes or no`;
    const path = [...pathOfAlert(document, alert), "measure"];
    return [{ path, code: "NO_JUDGEMENT", level: "warning", message }];
  });
}
