import type { TestColumnSection } from "../../config/generated/rule-test.ts";
import type { ColumnType } from "../../event/batch.ts";
import { createRandom, drawGamma } from "./random.ts";
import type { Random } from "./random.ts";

/** Draws the values of a declared column: numbers, or positions among its categories. NaN is a missing one. */
export interface DeclaredColumn {
  readonly type: ColumnType;
  /** [] for numbers. */
  readonly categories: readonly string[];
  draw(random: Random): number;
}

/** Every way to say how values lie; a column says exactly one. */
export const FORMS = [
  "normal",
  "lognormal",
  "uniform",
  "beta",
  "exponential",
  "poisson",
  "constant",
  "categories",
  "boolean",
  "threshold",
] as const;

/** Undefined of a `threshold`, which is no value of its own. */
export function declaredColumn(section: TestColumnSection): DeclaredColumn | undefined {
  const { nulls = 0, categories, boolean } = section;
  const withNulls = (draw: (random: Random) => number) => (random: Random) =>
    nulls > 0 && random.uniform() < nulls ? Number.NaN : draw(random);
  if (categories !== undefined) {
    const names = Object.keys(categories);
    const draw = drawPosition(Object.values(categories));
    return { type: "category", categories: names, draw: withNulls(draw) };
  }
  if (boolean !== undefined) {
    const draw = (random: Random): number => Number(random.uniform() < boolean);
    return { type: "boolean", categories: ["false", "true"], draw: withNulls(draw) };
  }
  const draw = drawNumber(section);
  return draw && { type: "number", categories: [], draw: withNulls(draw) };
}

function drawNumber(section: TestColumnSection): ((random: Random) => number) | undefined {
  const { normal, lognormal, uniform, beta, exponential, poisson, constant } = section;
  if (normal !== undefined) return (random) => normal[0] + normal[1] * random.normal();
  if (lognormal !== undefined) return (random) => Math.exp(lognormal[0] + lognormal[1] * random.normal());
  if (uniform !== undefined) return (random) => uniform[0] + (uniform[1] - uniform[0]) * random.uniform();
  if (exponential !== undefined) return (random) => -exponential * Math.log(random.uniform());
  if (poisson !== undefined) return (random) => random.poisson(poisson);
  if (constant !== undefined) return () => constant;
  if (beta === undefined) return undefined;
  return (random) => {
    const first = drawGamma(random, beta[0]);
    return first / (first + drawGamma(random, beta[1]));
  };
}

function drawPosition(weights: readonly number[]): (random: Random) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return (random) => {
    let left = random.uniform() * total;
    for (const [position, weight] of weights.entries()) {
      if (left < weight) return position;
      left -= weight;
    }
    return weights.length - 1;
  };
}

/** A random stream for every column, so that one more column changes no other. */
export function columnRandom(seed: number, name: string): Random {
  let mixed = seed;
  for (let position = 0; position < name.length; position += 1)
    mixed = Math.imul(mixed ^ name.charCodeAt(position), 0x01000193);
  return createRandom(mixed);
}
