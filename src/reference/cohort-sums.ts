import { CodedError } from "../config/coded-error.ts";
import type { Outcome } from "../counts/outcomes.ts";
import { addToBand, BAND } from "../counts/score-bands.ts";

/** What all cohorts of one reference may take together. */
const MOST_BYTES = 1 << 29;

/** The labels of a reference by its own cohorts and segments: band slots (counts/score-bands.ts), which calibrate. */
export interface CohortSums {
  /** Length of a cohort, ms; cohorts begin at multiples of it since the epoch. */
  readonly size: number;
  readonly segments: number;
  readonly edges: Float64Array;
  /** By number of the cohort, floor(time / size): the band slots of every segment, one behind the other. */
  readonly slots: Map<number, Float64Array>;
}

export function createCohortSums(options: Omit<CohortSums, "slots">): CohortSums {
  return { ...options, slots: new Map() };
}

/**
 * Counts one label. `time` is the prediction's, ms; without one it is in no cohort.
 * @throws CodedError SOURCE_INVALID if the cohorts would take more than MOST_BYTES
 */
export function addToCohort(
  sums: CohortSums,
  outcome: Outcome,
  { time, segment }: { time: number; segment: number },
): void {
  if (Number.isNaN(time)) return;
  const number = Math.floor(time / sums.size);
  const slots = sums.slots.get(number) ?? openCohort(sums, number);
  addToBand(slots, segment * widthOf(sums), { edges: sums.edges, outcome, sign: 1 });
}

/** The band slots of one segment by cohort, and when each began; in order of time. */
export function cohortsOf(
  sums: CohortSums,
  segment: number,
): { starts: Float64Array; slots: readonly Float64Array[] } {
  const width = widthOf(sums);
  const numbers = [...sums.slots.keys()].toSorted((a, b) => a - b);
  return {
    starts: Float64Array.from(numbers, (number) => number * sums.size),
    slots: numbers.map((number) => {
      const all = sums.slots.get(number) ?? new Float64Array(0);
      return all.subarray(segment * width, (segment + 1) * width);
    }),
  };
}

function openCohort(sums: CohortSums, number: number): Float64Array {
  const { slots, segments, size } = sums;
  const length = segments * widthOf(sums);
  const bytes = (slots.size + 1) * length * Float64Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) {
    const message = `The reference has more than ${slots.size} cohorts of ${size / 1000} s in ${segments} segments, which take more than ${MOST_BYTES >> 20} MiB to calibrate. Take a shorter period, longer cohorts, or fewer segments.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  const opened = new Float64Array(length);
  slots.set(number, opened);
  return opened;
}

function widthOf({ edges }: Pick<CohortSums, "edges">): number {
  return (edges.length + 1) * BAND.length;
}
