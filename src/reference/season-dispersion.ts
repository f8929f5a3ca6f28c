import type { Dispersion } from "../statistics/calibration.ts";
import type { likelihoodRatio } from "../statistics/likelihood-ratio.ts";
import { freedomOf, varianceOf } from "./dispersion.ts";
import { HOURS_OF_DAY } from "./hour-slots.ts";
import type { PlacedWindows, SlotTotals } from "./season-windows.ts";

type Statistic = typeof likelihoodRatio;

/**
 * deff, nu and tau of every slot and direction, from each window held against the other weeks of its slot. All slots together
 * know best how restless the series is, if it is so at every hour. It seldom is: an hour of the day stands for itself where it
 * is more restless, and a slot where it is more so than its few weeks are by chance.
 */
export function disperseSlots(placed: PlacedWindows, totals: SlotTotals, statistic: Statistic): Dispersion {
  const { slots, weeks, windows } = placed;
  const { directions } = windows;
  const make = (): Float64Array => new Float64Array(slots * directions).fill(1);
  const dispersion = { deff: make(), nu: make(), tau: make() };
  if (weeks < 2) return dispersion;
  const groups = groupWindows(placed);
  const chance = 1 + 2 * Math.sqrt(2 / (weeks - 1));
  for (let e = 0; e < directions; e += 1) {
    const z = residualsOf({ placed, totals, e, statistic });
    const all = restlessness(placed, z, groups.all);
    const tau = memoryOf(placed, z, all.meanSquare);
    const byHour = groups.hours.map((windowsOfHour) => restlessness(placed, z, windowsOfHour));
    for (let s = 0; s < slots; s += 1) {
      const hour = byHour[s % HOURS_OF_DAY];
      const usual = hour.meanSquare > all.meanSquare ? leastSure(hour, all) : all;
      const isOwn = meanSquareOf(z, groups.slots[s]) > chance * usual.meanSquare;
      const found = isOwn ? leastSure(restlessness(placed, z, groups.slots[s]), usual) : usual;
      const at = s * directions + e;
      dispersion.deff[at] = Math.max(1, found.meanSquare) / (1 - tau / weeks);
      dispersion.nu[at] = Math.max(1, found.nu);
      dispersion.tau[at] = tau;
    }
  }
  return dispersion;
}

/** Positions in `usable`. */
interface Groups {
  readonly all: number[];
  readonly hours: readonly number[][];
  readonly slots: readonly number[][];
}

function groupWindows({ usable, slotOf, slots }: PlacedWindows): Groups {
  const hours = Array.from({ length: HOURS_OF_DAY }, (): number[] => []);
  const bySlot = Array.from({ length: slots }, (): number[] => []);
  for (let i = 0; i < usable.length; i += 1) {
    hours[slotOf[i] % HOURS_OF_DAY].push(i);
    bySlot[slotOf[i]].push(i);
  }
  return { all: Array.from(usable.keys()), hours, slots: bySlot };
}

/** Signed roots, NaN where the other weeks have none or nothing but the cases in question. */
function residualsOf(options: {
  placed: PlacedWindows;
  totals: SlotTotals;
  e: number;
  statistic: Statistic;
}): Float64Array {
  const { placed, totals, e, statistic } = options;
  const { windows, usable, slotOf, weekOf, slots, weeks } = placed;
  const { directions, rows, counts } = windows;
  const weekRows = new Float64Array(slots * weeks);
  const weekCounts = new Float64Array(slots * weeks);
  for (const [i, w] of usable.entries()) {
    weekRows[slotOf[i] * weeks + weekOf[i]] += rows[w];
    weekCounts[slotOf[i] * weeks + weekOf[i]] += counts[w * directions + e];
  }
  return Float64Array.from(usable, (w, i) => {
    const week = slotOf[i] * weeks + weekOf[i];
    const n = totals.n[slotOf[i]] - weekRows[week];
    const c = totals.counts[slotOf[i] * directions + e] - weekCounts[week];
    if (c <= 0 || c >= n) return Number.NaN;
    const d = counts[w * directions + e];
    return Math.sign(d / rows[w] - c / n) * Math.sqrt(statistic(c, n, d, rows[w]));
  });
}

interface Restlessness {
  readonly meanSquare: number;
  readonly nu: number;
}

/** Weeks are the blocks: whatever lasts within one counts once. */
function restlessness(
  { weekOf, weeks }: PlacedWindows,
  z: Float64Array,
  group: readonly number[],
): Restlessness {
  const known = group.filter((i) => !Number.isNaN(z[i]));
  if (known.length < 2) return { meanSquare: 0, nu: 1 };
  const own = Float64Array.from(known, (i) => z[i]);
  const of = Int32Array.from(known, (i) => weekOf[i]);
  return { meanSquare: meanSquareOf(z, group), nu: freedomOf(own, { of, count: weeks }) };
}

/** Of what is known; 0 where hardly anything is. */
function meanSquareOf(z: Float64Array, group: readonly number[]): number {
  let known = 0;
  let sum = 0;
  for (const i of group) {
    if (Number.isNaN(z[i])) continue;
    known += 1;
    sum += z[i] * z[i];
  }
  return known < 2 ? 0 : sum / known;
}

function leastSure({ meanSquare, nu }: Restlessness, wider: Restlessness): Restlessness {
  return { meanSquare, nu: Math.min(nu, wider.nu) };
}

/**
 * tau: how many weeks in a row say the same of a slot; 1 = none. From the variance of the means of runs of 1, 2, 4, ... weeks,
 * at most a fifth of all, over what it would be if every window spoke for itself; all slots together.
 */
function memoryOf(placed: PlacedWindows, z: Float64Array, meanSquare: number): number {
  const { weeks } = placed;
  if (meanSquare === 0) return 1;
  let tau = 1;
  for (let length = 1; length === 1 || length <= weeks / 5; length *= 2) {
    // Windows are held against the other weeks, so they vary by weeks / (weeks - 1) about the mean of their slot.
    const excess = (runExcess(placed, z, length) * (weeks - 1)) / weeks / meanSquare;
    tau = Math.max(tau, excess);
  }
  return Math.min(tau, weeks / 2);
}

/** The mean over slots of (windows in a run) * var(means of runs of `length` weeks). */
function runExcess({ slots, weeks, slotOf, weekOf }: PlacedWindows, z: Float64Array, length: number): number {
  const runs = Math.floor(weeks / length);
  const sums = new Float64Array(slots * runs);
  const windows = new Float64Array(slots * runs);
  for (const [i, one] of z.entries()) {
    const run = Math.floor(weekOf[i] / length);
    if (Number.isNaN(one) || run >= runs) continue;
    sums[slotOf[i] * runs + run] += one;
    windows[slotOf[i] * runs + run] += 1;
  }
  let excess = 0;
  let judged = 0;
  for (let s = 0; s < slots; s += 1) {
    const of = windows.subarray(s * runs, (s + 1) * runs);
    const means = sums.subarray(s * runs, (s + 1) * runs).map((sum, run) => sum / of[run]);
    const known = means.filter((mean) => !Number.isNaN(mean));
    if (known.length < 2) continue;
    excess += (of.reduce((sum, one) => sum + one, 0) / known.length) * varianceOf(known);
    judged += 1;
  }
  return judged === 0 ? 0 : excess / judged;
}
