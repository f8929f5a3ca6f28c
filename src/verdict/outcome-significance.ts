import type { Contrast } from "../statistics/contrasts.ts";
import { contrastsOf, TOO_SURE } from "../statistics/contrasts.ts";
import { studentTail } from "../statistics/distributions.ts";
import { LEAST_LABELS } from "../statistics/measure.ts";
import type { ResidualRuler } from "../statistics/residuals.ts";
import { sumOutcomes } from "../statistics/outcome-sums.ts";
import type { PreparedOutcomes } from "./prepared-outcomes.ts";
import type { Significance } from "./significance.ts";

/** A cohort's contrast with fewer effective labels in the reference's cohorts has no tail that could be trusted. */
const LEAST_EFFECTIVE = 30;

/** A contrast, and how far it is beyond chance. */
export interface JudgedContrast extends Contrast {
  /** Student's t with nu degrees of freedom under the null; above 0 where more came true than in the reference. */
  readonly r: number;
  readonly nu: number;
  readonly deff: number;
  /** Two-sided, of this contrast alone. */
  readonly p: number;
}

/** What chance says of a cohort's labels: Bonferroni's p over all contrasts (SIGNIFICANCE 6). */
export function explainOutcomes(prepared: PreparedOutcomes, section: Float64Array): Significance {
  const { status, reason, trust, trustReason } = prepared;
  const { n } = sumOutcomes(section);
  const base = { n, trust };
  if (status !== "ok") return { ...base, status, ...(reason === undefined ? {} : { reason }) };
  if (n < LEAST_LABELS) return { ...base, status: "too-few", reason: `fewer than ${LEAST_LABELS} labels` };
  const contrasts = judgeContrasts(prepared, section);
  const [largest] = contrasts;
  if (largest === undefined) {
    const isAsked = prepared.ruler !== undefined && contrastsOf(prepared.ruler, section).length > 0;
    return isAsked
      ? { ...base, status: "too-variable", reason: "cohorts of this length differ too much by themselves" }
      : { ...base, status: "too-few", reason: TOO_SURE };
  }
  const { r, nu, deff, m } = largest;
  return {
    ...base,
    status: "ok",
    ...(trustReason === undefined ? {} : { reason: trustReason }),
    p: Math.min(1, contrasts.length * largest.p),
    largest: { direction: largest.kind, r, nu, deff, neff: m / deff },
  };
}

/** The contrasts that the reference can judge, the least likely by chance first. */
export function judgeContrasts(prepared: PreparedOutcomes, section: Float64Array): JudgedContrast[] {
  const { ruler } = prepared;
  if (ruler === undefined) return [];
  return contrastsOf(ruler, section)
    .flatMap((contrast) => judgeContrast(prepared, ruler, contrast) ?? [])
    .toSorted((a, b) => a.p - b.p || Math.abs(b.r) - Math.abs(a.r));
}

function judgeContrast(
  { calibration, growsFrom, isCompared }: PreparedOutcomes,
  ruler: ResidualRuler,
  contrast: Contrast,
): JudgedContrast | undefined {
  if (calibration === undefined || growsFrom === undefined) return undefined;
  const { m, n, square, logitSquare, ease, difference } = contrast;
  const entries = entriesOf(contrast, ruler.bands.size);
  const { deff: deffs, nu: nus } = calibration.share;
  // Bands that are merged may share their shocks wholly, which then add up.
  let excess = 0;
  let usual = 0;
  let nu = Number.POSITIVE_INFINITY;
  for (const e of entries) {
    excess += deffs[e] - 1;
    usual += growsFrom[e];
    nu = Math.min(nu, nus[e]);
  }
  const known = 1 + excess;
  if (usual / known < LEAST_EFFECTIVE) return undefined;
  const growth = Math.max(1, m / usual);
  const deff = known * growth;
  const doubt = isCompared === true ? n / usual : calibration.k / (nu + 1);
  const variance = deff / m + (known * Math.max(1, doubt)) / n;
  // Shocks that multiply small shares have a constant size on the scale of log-odds only (SIGNIFICANCE 1).
  const eased = variance - ((1 - ease) * growth) / m;
  const r = Math.sqrt(Math.min(square / variance, logitSquare / eased));
  return { ...contrast, r: Math.sign(difference) * r, nu, deff, p: 2 * studentTail(r, nu) };
}

/** The residuals' entries that a contrast sums up. */
function entriesOf({ kind, from, to }: Contrast, bands: number): number[] {
  if (kind === "overall") return [bands];
  if (kind === "slope") return [bands + 1];
  return Array.from({ length: to - from }, (_, i) => from + i);
}
