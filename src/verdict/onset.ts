/** What one pane has of a question with two answers: `cases` of `values`. */
export interface PaneCount {
  /** Start of the pane, ms. */
  readonly start: number;
  readonly cases: number;
  readonly values: number;
}

/** A share of 0 or 1 would rule out for ever what was seen once. */
const HALF_A_CASE = 0.5;

/**
 * Start of the pane from which on the share is not the reference's any more: the change point of greatest likelihood, with the
 * reference's share before it and whatever share there is after it (Hinkley, 1970). `panes` by start; `rises` says on which side
 * of the reference the share has to be. NaN where no pane holds anything, or none tells of a change to that side.
 */
export function findOnset(panes: readonly PaneCount[], share: number, rises: boolean): number {
  let onset = Number.NaN;
  let most = 0;
  let cases = 0;
  let values = 0;
  for (const pane of panes.toReversed()) {
    cases += pane.cases;
    values += pane.values;
    if (values === 0 || cases / values > share !== rises) continue;
    const likelihood = logLikelihood(cases, values, cases / values) - logLikelihood(cases, values, share);
    if (likelihood <= most) continue;
    most = likelihood;
    onset = pane.start;
  }
  return onset;
}

function logLikelihood(cases: number, values: number, share: number): number {
  const least = HALF_A_CASE / (values + 1);
  const p = Math.min(1 - least, Math.max(least, share));
  return cases * Math.log(p) + (values - cases) * Math.log1p(-p);
}
