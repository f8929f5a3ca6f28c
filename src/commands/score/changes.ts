import type { SeriesRef } from "../../counts/ref.ts";
import { BINS_TAIL, binsLength, CATEGORIES_TAIL } from "../../counts/tails.ts";
import { caseCount, caseTotal } from "../../statistics/cases.ts";
import type { Score } from "../../statistics/score.ts";
import { LEAST_CASES_WITHOUT_NULL } from "../../verdict/observation.ts";
import { LEVEL } from "./questions.ts";
import type { Answer } from "./questions.ts";

/** A question whose answer is more than chance, or too much for a share that had no cases before. */
export interface Change {
  readonly answer: Answer;
  /** The score that tells it best: the first of its measures that is large enough, else the first. */
  readonly score: Answer["scores"][number];
  /** P of as much by chance in any of the columns; absent where a plain limit decides. */
  readonly holm?: number;
  /**
   * `drift`: large enough to matter. `small`: no measure reaches its usual limit. `doubtful`: the reference is too short to
   * say what chance does.
   */
  readonly size: "drift" | "small" | "doubtful";
}

/** More cells than this that do not fit the column's type are a finding; the usual limit of `invalid`. */
const MOST_FAULTY = 0.01;

/** `holm`: the adjusted p of the answers that have one, over all columns. */
export function changesOf(answers: readonly Answer[], holm: ReadonlyMap<Answer, number>): Change[] {
  return answers.flatMap((answer): Change[] => {
    const { significance, scores } = answer;
    const large = scores.find(isLarge);
    const score = large ?? scores[0];
    if (significance.status !== "ok" || score === undefined) return [];
    if (significance.trust === "policy") {
      return large !== undefined && casesOf(large.score) >= LEAST_CASES_WITHOUT_NULL
        ? [{ answer, score: large, size: "drift" }]
        : [];
    }
    const p = holm.get(answer);
    if (p === undefined || p > LEVEL) return [];
    const size = significance.trust === "none" ? "doubtful" : large === undefined ? "small" : "drift";
    return [{ answer, score, holm: p, size }];
  });
}

function isLarge({ measure, score }: Answer["scores"][number]): boolean {
  return (
    measure.defaultAtLeast !== undefined &&
    score.effect !== undefined &&
    score.effect >= measure.defaultAtLeast
  );
}

function casesOf({ value = 0, n }: Score): number {
  return Math.round(value * n);
}

/** Cells of a section by what became of them. */
export interface Cells {
  /** Values. */
  readonly n: number;
  readonly missing: number;
  /** Of another type than the column's. */
  readonly faulty: number;
}

export function cellsOf(ref: SeriesRef, section: Float64Array): Cells {
  const missing = caseCount(ref, "missing", section);
  const slot =
    ref.kind === "bins"
      ? binsLength(ref.grid) - BINS_TAIL.length + BINS_TAIL.invalid
      : ref.categories.length + CATEGORIES_TAIL.invalid;
  return { n: caseTotal(ref, "missing", section) - missing, missing, faulty: section[slot] };
}

/** Whether so many more cells than in the reference do not fit the column's type that its values say little. */
export function isBroken(reference: Cells, window: Cells): boolean {
  return (
    window.faulty >= LEAST_CASES_WITHOUT_NULL && faultyShare(window) - faultyShare(reference) > MOST_FAULTY
  );
}

export function faultyShare({ n, missing, faulty }: Cells): number {
  return faulty === 0 ? 0 : faulty / (n + missing + faulty);
}
