import { HOUR } from "../config/quantity.ts";

export const HOURS_OF_DAY = 24;
export const HOURS_OF_WEEK = 7 * HOURS_OF_DAY;
/** The epoch began on a Thursday; weeks begin on Monday. */
const EPOCH_HOUR = 3 * HOURS_OF_DAY;

/** Number of the hour that holds `time`, ms since the epoch. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR);
}

/** Of an hour since the epoch: its place in the week, 0 from Monday 00 UTC. */
export function hourOfWeek(hour: number): number {
  return (hour + EPOCH_HOUR) % HOURS_OF_WEEK;
}

/** Of an hour since the epoch: its place in the day, 0 from 00 UTC. */
export function hourOfDay(hour: number): number {
  return hour % HOURS_OF_DAY;
}
