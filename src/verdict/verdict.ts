/** What a rule says of one series, and since when. Times are ms since the epoch. */
export interface Verdict {
  readonly state: "inactive" | "pending" | "firing";
  /** Consecutive significant evaluations. */
  readonly run: number;
  /** Pane end of the first evaluation of the run, and of the alert once it fires: its startsAt. */
  readonly since: number;
  /** While firing: pane end of the first calm evaluation since the last significant one; NaN if there is none. */
  readonly calmSince: number;
  /** Wall clock of the last evaluation that could say something. */
  readonly judgedAt: number;
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
  judgedAt: Number.NaN,
};

/**
 * One evaluation of one series: inactive -> pending -> firing -> inactive. `paneEnd` is event time, `now` the wall clock.
 * Evaluations that cannot say anything reset pending and leave firing as it is, until for keepFiringFor of wall time
 * nothing could be said: then the alert resolves for want of data (STREAMING 29, SIGNIFICANCE 4).
 */
export function step(
  verdict: Verdict,
  observation: Observation,
  at: { readonly paneEnd: number; readonly now: number },
  patience: Patience,
): Step {
  if (observation === "absent") return stepAbsent(verdict, at.now, patience);
  if (observation === "significant") return stepSignificant(verdict, at, patience);
  return stepCalm(verdict, at, patience);
}

function stepSignificant(
  verdict: Verdict,
  at: { readonly paneEnd: number; readonly now: number },
  patience: Patience,
): Step {
  if (verdict.state === "firing") {
    return { verdict: { ...verdict, run: verdict.run + 1, calmSince: Number.NaN, judgedAt: at.now } };
  }
  const run = verdict.run + 1;
  const since = verdict.run === 0 ? at.paneEnd : verdict.since;
  const fires = run >= patience.evaluations;
  const next: Verdict = {
    state: fires ? "firing" : "pending",
    run,
    since,
    calmSince: Number.NaN,
    judgedAt: at.now,
  };
  return fires ? { verdict: next, transition: "firing", reason: "limit passed" } : { verdict: next };
}

function stepCalm(
  verdict: Verdict,
  at: { readonly paneEnd: number; readonly now: number },
  patience: Patience,
): Step {
  if (verdict.state !== "firing") {
    return { verdict: verdict.state === "inactive" ? verdict : INACTIVE };
  }
  const calmSince = Number.isNaN(verdict.calmSince) ? at.paneEnd : verdict.calmSince;
  if (at.paneEnd - calmSince >= patience.keepFiringFor) {
    return { verdict: INACTIVE, transition: "resolved", reason: "back within its limit" };
  }
  return { verdict: { ...verdict, run: 0, calmSince, judgedAt: at.now } };
}

function stepAbsent(verdict: Verdict, now: number, patience: Patience): Step {
  if (verdict.state !== "firing") return { verdict: verdict.state === "inactive" ? verdict : INACTIVE };
  if (now - verdict.judgedAt > patience.keepFiringFor) {
    return { verdict: INACTIVE, transition: "resolved", reason: "no data" };
  }
  return { verdict };
}
