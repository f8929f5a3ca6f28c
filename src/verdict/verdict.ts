/** What a rule says of one series, and since when. Times are ms since the epoch. */
export interface Verdict {
  readonly state: "inactive" | "pending" | "firing";
  /** Consecutive significant evaluations. */
  readonly run: number;
  /** Pane end of the first evaluation of the run; kept while the alert fires. */
  readonly since: number;
  /** While firing: pane end of the first calm evaluation since the last significant one; NaN if there is none. */
  readonly calmSince: number;
}

/** What one evaluation saw. `absent`: too few, too variable, no data, undefined, no reference. */
export type Observation = "significant" | "calm" | "absent";

export interface Step {
  readonly verdict: Verdict;
  readonly transition?: "firing" | "resolved";
  readonly reason?: string;
}

/** How long a rule waits, in evaluations and ms. */
export interface Patience {
  /** Consecutive significant evaluations before firing: ceil(for / every) + 1. */
  readonly evaluations: number;
  readonly keepFiringFor: number;
}

export const INACTIVE: Verdict = {
  state: "inactive",
  run: 0,
  since: Number.NaN,
  calmSince: Number.NaN,
};

/**
 * One evaluation of one series, at a pane's end in event time (ms): inactive -> pending -> firing -> inactive. Evaluations
 * that cannot say anything reset pending and leave firing as it is (STREAMING 29, SIGNIFICANCE 4).
 */
export function step(verdict: Verdict, observation: Observation, paneEnd: number, patience: Patience): Step {
  if (observation === "significant") return stepSignificant(verdict, paneEnd, patience);
  if (verdict.state !== "firing") return { verdict: INACTIVE };
  if (observation === "absent") return { verdict };
  const calmSince = Number.isNaN(verdict.calmSince) ? paneEnd : verdict.calmSince;
  if (paneEnd - calmSince >= patience.keepFiringFor) {
    return { verdict: INACTIVE, transition: "resolved", reason: "back within its limit" };
  }
  return { verdict: { ...verdict, run: 0, calmSince } };
}

function stepSignificant(verdict: Verdict, paneEnd: number, patience: Patience): Step {
  const run = verdict.run + 1;
  if (verdict.state === "firing") return { verdict: { ...verdict, run, calmSince: Number.NaN } };
  const since = verdict.run === 0 ? paneEnd : verdict.since;
  if (run < patience.evaluations) {
    return { verdict: { state: "pending", run, since, calmSince: Number.NaN } };
  }
  const next: Verdict = { state: "firing", run, since, calmSince: Number.NaN };
  return { verdict: next, transition: "firing", reason: "limit passed" };
}
