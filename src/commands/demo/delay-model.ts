import type { FlightChunk } from "./flights.ts";

/** A flight more than this many minutes late was delayed. */
const LATE_MINUTES = 15;
/** Room for the airports of the file (229), in a square table of routes. */
const AIRPORTS = 512;
/** Prior precision of an airport's effect: a standard deviation of about 0.45 in log-odds. */
const SHRINKAGE = 5;
const SWEEPS = 25;

/** Flights and delayed flights of every route; index = origin * 512 + destination. */
export interface RouteCounts {
  readonly flights: Float64Array;
  readonly late: Float64Array;
}

/** P(delay > 15 min) from origin and destination alone: additive in log-odds. Positions as in FlightChunk.airports. */
export interface DelayModel {
  readonly base: number;
  readonly origin: Float64Array;
  readonly destination: Float64Array;
}

export function isLate(delayMinutes: number): boolean {
  return delayMinutes > LATE_MINUTES;
}

export function emptyRouteCounts(): RouteCounts {
  return { flights: new Float64Array(AIRPORTS * AIRPORTS), late: new Float64Array(AIRPORTS * AIRPORTS) };
}

/** Adds the flights that depart before `until`, ms since the epoch. */
export function addRoutes(counts: RouteCounts, chunk: FlightChunk, until: number): void {
  for (let i = 0; i < chunk.rows && chunk.time[i] < until; i++) {
    const route = chunk.origin[i] * AIRPORTS + chunk.destination[i];
    counts.flights[route] += 1;
    if (isLate(chunk.delay[i])) counts.late[route] += 1;
  }
}

/**
 * Logistic regression with ridge-shrunk airport effects, by block Newton steps over the route table. The intercept is
 * free, so that the mean score equals the share of delayed flights that it was fitted on. Deterministic.
 */
export function fitDelayModel(counts: RouteCounts): DelayModel {
  const routes = [...counts.flights.keys()].filter((route) => counts.flights[route] > 0);
  const origin = new Float64Array(AIRPORTS);
  const destination = new Float64Array(AIRPORTS);
  const base = new Float64Array(1);
  const blocks: readonly Block[] = [
    { effects: origin, shrinkage: SHRINKAGE, of: (route) => Math.floor(route / AIRPORTS) },
    { effects: destination, shrinkage: SHRINKAGE, of: (route) => route % AIRPORTS },
    { effects: base, shrinkage: 0, of: () => 0 },
  ];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const block of blocks) {
      const model = { base: base[0], origin, destination };
      stepBlock(block, { routes, counts, model });
    }
  }
  return { base: base[0], origin, destination };
}

/** Log-odds of a delay. */
export function delayLogit(model: DelayModel, origin: number, destination: number): number {
  return model.base + model.origin[origin] + model.destination[destination];
}

/** The probability of log-odds. */
export function toProbability(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

interface Block {
  readonly effects: Float64Array;
  readonly shrinkage: number;
  readonly of: (route: number) => number;
}

interface Fit {
  readonly routes: readonly number[];
  readonly counts: RouteCounts;
  readonly model: DelayModel;
}

/** One Newton step for every effect of a block: within a block the effects do not share flights, so they are independent. */
function stepBlock(block: Block, { routes, counts, model }: Fit): void {
  const gradient = block.effects.map((effect) => -block.shrinkage * effect);
  const curvature = new Float64Array(block.effects.length).fill(block.shrinkage);
  for (const route of routes) {
    const n = counts.flights[route];
    const p = toProbability(delayLogit(model, Math.floor(route / AIRPORTS), route % AIRPORTS));
    const at = block.of(route);
    gradient[at] = gradient[at] + counts.late[route] - n * p;
    curvature[at] += n * p * (1 - p);
  }
  for (let at = 0; at < block.effects.length; at++) {
    const slope = curvature[at];
    if (slope > 0) block.effects[at] += gradient[at] / slope;
  }
}
