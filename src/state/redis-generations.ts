/**
 * Some entries of an index that were written one after the other, spread by id over 2^bits hashes. Small hashes stand packed in
 * Redis' memory, and a generation is dropped whole once its last entry has expired.
 */
export interface Generation {
  /** Given once in a task; of two that hold an id, the one with the higher number is right. */
  readonly number: number;
  readonly index: string;
  /** Float64 fields per entry. */
  readonly width: number;
  readonly bits: number;
  readonly count: number;
  /** The first and the last `expires` of what is in it, ms. */
  readonly earliest: number;
  readonly latest: number;
}

/** Entries per hash, on average: three standard deviations below the 128 up to which Redis packs a hash. */
const BUCKET_ENTRIES = 96;
const FIRST_BITS = 6;
const MOST_BITS = 15;
/** Generations grow by this many bits, so that few are small. */
const GROWTH = 3;
/** An index that is full gives up about so large a part of it at once. */
const PARTS = 5;

export function bucketsOf({ bits }: Pick<Generation, "bits">): number {
  return 2 ** bits;
}

/** What a commit makes of the generations of an index. */
export interface GenerationPlan {
  /** Takes the commit's entries: the youngest one, or a new one. `count` is still what it was. */
  readonly into: Generation;
  readonly isNew: boolean;
  /** The oldest ones, where there is no room for more entries. */
  readonly dropped: readonly Generation[];
}

/**
 * Where entries go. A generation is closed when its hashes are full, or when its entries expire more than a quarter of their
 * time to live apart, so that none lives longer than that beyond its time.
 *
 * @param generations of one index, oldest first
 * @param now wall clock, ms: how long what arrives now will live
 */
export function planGeneration(
  generations: readonly Generation[],
  entries: {
    readonly index: string;
    readonly count: number;
    readonly width: number;
    readonly expires: number;
  },
  { next, now, most }: { readonly next: number; readonly now: number; readonly most: number },
): GenerationPlan {
  const { index, count, width } = entries;
  // Infinity could not be written.
  const expires = Math.min(entries.expires, Number.MAX_SAFE_INTEGER);
  const youngest = generations.at(-1);
  const into =
    youngest !== undefined && hasRoom(youngest, count) && staysTogether(generations, expires, now)
      ? {
          ...youngest,
          earliest: Math.min(youngest.earliest, expires),
          latest: Math.max(youngest.latest, expires),
        }
      : {
          number: next,
          index,
          width,
          bits: nextBits(youngest, count, most),
          count: 0,
          earliest: expires,
          latest: expires,
        };
  let held = generations.reduce((sum, generation) => sum + generation.count, count);
  const dropped: Generation[] = [];
  for (const generation of generations) {
    if (held <= most || generation.number === into.number) break;
    held -= generation.count;
    dropped.push(generation);
  }
  return { into, isNew: into.number === next, dropped };
}

function hasRoom(generation: Generation, count: number): boolean {
  return generation.count + count <= capacity(generation.bits);
}

/** Entries that a generation with this many bits takes. */
export function capacity(bits: number): number {
  return BUCKET_ENTRIES * 2 ** bits;
}

/** Whether entries that expire then may stand with those of the youngest generation. */
function staysTogether(generations: readonly Generation[], expires: number, now: number): boolean {
  const youngest = generations[generations.length - 1];
  const first = Math.min(expires, ...generations.map(({ earliest }) => earliest));
  const last = Math.max(expires, ...generations.map(({ latest }) => latest));
  const span = Math.max(youngest.latest, expires) - Math.min(youngest.earliest, expires);
  // Of what streams in now the time to live is known; of old records it shows by and by.
  return span <= Math.max(last - first, last - now) / 4;
}

function nextBits(youngest: Generation | undefined, count: number, most: number): number {
  const wanted = youngest === undefined ? FIRST_BITS : grownBits(youngest);
  const largest = Math.min(
    MOST_BITS,
    Math.max(FIRST_BITS, Math.floor(Math.log2(most / PARTS / BUCKET_ENTRIES))),
  );
  return Math.min(MOST_BITS, Math.max(Math.min(wanted, largest), bitsFor(count)));
}

/** One that was closed for its age is followed by one that is as large as it came to be. */
function grownBits({ bits, count }: Generation): number {
  return 2 * count >= capacity(bits) ? bits + GROWTH : Math.max(FIRST_BITS, bitsFor(count));
}

function bitsFor(count: number): number {
  return Math.max(0, Math.ceil(Math.log2(count / BUCKET_ENTRIES)));
}
