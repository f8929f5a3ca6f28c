import { mixBits } from "../../counts/mix-bits.ts";
import type { Fault } from "./fault.ts";

const MILES_TO_KILOMETRES = 1.609344;
const KILOMETRES_FROM = "ATL";
const ORIGIN_LOST = 0.3;
const SECOND_VERSION = 0.5;
const STRETCH = 2.5;
const STRETCHED_AIRPORTS: ReadonlySet<string> = new Set(["ORD", "DFW", "LAX", "PHX", "STL"]);

/** In the order of time, at least a week apart, so that every window has recovered before the next one begins. */
export const FAULTS: readonly Fault[] = [
  {
    name: "kilometres",
    from: Date.UTC(2001, 1, 20),
    to: Date.UTC(2001, 1, 24),
    description: `distances from ${KILOMETRES_FROM} arrive in kilometres`,
    alter: (record) => {
      if (record.origin === KILOMETRES_FROM)
        record.distance = Math.round(record.distance * MILES_TO_KILOMETRES);
    },
    moves: ({ column, segment, measure }) =>
      column === "distance" && isDistribution(measure) && covers(segment, new Set([KILOMETRES_FROM])),
  },
  {
    name: "lost-origin",
    from: Date.UTC(2001, 3, 24, 8),
    to: Date.UTC(2001, 3, 26, 8),
    description: "origin is missing in 30% of the records",
    alter: (record) => {
      if (draw(record.row, 1) < ORIGIN_LOST) record.origin = null;
    },
    moves: ({ column, segment, measure }) =>
      (measure === "missing" && column === "origin") ||
      measure === "schema-drift" ||
      (segment === "other" && isDistribution(measure)),
  },
  {
    name: "text-distance",
    from: Date.UTC(2001, 4, 3, 9),
    to: Date.UTC(2001, 4, 3, 15),
    description: "distance arrives as text instead of a number",
    alter: (record) => {
      record.distanceAsText = true;
    },
    moves: ({ column, measure }) =>
      measure === "schema-drift" ||
      (measure === "invalid" && (column === undefined || column === "distance")),
  },
  {
    name: "stretched-version",
    from: Date.UTC(2001, 4, 15),
    to: Date.UTC(2001, 4, 20),
    description: `version v2 takes half of the traffic, and its log-odds are ${STRETCH} times too large from ${[...STRETCHED_AIRPORTS].join(", ")}`,
    alter: (record) => {
      if (draw(record.row, 2) >= SECOND_VERSION) return;
      record.version = "v2";
      if (record.origin !== null && STRETCHED_AIRPORTS.has(record.origin)) record.logit *= STRETCH;
    },
    moves: ({ column, version, segment, measure }) =>
      version === "v2" &&
      covers(segment, STRETCHED_AIRPORTS) &&
      (CALIBRATION_MEASURES.has(measure) || (isOutput(column) && isDistribution(measure))),
  },
  {
    name: "silence",
    from: Date.UTC(2001, 5, 13, 10),
    to: Date.UTC(2001, 5, 13, 16),
    description: "no record arrives",
    alter: (record) => {
      record.silent = true;
    },
    moves: ({ measure }) => measure === "volume" || measure === "freshness",
  },
];

const DISTRIBUTION_MEASURES: ReadonlySet<string> = new Set(["psi", "ks", "js", "chi2", "novel"]);
const CALIBRATION_MEASURES: ReadonlySet<string> = new Set([
  "ece",
  "brier",
  "spiegelhalter",
  "accuracy",
  "logloss",
  "calibration-gap",
]);

function isDistribution(measure: string): boolean {
  return DISTRIBUTION_MEASURES.has(measure);
}

function isOutput(column: string | undefined): boolean {
  return column?.startsWith("prediction.") ?? false;
}

/** Whether a fault at these origins reaches a segment: theirs, and the ones that add several origins up. */
function covers(segment: string | undefined, origins: ReadonlySet<string>): boolean {
  if (segment === undefined || segment === "all") return true;
  const [column, origin] = segment.split("=");
  return column === "origin" && origin !== undefined && origins.has(origin);
}

/** Uniform in [0, 1), fixed by the flight and the purpose. */
export function draw(row: number, purpose: number): number {
  return mixBits(Math.imul(row, 0x9e3779b1) ^ Math.imul(purpose, 0x85ebca77)) / 2 ** 32;
}
