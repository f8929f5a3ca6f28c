import type { Engine } from "../engine/engine.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Transition } from "../verdict/alert.ts";

/**
 * Says of transitions of cohorts when they could be known first: labels take days, and whoever is told then is told news. What
 * could be known long ago, since its labels came or had expired long ago, is history.
 */
export function dateCohorts(
  transitions: readonly Transition[],
  { engine, fitted, now }: { readonly engine: Engine; readonly fitted: FittedModel; readonly now: number },
): Transition[] {
  const reached = engine.tasks.outcomesReached(fitted.counting, now);
  const expireAfter = fitted.counting.outcomes?.expireAfter ?? 0;
  return transitions.map((transition) => {
    const known = Math.min(reached, transition.at + expireAfter);
    return { ...transition, known: Math.max(transition.at, known) };
  });
}
