import { sumOf } from "../counts/vector.ts";
import { readBands } from "../statistics/band-sums.ts";
import type { Calibration, Dispersion } from "../statistics/calibration.ts";
import { prepareResiduals, residualsOf } from "../statistics/residuals.ts";
import type { ResidualRuler, Residuals } from "../statistics/residuals.ts";
import { noDispersion } from "./calibration.ts";
import { blocksOf, disperse } from "./dispersion.ts";
import type { Blocks } from "./dispersion.ts";

/** A cohort with fewer labels takes no part. */
const LEAST_LABELS = 50;

interface ReferenceCohorts {
  /** The reference's whole section, of the `outcomes` kind. */
  readonly section: Float64Array;
  /** ms. */
  readonly size: number;
  /** Start of each cohort, ms, ascending; and its band slots. */
  readonly starts: Float64Array;
  readonly slots: readonly Float64Array[];
  /** Declared: rows are shuffled or sampled. */
  readonly independent: boolean;
}

/**
 * How much the residuals of labels (statistics/residuals.ts) vary between the reference's own cohorts: each is held against
 * the rest of the reference, z = difference of the mean residuals / sqrt(sigma^2 (1/n + 1/rest)). One scale only, so both are
 * the same. `counts` are labels by entry of the residuals, `n` all of them.
 */
export function calibrateOutcomes(cohorts: ReferenceCohorts): Calibration {
  const { section, size, starts, slots, independent } = cohorts;
  const ruler = prepareResiduals(section);
  const { bands } = ruler;
  const own = slots.map((one) => residualsOf(ruler, readBands(one, bands.size)));
  const usable = own.flatMap(({ n }, cohort) => (n[bands.size] >= LEAST_LABELS ? [cohort] : []));
  const counts = new Float64Array(bands.size + 2);
  for (const cohort of usable) for (const [e, n] of own[cohort].n.entries()) counts[e] += n;
  const blocks = blocksOf({ windowStart: starts, windowSize: size }, usable);
  const dispersion = independent
    ? noDispersion(counts.length)
    : dispersionOf({ ruler, cohorts: usable.map((cohort) => own[cohort]), blocks });
  const n = independent ? sumOf(bands.n) : counts[bands.size];
  return {
    signal: "outcomes",
    windowSize: size,
    k: usable.length,
    blocks: independent ? usable.length : blocks.count,
    n,
    meanRows: usable.length === 0 ? 0 : n / usable.length,
    counts,
    share: dispersion,
    logit: dispersion,
  };
}

/** Of labels that nobody holds against chance. */
export function noCalibration(): Calibration {
  const none = noDispersion(0);
  return {
    signal: "outcomes",
    windowSize: 0,
    k: 0,
    blocks: 0,
    n: 0,
    meanRows: 0,
    counts: new Float64Array(0),
    share: none,
    logit: none,
  };
}

interface Dispersing {
  readonly ruler: ResidualRuler;
  readonly cohorts: readonly Residuals[];
  readonly blocks: Blocks;
}

function dispersionOf({ ruler, cohorts, blocks }: Dispersing): Dispersion {
  const { length } = ruler.squares;
  const found = {
    deff: new Float64Array(length).fill(1),
    nu: new Float64Array(length).fill(1),
    tau: new Float64Array(length).fill(1),
  };
  for (let e = 0; e < length; e += 1) {
    // A cohort without labels in the band says nothing of it.
    const asked = cohorts.flatMap((cohort, i) => {
      const z = rootOf(ruler, cohort, e);
      return Number.isNaN(z) ? [] : [{ z, block: blocks.of[i] }];
    });
    if (asked.length < 2) continue;
    const { deff, nu, tau } = disperse(
      Float64Array.from(asked, ({ z }) => z),
      { of: Int32Array.from(asked, ({ block }) => block), count: blocks.count },
    );
    found.deff[e] = deff;
    found.nu[e] = nu;
    found.tau[e] = tau;
  }
  return found;
}

/** The signed root of one cohort against the rest of the reference; NaN where one of the two has no labels. */
function rootOf({ residuals, squares }: ResidualRuler, cohort: Residuals, e: number): number {
  const n = cohort.n[e];
  const rest = residuals.n[e] - n;
  if (n === 0 || rest <= 0 || !(squares[e] > 0)) return Number.NaN;
  const difference = cohort.sum[e] / n - (residuals.sum[e] - cohort.sum[e]) / rest;
  return difference / Math.sqrt(squares[e] * (1 / n + 1 / rest));
}
