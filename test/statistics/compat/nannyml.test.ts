import { describe, expect, it } from "vitest";
import type { SeriesRef } from "../../../src/counts/ref.ts";
import {
  chiSquare,
  hellinger,
  jensenShannon,
  kolmogorovSmirnov,
  lInfinity,
  thresholdOf,
  wasserstein,
} from "../../../src/statistics/compat/nannyml.ts";
import type { ChunkValue } from "../../../src/statistics/compat/nannyml.ts";
import { categoriesRef, categoriesSection } from "../series.ts";
import { CASES, countCase } from "./cases.ts";

/** How far a chunk of 50 values may lie off where counts do not tell; Wasserstein in shares of the threshold. */
const TOLERANCES: Readonly<Record<string, number>> = {
  jensen_shannon: 0.07,
  hellinger: 0.075,
  kolmogorov_smirnov: 0.005,
  wasserstein: 0.08,
};

function valueOf(method: string, ref: SeriesRef, chunk: Float64Array): ChunkValue {
  if (method === "jensen_shannon") return jensenShannon(ref, chunk);
  if (method === "hellinger") return hellinger(ref, chunk);
  if (ref.kind === "categories") return method === "chi2" ? chiSquare(ref, chunk) : lInfinity(ref, chunk);
  return method === "wasserstein" ? wasserstein(ref, chunk) : kolmogorovSmirnov(ref, chunk);
}

const methods = CASES.flatMap((given) =>
  Object.keys(given.expect.nannyml.methods).map((method) => [given.id, method, given] as const),
);

describe.each(methods)("%s: %s", (_id, method, given) => {
  const { ref, referenceChunks, windowChunks } = countCase(given);
  const expected = given.expect.nannyml.methods[method];
  const reference = referenceChunks.map((chunk) => valueOf(method, ref, chunk));
  const window = windowChunks.map((chunk) => valueOf(method, ref, chunk));
  const all = [...reference, ...window];
  const isExact = all.every((chunk) => chunk.isExact);

  it("is theirs chunk by chunk, or near, and says what counts do not tell", () => {
    const scale = method === "wasserstein" && !isExact ? (expected[0].upper ?? 1) : 1;
    const differences = expected.map(({ value }, k) => Math.abs(window[k].value - value) / scale);
    const tolerance = TOLERANCES[method] ?? 0;
    expect(Math.max(...differences)).toBeLessThanOrEqual((isExact ? 0 : tolerance) + 1e-9);
    expect(all.every((chunk) => chunk.isExact || (chunk.reason ?? "") !== "")).toBe(true);
  });

  it("has their threshold where the chunks are theirs", () => {
    const threshold = thresholdOf(reference.map(({ value }) => value));
    const difference = Math.abs(threshold - (expected[0].upper ?? threshold));
    expect(difference).toBeLessThanOrEqual(isExact ? 1e-9 : Infinity);
  });
});

it.each(methods.filter(([, method]) => method === "chi2"))(
  "%s: %s alerts as theirs does",
  (_id, method, given) => {
    const { ref, windowChunks } = countCase(given);
    const alerts = windowChunks.map((chunk) => ref.kind === "categories" && chiSquare(ref, chunk).isAlert);
    expect(alerts).toEqual(given.expect.nannyml.methods[method].map(({ alert }) => alert));
  },
);

it("has no value of an empty chunk", () => {
  const ref = categoriesRef([5, 5]);
  expect(jensenShannon(ref, categoriesSection([0, 0])).value).toBeNaN();
  expect(lInfinity(ref, categoriesSection([0, 0])).value).toBeNaN();
});
