import { formatDuration } from "../config/quantity.ts";
import type { Rule } from "../rules/model.ts";
import { formatVersion } from "./quantities.ts";

/** Nothing where it is the reference. What is asked of labels is asked of cohorts. */
export function describeAgainst({ against, window }: Rule, isOfLabels: boolean): string {
  if (against === undefined) return "";
  if (against === "season") return "against what is usual at this hour";
  const length = formatDuration(window.size);
  if (against === "previous") return `against the ${length} before`;
  return `against ${formatVersion(against.version)} ${isOfLabels ? "in the same cohort" : `over the same ${length}`}`;
}

/** Where the number beside the window's stands: "in the reference". */
export function placeAgainst(rule: Rule | undefined): string {
  const { against } = rule ?? {};
  if (against === "previous") return "in the window before";
  return typeof against === "object" ? `in ${formatVersion(against.version)}` : "in the reference";
}
