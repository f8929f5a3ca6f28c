import { createDraws, scoredEvents } from "../e2e/events.ts";
import type { NewRecord } from "../e2e/topic.ts";

export interface LabelPlan {
  readonly predictions: number;
  readonly partitions: number;
  /** Event time of the first prediction, and of the last one but `last`, ms. */
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;
/** All of a prediction's labels have come when it is this old, ms: its cohort is judged no earlier. */
export const LAST_LABEL = 5 * MINUTE;
/** The last predictions come so long after all others that whatever waits has been given up, ms. */
const AFTERWARDS = 30 * MINUTE;

/**
 * Predictions, and labels that come minutes later: some never, some before their prediction, some twice, some taken back, once
 * or again and again, and some of ids that nobody predicts. Scores are calibrated, but from 40% to 60% the truth is turned round.
 * A version appears at 40%. Everything's own time is when it arrives.
 */
export function tellLabels(plan: LabelPlan): {
  predictions: NewRecord[];
  labels: NewRecord[];
  /** A prediction for every partition, long after. */
  last: NewRecord[];
} {
  const { partitions, from, to } = plan;
  const { uniform } = createDraws(23);
  const predictions: NewRecord[] = [];
  const labels: NewRecord[] = [];
  const count = plan.predictions;
  for (const [i, event] of scoredEvents({ count, from, to, seed: 3 }).entries()) {
    const partition = i % partitions;
    const share = i / count;
    const version = share >= 0.4 && uniform() < 0.5 ? "v2" : "v1";
    predictions.push({
      value: JSON.stringify({ ...event, version }),
      timestamp: event.time,
      partition,
    });
    const isTurned = share >= 0.4 && share < 0.6;
    const truth = uniform() < event.prediction.score !== isTurned;
    for (const [delay, told] of fateOf(truth, uniform)) {
      const time = Math.floor(event.time + delay);
      const id = uniform() < 0.003 ? `nobody-${i}` : event.id;
      labels.push({ value: JSON.stringify({ id, time, truth: told }), timestamp: time, partition });
    }
  }
  const end = to + AFTERWARDS;
  const last = scoredEvents({ count: partitions, from: end, to: end, seed: 4 }).map((event, partition) => ({
    value: JSON.stringify(event),
    timestamp: end,
    partition,
  }));
  return { predictions, labels: labels.toSorted((a, b) => a.timestamp - b.timestamp), last };
}

/** The labels of one prediction: how long after it, ms, and what they say. */
function fateOf(truth: boolean, uniform: () => number): readonly (readonly [number, boolean])[] {
  const kind = uniform();
  const first = MINUTE + uniform() * 3 * MINUTE;
  if (kind < 0.008) return [];
  if (kind < 0.04) return [[-2 * MINUTE * uniform(), truth]];
  if (kind < 0.06) return [0, 20_000].map((later) => [first + later, truth] as const);
  if (kind < 0.08) return [0, 20_000].map((later, i) => [first + later, truth !== (i === 1)] as const);
  if (kind < 0.085)
    return [0, 15_000, 30_000].map((later, i) => [first + later, truth !== (i === 1)] as const);
  if (kind < 0.09) return [-60_000, -30_000].map((delay, i) => [delay, truth !== (i === 1)] as const);
  return [[first, truth]];
}
