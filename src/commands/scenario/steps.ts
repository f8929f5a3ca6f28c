import type { Model, Rule } from "../../rules/model.ts";
import { measureNamed } from "../../statistics/measures.ts";
import { subjectOf } from "../../rules/measure-terms.ts";
import { consecutiveLooks } from "../../verdict/budget.ts";
import { formatScore } from "../../verdict/quantities.ts";
import { INACTIVE, step } from "../../verdict/verdict.ts";
import type { Observation, Verdict } from "../../verdict/verdict.ts";
import type { Firing } from "./firing.ts";
import type { Steps } from "./scenario.ts";

/**
 * What the verdict machine makes of scores that are said one by one, at every evaluation of the rule. Of a rule with `atLeast`
 * the score is the effect, and chance is ruled out.
 */
export function playSteps(story: Steps, model: Model): Firing[] {
  const rule = model.rules.find(({ alert }) => alert === story.alert);
  if (rule === undefined) throw new Error(`no rule ${story.alert}`);
  const every = evaluatedEvery(rule, model);
  const patience = {
    evaluations: consecutiveLooks(rule.for, every),
    keepFiringFor: rule.keepFiringFor,
  };
  const firings: Firing[] = [];
  let verdict: Verdict = INACTIVE;
  for (let time = 0; time < story.lasts; time += every) {
    const score = story.scores.findLast(({ at }) => at <= time)?.score ?? "too-few";
    const now = story.start + time;
    const result = step(verdict, observationOf(rule, score), now, patience);
    verdict = result.verdict;
    if (result.transition === "firing") {
      const { alert, column } = story;
      const told = `${rule.measure} ${typeof score === "number" ? formatScore(score) : score}`;
      firings.push({ alert, ...(column === undefined ? {} : { column }), from: now, to: Number.NaN, told });
    }
    const open = firings.at(-1);
    if (result.transition === "resolved" && open !== undefined)
      firings[firings.length - 1] = { ...open, to: now };
  }
  return firings;
}

/** Labels are looked at once a cohort, all else at every step of the window. */
function evaluatedEvery(rule: Rule, model: Model): number {
  const measure = measureNamed(rule.measure);
  return measure !== undefined && subjectOf(measure) === "labels" ? model.labels.cohort : rule.window.every;
}

function observationOf({ limit }: Rule, score: number | "too-few"): Observation {
  if (score === "too-few") return "absent";
  const isPast = { atLeast: score >= limit.value, above: score > limit.value, below: score < limit.value };
  return isPast[limit.kind] ? "significant" : "calm";
}
