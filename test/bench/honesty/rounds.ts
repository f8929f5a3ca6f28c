import type { Trust } from "../../../src/statistics/score.ts";
import { judgeCell, judging, LEAST_REFERENCES, type CellVerdict } from "../../honesty/acceptance.ts";
import { ratioOf, type Outcome } from "../../honesty/marginal.ts";

export const LEVELS = [1e-2, 1e-3, 1e-4];
/** The level at which the standard error is held to MOST_ERROR (SIGNIFICANCE 8). */
const LEVEL = 1e-3;
const PLACE = LEVELS.indexOf(LEVEL);
export const MOST_ERROR = 0.15;

/** References of one cell, drawn until enough is known of those of one trust. */
export interface Rounds {
  /** Draws so many more references; `only`: windows are held against references of this trust, the others are counted. */
  readonly draw: (round: {
    readonly drawn: number;
    readonly references: number;
    readonly only?: Trust | undefined;
  }) => ReadonlyMap<Trust, Outcome>;
  readonly wanted: Trust;
  /** References of the first round, all of which are judged, and most in all. */
  readonly first: number;
  readonly most: number;
  /** References to judge before an error is believed: of fewer, the rare one that alarms all the time may well be missing. */
  readonly least: number;
}

/** What became of the references of one trust. */
export interface DrawnCell extends CellVerdict {
  readonly trust: Trust;
  /** Of any trust. */
  readonly references: number;
  /** The share of them that has this trust, and the share of their windows that was judged. */
  readonly share: number;
  readonly judged: number;
  /** Whether the error at 1e-3 is at most MOST_ERROR. */
  readonly isKnown: boolean;
}

/** Each round doubles what was drawn: to look more often would be to stop at a lucky moment. */
export function drawInRounds({ draw, wanted, first, most, least }: Rounds): DrawnCell[] {
  const isEnough = wanted === "promised" ? isKnown : hasError;
  let references = first;
  let outcomes = draw({ drawn: 0, references });
  while (references < most && !isEnough(outcomes.get(wanted), least)) {
    const more = Math.min(references, most - references);
    outcomes = merge(outcomes, draw({ drawn: references, references: more, only: wanted }));
    references += more;
  }
  // References of another trust than is wanted are but counted in later rounds.
  return [...outcomes].flatMap(([trust, outcome]) =>
    outcome.windows === 0 ? [] : [describe(trust, outcome, references)],
  );
}

function describe(trust: Trust, outcome: Outcome, references: number): DrawnCell {
  return {
    trust,
    references,
    share: outcome.references / references,
    judged: outcome.judged / outcome.windows,
    isKnown: errorOf(outcome) <= MOST_ERROR,
    ...judgeCell(outcome, LEVELS),
  };
}

function isKnown(outcome: Outcome | undefined, least: number): boolean {
  if (outcome === undefined) return false;
  if (outcome.judged === 0) return outcome.references >= least;
  return judging(outcome) >= least && errorOf(outcome) <= MOST_ERROR;
}

/** Of what is not promised. */
function hasError(outcome: Outcome | undefined, least: number): boolean {
  if (outcome === undefined) return true;
  return outcome.judged === 0 ? outcome.references >= least : judging(outcome) >= LEAST_REFERENCES;
}

/** The standard error at LEVEL; of few windows not less than what one alarm more would add to the ratio. */
function errorOf(outcome: Outcome): number {
  if (outcome.judged === 0) return Number.POSITIVE_INFINITY;
  const { error } = ratioOf(outcome, PLACE, LEVEL);
  return Math.max(error, 1 / (outcome.judged * LEVEL));
}

function merge(
  before: ReadonlyMap<Trust, Outcome>,
  more: ReadonlyMap<Trust, Outcome>,
): ReadonlyMap<Trust, Outcome> {
  const merged = new Map(before);
  for (const [trust, added] of more) {
    const known = before.get(trust);
    merged.set(trust, known === undefined ? added : join(known, added));
  }
  return merged;
}

function join(one: Outcome, other: Outcome): Outcome {
  return {
    references: one.references + other.references,
    windows: one.windows + other.windows,
    judged: one.judged + other.judged,
    judgedOf: [...one.judgedOf, ...other.judgedOf],
    alarms: one.alarms.map((alarms, i) => [...alarms, ...other.alarms[i]]),
  };
}
