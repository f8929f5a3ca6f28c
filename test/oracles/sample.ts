import { readFileSync } from "node:fs";

/** A sample of an oracle file: its values, or how to make them again bit for bit. */
export type Sample = { readonly values: readonly (number | string)[] } | { readonly gen: Generator };

type Generator = { readonly kind: string; readonly seed: number; readonly n: number } & Readonly<
  Record<string, number | string>
>;

/** The file's body as the caller knows it: oracle files are part of this repository. */
export function readOracle<Body>(name: string): Body {
  const text = readFileSync(new URL(`data/${name}.json`, import.meta.url), "utf8");
  // JSON.parse promises nothing; the shape is the test's own knowledge of its file.
  return JSON.parse(text) as Body;
}

/** "NaN", "Infinity" and "-Infinity" are written as strings. */
export function valueOf(value: number | string): number {
  return Number(value);
}

export function valuesOf(sample: Sample): Float64Array {
  if ("values" in sample) return Float64Array.from(sample.values, valueOf);
  const { gen } = sample;
  const u = mulberry32(gen.seed);
  const { grid } = gen;
  return Float64Array.from({ length: gen.n }, () => {
    const x = draw(gen, u);
    return grid === undefined ? x : Math.floor(x * Number(grid)) / Number(grid);
  });
}

/** Uniform numbers in [0, 1): a fixed stream for every seed. */
export function mulberry32(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function draw(gen: Generator, u: () => number): number {
  const field = (name: string): number => Number(gen[name]);
  switch (gen.kind) {
    case "uniform":
      return field("lo") + (field("hi") - field("lo")) * u();
    case "irwin12": {
      let s = 0;
      for (let i = 0; i < 12; i += 1) s += u();
      return field("mean") + field("sd") * (s - 6);
    }
    case "pareto1":
      return field("scale") * (1 / (1 - u()) - 1);
    case "pareto2":
      return field("scale") * (1 / Math.sqrt(1 - u()) - 1);
    case "int":
      return field("lo") + Math.floor(u() * field("k"));
    case "intsq": {
      const v = u();
      return field("lo") + Math.floor(v * v * field("k"));
    }
    case "mix": {
      const a = u();
      const b = u();
      return a < field("w") ? field("a") + field("b") * b : field("c") + field("d") * b;
    }
    default:
      throw new Error(`unknown generator ${gen.kind}`);
  }
}
