import { describe, expect, it } from "vitest";
import type { SeriesRef } from "../../src/counts/ref.ts";
import {
  evidentlyDefault,
  jensenShannon as evidentlyJensenShannon,
  kullbackLeibler,
  populationStability,
} from "../../src/statistics/compat/evidently.ts";
import {
  hellinger,
  jensenShannon,
  kolmogorovSmirnov,
  lInfinity,
  wasserstein,
} from "../../src/statistics/compat/nannyml.ts";
import { DATA_SETS } from "./awkward-data.ts";

type Values = readonly (readonly [name: string, value: number])[];

/** Every number that a compatibility mode makes of a window with values; none of a window without. */
function valuesOf(ref: SeriesRef, window: Float64Array): Values {
  const chosen = evidentlyDefault(ref, window);
  if (chosen === undefined) return [];
  const own: Values =
    ref.kind === "bins"
      ? [
          ["ks", kolmogorovSmirnov(ref, window).value],
          ["wasserstein", wasserstein(ref, window).value],
        ]
      : [["l-infinity", lInfinity(ref, window).value]];
  return [
    ["default", chosen.value],
    ["psi", populationStability(ref, window).value],
    ["kl", kullbackLeibler(ref, window).value],
    ["js", evidentlyJensenShannon(ref, window).value],
    ["nannyml js", jensenShannon(ref, window).value],
    ["hellinger", hellinger(ref, window).value],
    ...own,
  ];
}

describe.each(["bins", "sums", "categories"] as const)("compatibility modes on awkward data: %s", (kind) => {
  const sets = DATA_SETS[kind];

  it.each(sets.map((set) => [set.name, set] as const))(
    "against %s every value is a number, not below 0",
    (_, { ref, count }) => {
      const wrong = sets.flatMap(({ name }) =>
        valuesOf(ref, count(name).whole)
          .filter(([, value]) => !(value >= -1e-12) || value === Infinity)
          .map(([method, value]) => `${method} of ${name}: ${value}`),
      );
      expect(wrong).toEqual([]);
    },
  );

  it.each(sets.map((set) => [set.name, set] as const))(
    "of %s against itself no distance is left",
    (name, { ref, count }) => {
      const left = valuesOf(ref, count(name).whole).filter(
        ([method, value]) => method !== "default" && value > 1e-7,
      );
      expect(left).toEqual([]);
      expect(evidentlyDefault(ref, count(name).whole)?.drifted ?? false).toBe(false);
    },
  );
});
