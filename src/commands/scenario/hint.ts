import { formatDuration } from "../../config/quantity.ts";
import { fitModel } from "../../rules/fitted-model.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { Rule } from "../../rules/model.ts";
import { findProblems, isMeant, occasionOf } from "./expectation.ts";
import { firingsOf } from "./firing.ts";
import type { Expectation, Synthetic } from "./scenario.ts";
import { simulate } from "./simulation.ts";

/** Another way to write a rule. */
interface Variant {
  readonly rule: Rule;
  /** As it would stand in the rule file. */
  readonly text: string;
}

/** A story of more panes is not played again with every variant. */
const MOST_PANES = 5_000;

/**
 * What would have fired in time: the rule by smaller segments, over other windows that the reference is calibrated for, or without
 * waiting, each played once. Answers the first that meets the expectation, else the one that fires soonest, if any fires sooner
 * than now; undefined where none does.
 */
export async function findHint(options: {
  readonly fitted: FittedModel;
  readonly story: Synthetic;
  readonly seed: number;
  readonly expectation: Expectation;
  /** When it fired as it is, ms since the epoch; Infinity where it did not. */
  readonly fired: number;
  /** Told how much of a playing is done, 0 to 1. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}): Promise<string | undefined> {
  const { fitted, story, seed, expectation, fired, onProgress, signal } = options;
  const rule = fitted.model.rules.find(({ alert }) => alert === expectation.alert);
  if (rule === undefined || story.lasts / fitted.counting.pane > MOST_PANES) return undefined;
  const occasion = occasionOf({ kind: "synthetic", ...story });
  let soonest = { at: fired, text: "" };
  for (const variant of variantsOf(rule, fitted)) {
    const rules = fitted.model.rules.map((one) => (one === rule ? variant.rule : one));
    const varied = fitModel({
      model: { ...fitted.model, rules },
      reference: fitted.reference,
      hasLabels: fitted.labels !== undefined,
    });
    const firings = firingsOf(await simulate({ fitted: varied, story, seed, onProgress, signal }));
    if (findProblems([expectation], firings, occasion).length === 0) return `try ${variant.text}`;
    const meant = firings.filter((firing) => isMeant(firing, expectation) && firing.from >= occasion.change);
    const at = Math.min(...meant.map(({ from }) => from));
    if (at < soonest.at) soonest = { at, text: variant.text };
  }
  if (soonest.text === "") return undefined;
  return `${soonest.text} would fire after ${formatDuration(soonest.at - occasion.change)}`;
}

function variantsOf(rule: Rule, { model, reference }: FittedModel): Variant[] {
  const smaller = model.segmentBy
    .map((keys) => [...new Set([...rule.by, ...keys])])
    .filter((by) => by.length > rule.by.length && rule.by.every((key) => key === "version"))
    .map((by): Variant => ({ rule: { ...rule, by }, text: `by: [${by.join(", ")}]` }));
  const { size, every } = rule.window;
  const others = reference.windowSizes
    .filter((other) => other !== size && other % every === 0)
    .map((other): Variant => {
      return {
        rule: { ...rule, window: { size: other, every } },
        text: `window: { size: ${formatDuration(other)} }`,
      };
    });
  const hasty: Variant[] = rule.for === 0 ? [] : [{ rule: { ...rule, for: 0 }, text: "for: 0m" }];
  return [...smaller, ...others, ...hasty];
}
