/** Numbers that are the same in every run, exact in their tails. */
export interface Random {
  /** Inside (0, 1), in steps of 2^-32. */
  uniform(): number;
  normal(): number;
  /** Successes of n trials; exact, whatever n and p. */
  binomial(n: number, p: number): number;
  /** Events of which so many are expected: a binomial of 2^32 trials, which differs from Poisson's by less than double arithmetic shows. */
  poisson(mean: number): number;
}

/** Two seeds give two streams that do not overlap in practice: xoshiro128** (Blackman and Vigna), seeded by SplitMix. */
export function createRandom(seed: number): Random {
  const uniform = uniforms(seed);
  let spare = Number.NaN;
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = Number.NaN;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    normal,
    binomial: (n, p) => binomial(n, p, uniform),
    poisson: (mean) => binomial(POISSON_TRIALS, mean / POISSON_TRIALS, uniform),
  };
}

const POISSON_TRIALS = 2 ** 32;

function uniforms(seed: number): () => number {
  let mix = seed >>> 0;
  const next = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return (result + 0.5) / 2 ** 32;
  };
}

/** Of mean and variance `shape`: Marsaglia and Tsang, A simple method for generating gamma variables (2000); a shape below 1 by one above it. */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random.uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}

function binomial(n: number, p: number, uniform: () => number): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p, uniform);
  return n * p < 10 ? byInversion(n, p, uniform) : byRejection(n, p, uniform);
}

function byInversion(n: number, p: number, uniform: () => number): number {
  const odds = p / (1 - p);
  let probability = (1 - p) ** n;
  let left = uniform();
  let count = 0;
  while (left > probability && count < n) {
    left -= probability;
    probability *= ((n - count) / (count + 1)) * odds;
    count += 1;
  }
  return count;
}

/** BTRS: Hoermann, The generation of binomial random variates (1993); n p >= 10, p <= 1/2. */
function byRejection(n: number, p: number, uniform: () => number): number {
  const sd = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * sd;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const sure = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * sd;
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const near = 0.5 - Math.abs(u);
    const k = Math.floor((2 * (a / near) + b) * u + centre);
    if (near >= 0.07 && v <= sure) return k;
    if (k < 0 || k > n) continue;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k);
    if (Math.log((v * alpha) / (a / (near * near) + b)) <= bound) return k;
  }
}

const STIRLING_TAILS = [
  0.081_061_466_795_327_2, 0.041_340_695_955_409_2, 0.027_677_925_684_998_3, 0.020_790_672_103_765_1,
  0.016_644_691_189_821_1, 0.013_876_128_823_070_7, 0.011_896_709_945_891_7, 0.010_411_265_261_972,
  0.009_255_462_182_712_73, 0.008_330_563_433_362_87,
];

/** ln k! less Stirling's formula at k + 1. */
function stirlingTail(k: number): number {
  if (k < STIRLING_TAILS.length) return STIRLING_TAILS[k];
  const square = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}
