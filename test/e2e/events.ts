/** Draws that are the same in every run. */
export interface Draws {
  /** 0 <= u < 1. */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
}

export function createDraws(seed: number): Draws {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

export interface ScoredEvent {
  readonly id: string;
  /** ms since the epoch. */
  readonly time: number;
  readonly version: string;
  readonly segment: { readonly region: string };
  readonly features: { readonly amount: number | null; readonly card: string };
  readonly prediction: { readonly score: number };
}

const REGIONS = ["eu", "uk", "us"];
const CARDS = ["amex", "visa", "visa"];

/**
 * `count` events of the model `scoring`, evenly over [from, to): amounts of mean 100 + `shift` and standard deviation 20,
 * one in 50 missing; two cards; three regions as segments.
 */
export function scoredEvents(options: {
  count: number;
  from: number;
  to: number;
  shift?: number;
  seed?: number;
}): ScoredEvent[] {
  const { count, from, to, shift = 0, seed = 1 } = options;
  const { uniform, normal } = createDraws(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `${seed}-${index}`,
    time: Math.floor(from + (index * (to - from)) / count),
    version: "v1",
    segment: { region: REGIONS[Math.floor(uniform() * REGIONS.length)] ?? "" },
    features: {
      amount: uniform() < 0.02 ? null : Math.round((100 + shift + 20 * normal()) * 100) / 100,
      card: CARDS[Math.floor(uniform() * CARDS.length)] ?? "",
    },
    prediction: { score: Math.round(uniform() * 1000) / 1000 },
  }));
}
