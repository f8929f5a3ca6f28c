import { buildGrid } from "../../../src/counts/grid.ts";
import type { SeriesRef } from "../../../src/counts/ref.ts";
import { readOracle, valuesOf } from "../../oracles/sample.ts";
import type { Sample } from "../../oracles/sample.ts";
import { categoriesRef, categoriesSection, sumsRef, sumsSection } from "../series.ts";

/** What the real tools said of a reference and a window: evidently 0.7.23, nannyml 0.13.1. */
export interface CompatCase {
  readonly id: string;
  readonly type: "numeric" | "categorical";
  readonly ref: Sample;
  readonly win: Sample;
  readonly expect: {
    readonly evidently: Readonly<Record<string, { readonly score: number; readonly drifted: boolean }>>;
    readonly evidently_default: {
      readonly method: string;
      readonly threshold: number;
      readonly value: number;
    };
    readonly nannyml: {
      readonly chunk_size: number;
      readonly methods: Readonly<Record<string, readonly NannymlChunk[]>>;
    };
  };
}

interface NannymlChunk {
  readonly value: number;
  readonly upper: number | null;
  readonly alert: boolean;
}

export const CASES = readOracle<{ readonly cases: readonly CompatCase[] }>("compat").cases;

export interface Counted {
  readonly ref: SeriesRef;
  readonly window: Float64Array;
  readonly referenceChunks: readonly Float64Array[];
  readonly windowChunks: readonly Float64Array[];
}

/** The case as counts on the grid that driftd would have made of its reference. */
export function countCase({ type, ref, win, expect }: CompatCase): Counted {
  const reference = valuesOf(ref);
  const window = valuesOf(win);
  const size = expect.nannyml.chunk_size;
  const chunksOf = (values: Float64Array): Float64Array[] =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, k) =>
      values.subarray(k * size, (k + 1) * size),
    );
  const { counted, section } = type === "numeric" ? numbers(reference) : categories(reference);
  return {
    ref: counted,
    window: section(window),
    referenceChunks: chunksOf(reference).map(section),
    windowChunks: chunksOf(window).map(section),
  };
}

interface Ruler {
  readonly counted: SeriesRef;
  readonly section: (values: Float64Array) => Float64Array;
}

function numbers(reference: Float64Array): Ruler {
  const grid = buildGrid(reference.slice());
  return { counted: sumsRef(grid, reference), section: (values) => sumsSection(grid, values) };
}

function categories(reference: Float64Array): Ruler {
  const known = [...new Set(reference)];
  const count = (values: Float64Array): number[] =>
    known.map((name) => values.filter((value) => value === name).length);
  return {
    counted: categoriesRef(count(reference)),
    section: (values) => {
      const counts = count(values);
      return categoriesSection(counts, { unseen: values.length - counts.reduce((sum, one) => sum + one, 0) });
    },
  };
}
