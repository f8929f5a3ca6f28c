import { DAY } from "../../config/quantity.ts";
import type { Model, Rule } from "../../rules/model.ts";
import type { Alert } from "../../verdict/alert.ts";
import type { Episode } from "../replay/episodes.ts";
import type { Fault } from "./fault.ts";

/** Why an alert fired, as far as anybody can know. */
export interface Cause {
  readonly kind: "fault" | "real" | "chance";
  /** Name of the fault. */
  readonly fault?: string;
  /** One lower-case phrase. */
  readonly reason: string;
}

export interface CauseOptions {
  readonly faults: readonly Fault[];
  readonly model: Model;
  /** All episodes of the run, to see whether windows that share no data agree. */
  readonly episodes: readonly Episode[];
  readonly budgetedSeries: number;
  /** Length of the run, ms of event time. */
  readonly duration: number;
}

/** An alert that chance gives fewer times than this in a whole run is not put down to chance. */
const RARE = 0.05;
const OUTCOME_MEASURES: ReadonlySet<string> = new Set(["ece", "brier", "spiegelhalter", "accuracy"]);

/** The demo's columns that do not follow from each other: distance and score follow from the two airports. */
const FREE_COLUMNS: ReadonlySet<string> = new Set(["origin", "destination", "delay"]);

/**
 * A fault is the cause if it can move this very series (`Fault.moves`) and the first window that was judged guilty holds
 * its data. Else the flights themselves have changed, if a plain limit was passed, if windows without common data agree, if
 * a column that does not follow from this one fired over the same hours, or if chance would hardly give such a p anywhere
 * in the run. What is left may be chance.
 */
export function findCause(episode: Episode, options: CauseOptions): Cause {
  const { alert } = episode;
  const { model, episodes } = options;
  const rule = ruleOf(alert, model);
  const fault = faultOf(episode, options);
  if (fault) return { kind: "fault", fault: fault.name, reason: fault.description };
  if (rule === undefined || rule.limit.kind !== "atLeast" || alert.score.p === undefined) {
    return { kind: "real", reason: "a plain limit was passed, as counted" };
  }
  if (hasIndependentWitness(episode, rule, episodes)) {
    return { kind: "real", reason: "windows that share no flights agree" };
  }
  const witness = episodes.find(
    (other) => isFreeWitness(other, { episode, rule }) && faultOf(other, options) === undefined,
  );
  if (witness) {
    return {
      kind: "real",
      reason: `${witness.alert.column} of the same hours agrees (${witness.alert.alert})`,
    };
  }
  const looks = (options.duration / rule.window.every) * options.budgetedSeries;
  const expected = (alert.score.p * looks) / (Math.ceil(rule.for / rule.window.every) + 1);
  if (expected < RARE) {
    return { kind: "real", reason: `chance gives ${expected.toExponential(0)} of these in the run` };
  }
  return { kind: "chance", reason: "one window only, and not rarer than chance allows" };
}

function ruleOf(alert: Alert, model: Model): Rule | undefined {
  return model.rules.find((candidate) => candidate.alert === alert.alert);
}

function faultOf(episode: Episode, { faults, model }: CauseOptions): Fault | undefined {
  const rule = ruleOf(episode.alert, model);
  return faults.find(
    (candidate) => candidate.moves(episode.alert) && holdsData(candidate, { episode, rule, model }),
  );
}

/** Whether the windows of an alert's first significant evaluation hold data from the time of the fault. */
function holdsData(
  fault: Fault,
  { episode, rule, model }: { episode: Episode; rule: Rule | undefined; model: Model },
): boolean {
  const held = rule?.for ?? 0;
  return episode.from - held > fault.from && episode.from - reachOf(rule, model) < fault.to;
}

/** How far back a verdict looks: its window; for outcomes the cohort and the time that labels take to mature. */
function reachOf(rule: Rule | undefined, model: Model): number {
  if (rule === undefined) return 0;
  if (!OUTCOME_MEASURES.has(rule.measure)) return rule.window.size;
  return model.labels.cohort + (model.labels.matureAfter ?? DAY);
}

/** The same series fired so long, or again so much later within the same day, that the windows have nothing in common. */
function hasIndependentWitness(episode: Episode, rule: Rule, episodes: readonly Episode[]): boolean {
  // It fires `for` after the first guilty window, and resolves keepFiringFor after the first calm one.
  const first = episode.from - rule.for;
  const last = episode.to - rule.keepFiringFor - rule.window.every;
  if (last - first >= rule.window.size) return true;
  const apart = rule.window.size + rule.for;
  const near = Math.max(DAY, 2 * rule.window.size);
  return episodes.some((other) => {
    const distance = Math.abs(other.from - episode.from);
    return (
      other !== episode && sameSeries(other.alert, episode.alert) && distance >= apart && distance <= near
    );
  });
}

/** Another free column that chance was asked about fired, of the same version and segment, while the windows overlapped. */
function isFreeWitness(other: Episode, { episode, rule }: { episode: Episode; rule: Rule }): boolean {
  const { alert } = episode;
  return (
    other.alert.score.p !== undefined &&
    other.alert.column !== alert.column &&
    FREE_COLUMNS.has(other.alert.column ?? "") &&
    FREE_COLUMNS.has(alert.column ?? "") &&
    other.alert.version === alert.version &&
    other.alert.segment === alert.segment &&
    Math.abs(other.from - episode.from) < rule.window.size
  );
}

function sameSeries(a: Alert, b: Alert): boolean {
  return a.alert === b.alert && a.column === b.column && a.version === b.version && a.segment === b.segment;
}
