import { createDraws } from "../e2e/events.ts";

/** What befalls a member, a broker or Redis. */
export const KINDS = [
  /** SIGKILL of a member, and another start of it soon. */
  "kill",
  /** SIGSTOP of a member for longer than its session lasts, then SIGCONT: it wakes as a zombie. */
  "freeze",
  /** SIGTERM of a member, and another start of it: the group is rebalanced twice. */
  "leave",
  "kill-broker",
  "halt-broker",
  "kill-redis",
  "halt-redis",
  /** SIGSTOP: Redis is slow, and answers all at once afterwards. */
  "freeze-redis",
  /** Redis is killed, and started again with what it had on disk some seconds before. */
  "rewind-redis",
  /** Redis loses all it had. */
  "wipe-redis",
] as const;

export type Kind = (typeof KINDS)[number];

export interface Misfortune {
  readonly kind: Kind;
  /** ms after the beginning. */
  readonly at: number;
  /** Until it is made good, ms. */
  readonly lasts: number;
  /** 0 <= u < 1: which of the members or brokers it befalls. */
  readonly whom: number;
}

interface Rhythm {
  /** When it first comes, how long after one the next one does, and how long each lasts: from and to, ms. */
  readonly first: readonly [number, number];
  readonly gap: readonly [number, number];
  readonly lasts: readonly [number, number];
}

/** Every kind comes within the first minute. `freeze` outlasts SESSION. */
const RHYTHMS: Readonly<Record<Kind, Rhythm>> = {
  kill: { first: [4_000, 8_000], gap: [5_000, 15_000], lasts: [0, 3_000] },
  freeze: { first: [12_000, 20_000], gap: [40_000, 60_000], lasts: [9_000, 12_000] },
  leave: { first: [25_000, 30_000], gap: [20_000, 40_000], lasts: [1_000, 4_000] },
  "kill-broker": { first: [15_000, 22_000], gap: [40_000, 60_000], lasts: [2_000, 8_000] },
  "halt-broker": { first: [40_000, 45_000], gap: [60_000, 90_000], lasts: [1_000, 5_000] },
  "kill-redis": { first: [10_000, 15_000], gap: [25_000, 45_000], lasts: [500, 5_000] },
  "halt-redis": { first: [30_000, 35_000], gap: [40_000, 60_000], lasts: [500, 5_000] },
  "freeze-redis": { first: [45_000, 50_000], gap: [40_000, 60_000], lasts: [2_000, 6_000] },
  "rewind-redis": { first: [20_000, 25_000], gap: [45_000, 70_000], lasts: [1_500, 4_000] },
  // Once: it also wipes away what was counted wrongly before.
  "wipe-redis": { first: [50_000, 58_000], gap: [3_600_000, 3_600_000], lasts: [0, 0] },
};

/** Session timeout of members, for the `kafka` section. */
export const SESSION = "6s";

/** The same misfortunes for the same seed, in order. */
export function planMisfortunes(options: {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  /** How long they go on, ms. */
  readonly lasts: number;
}): Misfortune[] {
  const draws = createDraws(options.seed);
  const between = ([from, to]: readonly [number, number]): number =>
    Math.round(from + draws.uniform() * (to - from));
  const planned: Misfortune[] = [];
  for (const kind of options.kinds) {
    const { first, gap, lasts } = RHYTHMS[kind];
    for (let at = between(first); at < options.lasts; at += between(gap)) {
      planned.push({ kind, at, lasts: between(lasts), whom: draws.uniform() });
    }
  }
  return planned.toSorted((a, b) => a.at - b.at);
}
