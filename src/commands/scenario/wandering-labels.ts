import { fallback } from "../../reference/calibration.ts";
import { scoredPart } from "../../reference/label-ruler.ts";
import type { Reference } from "../../reference/reference.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { LEAST_WINDOWS } from "../../statistics/calibration.ts";
import type { Calibration } from "../../statistics/calibration.ts";
import { prepareResiduals } from "../../statistics/residuals.ts";
import { columnRandom } from "./declared-columns.ts";
import type { DrawnSegment } from "./drawn-segments.ts";
import type { LabelEffect } from "./scenario.ts";

/**
 * What the truth does by itself from cohort to cohort, at the same scores: its log-odds move so far that the mean residuals of drawn
 * cohorts vary as those of the reference's own (their deff), and remember the last cohort as theirs do (their tau).
 */
export interface WanderingLabels {
  /** Of the cohort that starts at `start`, ms; cohorts are asked for in order of time. [] where nobody knows of any. */
  effectsOn(segment: DrawnSegment, start: number): readonly LabelEffect[];
}

/** How much the log-odds move: their standard deviation, and what a cohort remembers of the last one, 0 to 1. */
interface LabelUnrest {
  readonly spread: number;
  readonly memory: number;
}

export function openWanderingLabels({
  fitted,
  seed,
}: {
  readonly fitted: FittedModel;
  readonly seed: number;
}): WanderingLabels {
  const { reference } = fitted;
  const cohort = fitted.counting.outcomes?.cohort ?? Number.NaN;
  const whole = labelUnrestOf(reference, 0);
  if (whole === undefined) return { effectsOn: () => [] };
  const open = (name: string): ((start: number) => number) => openWalk({ ...whole, cohort, seed, name });
  const ofWhole = open("labels");
  const known = new Map<string, (start: number) => number>();
  const walkOf = (name: string): ((start: number) => number) => {
    const position = reference.segments.findIndex((segment) => segment.name === name);
    const own = position <= 0 ? undefined : labelUnrestOf(reference, position);
    if (own === undefined) return (start) => whole.spread * ofWhole(start);
    // What moves all rows moves those of the segment, too; the rest is its own.
    const common = own.spread === 0 ? 1 : Math.min(1, (whole.spread / own.spread) ** 2);
    const alone = open(`labels ${name}`);
    return (start) =>
      own.spread * (Math.sqrt(common) * ofWhole(start) + Math.sqrt(1 - common) * alone(start));
  };
  return {
    effectsOn({ name }, start) {
      const walk = known.get(name) ?? walkOf(name);
      known.set(name, walk);
      const offset = walk(start);
      // The mean of logistic(x + s G) is about logistic(x / sqrt(1 + pi s^2 / 8)): rates keep theirs on the whole.
      const slope = Math.sqrt(1 + (Math.PI * whole.spread ** 2) / 8);
      return offset === 0 ? [] : [{ kind: "miscalibrate", slope, offset }];
    },
  };
}

/** A standard normal for every cohort, each of which remembers the last. */
function openWalk(of: {
  readonly memory: number;
  readonly cohort: number;
  readonly seed: number;
  readonly name: string;
}): (start: number) => number {
  const { memory, cohort, seed, name } = of;
  const random = columnRandom(seed, name);
  let at = Number.NaN;
  let value = 0;
  return (start) => {
    if (start === at) return value;
    const kept = Number.isNaN(at) ? 0 : memory ** Math.round((start - at) / cohort);
    value = kept * value + Math.sqrt(1 - kept * kept) * random.normal();
    at = start;
    return value;
  };
}

const LARGEST_SPREAD = 3;
/** Of a smaller deff the memory is no more than a guess. */
const LOUD = 1.5;

/** Undefined where the reference knows too few cohorts, says that its rows owe nothing to each other, or has no score. */
function labelUnrestOf(
  { segments, columns, independent }: Reference,
  position: number,
): LabelUnrest | undefined {
  const [{ outcome: parent }] = segments;
  const outcome = segments[position].outcome;
  if (independent || parent === undefined || outcome === undefined) return undefined;
  const calibration =
    position > 0 && outcome.calibration.k < LEAST_WINDOWS
      ? fallback(outcome.calibration, parent.calibration)
      : outcome.calibration;
  if (calibration.k < LEAST_WINDOWS || !(calibration.meanRows > 0)) return undefined;
  const { bands, squares } = prepareResiduals(scoredPart(columns, outcome.counts));
  // A change of the log-odds changes a rate by so much.
  let steepness = 0;
  let labels = 0;
  for (let band = 0; band < bands.size; band += 1) {
    const n = bands.n[band];
    if (n === 0) continue;
    const rate = bands.positives[band] / n;
    steepness += n * rate * (1 - rate);
    labels += n;
  }
  const overall = bands.size;
  const deff = calibration.share.deff[overall] ?? 1;
  // deff = 1 + (variance that the labels of a cohort share) * n / sigma^2.
  const variance = (squares[overall] * (deff - 1)) / calibration.meanRows;
  if (!(variance > 0) || steepness === 0) return undefined;
  const spread = Math.min(LARGEST_SPREAD, (Math.sqrt(variance) * labels) / steepness);
  return { spread, memory: memoryIn(calibration, overall) };
}

/** As overdispersion.ts has it of windows: runs of cohorts vary (1 + memory) / (1 - memory) times as much. */
function memoryIn({ share, k }: Calibration, overall: number): number {
  const deff = share.deff[overall];
  if (deff <= LOUD) return 0;
  const found = Math.max(1, Math.min(share.tau[overall], k / (share.nu[overall] + 1)));
  const lasting = 1 + ((found - 1) * deff) / (deff - 1);
  return (lasting - 1) / (lasting + 1);
}
