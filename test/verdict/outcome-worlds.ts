import { bandStart } from "../../src/counts/score-bands.ts";
import { addInto } from "../../src/counts/vector.ts";
import { calibrateOutcomes } from "../../src/reference/outcome-calibration.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { prepareOutcomes } from "../../src/verdict/prepared-outcomes.ts";
import type { PreparedOutcomes } from "../../src/verdict/prepared-outcomes.ts";
import { referenceWith } from "../rules/fitted-fixture.ts";
import { addLabels, labelSheet } from "../statistics/labels.ts";
import type { LabelSheet } from "../statistics/labels.ts";

const DAY = 86_400_000;

/** How labels come about. */
export interface World {
  readonly sheet: LabelSheet;
  /** Labels of a cohort. */
  readonly m: number;
  /** True log-odds from those of the score: a stable model need not be calibrated. */
  readonly slope: number;
  readonly shift?: number;
  /** sd of a shock to all log-odds of a cohort, and how much of it stays for the next (AR(1)). */
  readonly shock: number;
  readonly memory?: number;
}

/** 60 scores between `low` and `high`, evenly spaced in log-odds. */
export function scoresBetween(low: number, high: number): LabelSheet {
  const from = logit(low);
  const to = logit(high);
  return labelSheet(
    Array.from({ length: 60 }, (_, i) => sigmoid(from + ((to - from) * i) / 59)),
    6,
  );
}

/** Draws cohort after cohort. */
export function cohorts(world: World, u: () => number): () => Float64Array {
  const { sheet, m, slope, shift = 0, shock, memory = 0 } = world;
  let state = shock * normal(u);
  return () => {
    const section = new Float64Array(sheet.length);
    for (const [score, p] of sheet.scores.entries()) {
      const count =
        Math.floor((m * (score + 1)) / sheet.scores.length) - Math.floor((m * score) / sheet.scores.length);
      const truth = sigmoid(slope * logit(p) + shift + state);
      addLabels(section, sheet, { score, count, positives: binomial(count, truth, u) });
    }
    state = memory * state + shock * Math.sqrt(1 - memory ** 2) * normal(u);
    return section;
  };
}

/** A reference of `k` cohorts, prepared at a level. */
export function prepareWorld(
  next: () => Float64Array,
  { k, independent = false, alpha = 1e-3 }: { k: number; independent?: boolean; alpha?: number },
): PreparedOutcomes {
  const sections = Array.from({ length: k }, () => next());
  const counts = new Float64Array(sections[0].length);
  for (const section of sections) addInto(counts, section);
  const calibration = calibrateOutcomes({
    section: counts,
    size: DAY,
    starts: Float64Array.from(sections, (_, day) => day * DAY),
    slots: sections.map((section) => section.subarray(bandStart(0))),
    independent,
  });
  const empty = referenceWith([]);
  const [all] = empty.segments;
  const reference: Reference = { ...empty, segments: [{ ...all, outcome: { counts, calibration } }] };
  return prepareOutcomes({ reference, segment: "all", cohort: DAY, alpha });
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

function normal(u: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
}

/** By inversion, from whichever end is nearer. */
function binomial(n: number, p: number, u: () => number): number {
  if (p > 0.5) return n - binomial(n, 1 - p, u);
  const odds = p / (1 - p);
  let mass = (1 - p) ** n;
  let rest = u();
  let k = 0;
  while (rest > mass && k < n) {
    rest -= mass;
    k += 1;
    mass *= (odds * (n - k + 1)) / k;
  }
  return k;
}
