import type { Measure } from "./measure.ts";
import { accuracy } from "./measures/accuracy.ts";
import { auc } from "./measures/auc.ts";
import { bias } from "./measures/bias.ts";
import { blind } from "./measures/blind.ts";
import { brier } from "./measures/brier.ts";
import { calibrationGap } from "./measures/calibration-gap.ts";
import { chi2 } from "./measures/chi2.ts";
import { classwiseEce } from "./measures/classwise-ece.ts";
import { classwiseLogloss } from "./measures/classwise-logloss.ts";
import { confidence } from "./measures/confidence.ts";
import { cvm } from "./measures/cvm.ts";
import { demographicParityDifference } from "./measures/demographic-parity-difference.ts";
import { demographicParityRatio } from "./measures/demographic-parity-ratio.ts";
import { ece } from "./measures/ece.ts";
import { eceMass } from "./measures/ece-mass.ts";
import { ecel2 } from "./measures/ecel2.ts";
import { entropy } from "./measures/entropy.ts";
import { equalOpportunityDifference } from "./measures/equal-opportunity-difference.ts";
import { equalizedOddsDifference } from "./measures/equalized-odds-difference.ts";
import { estimatedAccuracy } from "./measures/estimated-accuracy.ts";
import { estimatedAuc } from "./measures/estimated-auc.ts";
import { estimatedPrecision } from "./measures/estimated-precision.ts";
import { estimatedRecall } from "./measures/estimated-recall.ts";
import { f1 } from "./measures/f1.ts";
import { freshness } from "./measures/freshness.ts";
import { g } from "./measures/g.ts";
import { hellinger } from "./measures/hellinger.ts";
import { hosmerLemeshow } from "./measures/hosmer-lemeshow.ts";
import { invalid } from "./measures/invalid.ts";
import { js } from "./measures/js.ts";
import { labelCoverage } from "./measures/label-coverage.ts";
import { labelDelay } from "./measures/label-delay.ts";
import { kl } from "./measures/kl.ts";
import { ks } from "./measures/ks.ts";
import { linf } from "./measures/linf.ts";
import { logloss } from "./measures/logloss.ts";
import { macroF1 } from "./measures/macro-f1.ts";
import { macroPrecision } from "./measures/macro-precision.ts";
import { macroRecall } from "./measures/macro-recall.ts";
import { mae } from "./measures/mae.ts";
import { mean } from "./measures/mean.ts";
import { median } from "./measures/median.ts";
import { missing } from "./measures/missing.ts";
import { novel } from "./measures/novel.ts";
import { precision } from "./measures/precision.ts";
import { psi } from "./measures/psi.ts";
import { recall } from "./measures/recall.ts";
import { residualKs } from "./measures/residual-ks.ts";
import { residualPsi } from "./measures/residual-psi.ts";
import { rmseRatio } from "./measures/rmse-ratio.ts";
import { rmse } from "./measures/rmse.ts";
import { schemaDrift } from "./measures/schema-drift.ts";
import { sd } from "./measures/sd.ts";
import { selectionRate } from "./measures/selection-rate.ts";
import { spiegelhalter } from "./measures/spiegelhalter.ts";
import { uniqueness } from "./measures/uniqueness.ts";
import { volume } from "./measures/volume.ts";
import { wasserstein } from "./measures/wasserstein.ts";

/** Every measure. Adding one is a file, a line here and an oracle test. */
export const MEASURES: readonly Measure[] = [
  psi,
  ks,
  js,
  chi2,
  g,
  kl,
  hellinger,
  linf,
  cvm,
  wasserstein,
  mean,
  sd,
  median,
  missing,
  novel,
  uniqueness,
  invalid,
  volume,
  freshness,
  blind,
  schemaDrift,
  calibrationGap,
  ece,
  eceMass,
  ecel2,
  brier,
  logloss,
  spiegelhalter,
  hosmerLemeshow,
  accuracy,
  precision,
  recall,
  f1,
  auc,
  macroPrecision,
  macroRecall,
  macroF1,
  classwiseEce,
  classwiseLogloss,
  bias,
  mae,
  rmse,
  rmseRatio,
  residualPsi,
  residualKs,
  labelCoverage,
  labelDelay,
  confidence,
  entropy,
  selectionRate,
  estimatedAccuracy,
  estimatedPrecision,
  estimatedRecall,
  estimatedAuc,
  demographicParityDifference,
  demographicParityRatio,
  equalOpportunityDifference,
  equalizedOddsDifference,
];

/** The measure of that name, as rule files spell it. */
export function measureNamed(name: string): Measure | undefined {
  return MEASURES.find((measure) => measure.name === name);
}
