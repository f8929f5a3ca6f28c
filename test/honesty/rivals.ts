import { BINS_TAIL } from "../../src/counts/tails.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import { refOf } from "../../src/reference/series.ts";
import { chi2Tail } from "../../src/statistics/distributions.ts";
import { chi2 } from "../../src/statistics/measures/chi2.ts";
import { ks } from "../../src/statistics/measures/ks.ts";
import { psi } from "../../src/statistics/measures/psi.ts";
import { INACTIVE, step, type Verdict } from "../../src/verdict/verdict.ts";
import type { SeenPane } from "./month.ts";

/** What else is in use: each says of a window whether it would alarm. */
export interface Rivals {
  /** The textbook's test at p < .05, rows taken for independent: KS of numbers, chi-square of the rest. */
  readonly plain: (section: Float64Array) => boolean;
  /** PSI over deciles or categories, at .1. */
  readonly psi: (section: Float64Array) => boolean;
  /** Chi-square over its own mean in the reference's windows, at the given level. */
  readonly scaled: (section: Float64Array) => boolean;
}

export type RivalName = keyof Rivals;
export const RIVAL_NAMES: readonly RivalName[] = ["plain", "psi", "scaled"];

/** Learns the one factor by which chi-square is too large in the reference's own windows. */
export function createRivals(ref: SeriesRef, windows: readonly Float64Array[], level: number): Rivals {
  const perFreedom = windows.map((section) => {
    const { value = 0, extras } = chi2.score(ref, section);
    return value / Number(extras?.df ?? 1);
  });
  const inflation = Math.max(1, perFreedom.reduce((sum, one) => sum + one, 0) / windows.length);
  return {
    plain: (section) =>
      Number((ref.kind === "bins" ? ks : chi2).score(ref, section).extras?.pIid ?? 1) < 0.05,
    psi: (section) => (psi.score(ref, section).value ?? 0) >= 0.1,
    scaled: (section) => {
      const { value = 0, extras } = chi2.score(ref, section);
      return chi2Tail(value / inflation, Number(extras?.df ?? 1)) <= level;
    },
  };
}

/** Entries into firing of each rival on a stream of panes, under the same waits as the rule beside it. */
export class RivalWatch {
  readonly alarms = new Map<RivalName, number>(RIVAL_NAMES.map((name) => [name, 0]));
  readonly #panes: Float64Array[] = [];
  readonly #most: number;
  readonly #patience: { readonly evaluations: number; readonly keepFiringFor: number };
  #end = 0;
  #series: WatchedSeries[] | undefined;
  #sums: Float64Array | undefined;

  /** `most` panes make a window; `keepFiringFor` in panes. */
  constructor(options: { most: number; evaluations: number; keepFiringFor: number }) {
    this.#most = options.most;
    this.#patience = options;
  }

  see({ vector, offsets, learnt }: SeenPane): void {
    this.#series ??= learnt.map(({ described, counts, sections }, c) => {
      const ref = refOf(described, counts);
      const length = (described.grid?.edges.length ?? 0) + 1 + BINS_TAIL.length;
      const start = offsets[c];
      return { start, length, rivals: createRivals(ref, sections, 1e-5), verdicts: new Map() };
    });
    this.#sums ??= new Float64Array(vector.length);
    const sums = this.#sums;
    this.#panes.push(vector.slice());
    for (let i = 0; i < sums.length; i += 1) sums[i] += vector[i];
    const gone = this.#panes.length > this.#most ? this.#panes.shift() : undefined;
    if (gone !== undefined) for (let i = 0; i < sums.length; i += 1) sums[i] -= gone[i];
    this.#end += 1;
    if (this.#panes.length === this.#most) for (const series of this.#series) this.#judge(series, sums);
  }

  #judge({ start, length, rivals, verdicts }: WatchedSeries, sums: Float64Array): void {
    const section = sums.subarray(start, start + length);
    for (const name of RIVAL_NAMES) {
      const seen = rivals[name](section) ? "significant" : "calm";
      const { verdict, transition } = step(verdicts.get(name) ?? INACTIVE, seen, this.#end, this.#patience);
      verdicts.set(name, verdict);
      if (transition === "firing") this.alarms.set(name, (this.alarms.get(name) ?? 0) + 1);
    }
  }
}

interface WatchedSeries {
  readonly start: number;
  readonly length: number;
  readonly rivals: Rivals;
  readonly verdicts: Map<RivalName, Verdict>;
}
