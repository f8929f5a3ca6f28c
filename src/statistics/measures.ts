import type { Measure } from "./measure.ts";
import { accuracy } from "./measures/accuracy.ts";
import { brier } from "./measures/brier.ts";
import { chi2 } from "./measures/chi2.ts";
import { ece } from "./measures/ece.ts";
import { freshness } from "./measures/freshness.ts";
import { invalid } from "./measures/invalid.ts";
import { js } from "./measures/js.ts";
import { ks } from "./measures/ks.ts";
import { missing } from "./measures/missing.ts";
import { novel } from "./measures/novel.ts";
import { psi } from "./measures/psi.ts";
import { spiegelhalter } from "./measures/spiegelhalter.ts";
import { volume } from "./measures/volume.ts";

/** Every measure. Adding one is a file, a line here and an oracle test. */
export const MEASURES: readonly Measure[] = [
  psi,
  ks,
  js,
  chi2,
  missing,
  novel,
  invalid,
  volume,
  freshness,
  ece,
  brier,
  spiegelhalter,
  accuracy,
];

/** The measure of that name, as rule files spell it. */
export function measureNamed(name: string): Measure | undefined {
  return MEASURES.find((measure) => measure.name === name);
}
