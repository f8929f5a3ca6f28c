import { ownClasses } from "./classes.ts";
import { fixed } from "./outcomes.ts";

/*
 * `classwise`, of labels of a model that gives a probability to each of many classes: how every one of them met the truth, in
 * equal-width bins. Only of the classes with a row of their own (classes.ts); sums are integers as those of `outcomes`.
 */
export const CLASSWISE = {
  bins: 15,
  /** Slots of one bin: labels of the class, the sum of p, and that of p (1 - p). */
  perBin: { positives: 0, probability: 1, variance: 2, length: 3 },
  /** In front of the bins: labels with probabilities, and the sum of -ln of the one that was given to what came. */
  n: 0,
  logLoss: 1,
  head: 2,
} as const;

/** Probabilities are kept to a 65,535th, three to a number that a double holds exactly. */
const STEPS = 2 ** 16 - 1;
const PER_FIELD = 3;

/** Length of a section. */
export function classwiseLength(classes: number): number {
  return CLASSWISE.head + ownClasses(classes) * CLASSWISE.bins * CLASSWISE.perBin.length;
}

/** Where the slots of a class and bin begin. */
export function classwiseSlot(one: number, bin: number): number {
  return CLASSWISE.head + (one * CLASSWISE.bins + bin) * CLASSWISE.perBin.length;
}

/** How many numbers keep the probabilities of so many classes. */
export function keptFields(classes: number): number {
  return Math.ceil(ownClasses(classes) / PER_FIELD);
}

/** The probability as it is kept; what is missing, or none, is 0. */
export function keptProbability(p: number): number {
  return p > 0 && p <= 1 ? Math.round(p * STEPS) / STEPS : 0;
}

/** Field `field` of what keeps them: three classes, of which those behind the last have 0. */
export function packProbabilities(probabilities: Float64Array, field: number): number {
  let packed = 0;
  for (let place = PER_FIELD - 1; place >= 0; place -= 1) {
    const one = field * PER_FIELD + place;
    const kept = one < probabilities.length ? keptProbability(probabilities[one]) : 0;
    packed = packed * (STEPS + 1) + Math.round(kept * STEPS);
  }
  return packed;
}

/** The inverse: writes those of the field's classes that `into` has room for. */
export function unpackProbabilities(packed: number, field: number, into: Float64Array): void {
  let rest = packed;
  for (let place = 0; place < PER_FIELD; place += 1) {
    const one = field * PER_FIELD + place;
    if (one < into.length) into[one] = (rest % (STEPS + 1)) / STEPS;
    rest = Math.floor(rest / (STEPS + 1));
  }
}

/** Counts one label in the section that begins at `offset`; `truth` is a code. Sign -1 takes it back. */
export function addClasswise(
  section: Float64Array,
  offset: number,
  label: { readonly probabilities: Float64Array; readonly truth: number; readonly sign: 1 | -1 },
): void {
  const { probabilities, truth, sign } = label;
  const { bins, perBin } = CLASSWISE;
  let rest = 1;
  for (let one = 0; one < probabilities.length; one += 1) {
    const p = probabilities[one];
    const at = offset + classwiseSlot(one, Math.min(bins - 1, Math.floor(p * bins)));
    if (one === truth) section[at + perBin.positives] += sign;
    section[at + perBin.probability] += sign * fixed(p);
    section[at + perBin.variance] += sign * fixed(p * (1 - p));
    rest -= p;
  }
  // What has no row of its own was given what the others leave.
  const given = truth < probabilities.length ? probabilities[truth] : rest;
  section[offset + CLASSWISE.n] += sign;
  section[offset + CLASSWISE.logLoss] += sign * fixed(-Math.log(Math.min(1, Math.max(0.5 / STEPS, given))));
}
