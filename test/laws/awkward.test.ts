import { describe, expect, it } from "vitest";
import { pack, unpackInto } from "../../src/counts/packed.ts";
import { addInto } from "../../src/counts/vector.ts";
import type { MeasureContext } from "../../src/statistics/measure.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import type { Score } from "../../src/statistics/score.ts";
import { CLASS_RULER, DATA_SETS, ERROR_RULER } from "./awkward-data.ts";
import type { Awkward } from "./awkward-data.ts";

const PLAIN: MeasureContext = { expectedRows: 1_000, newestEvent: 0, now: 1_000 };

/** Labels are held against the reference's of their own kind. */
function contextOf(kind: string): MeasureContext {
  if (kind === "classes" || kind === "classwise") return { classes: CLASS_RULER };
  if (kind !== "values" && kind !== "residuals") return PLAIN;
  const usual = DATA_SETS[kind].find(({ name }) => name === "as usual");
  return usual === undefined ? PLAIN : { values: ERROR_RULER, outcomes: usual.count("as usual").whole };
}

const KINDS: Readonly<Record<string, readonly Awkward[]>> = DATA_SETS;
const kinds = Object.entries(KINDS);

function add(...sections: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(sections[0].length);
  for (const section of sections) addInto(sum, section);
  return sum;
}

function isSame(left: Float64Array, right: Float64Array): boolean {
  return left.length === right.length && left.every((count, slot) => Object.is(count, right[slot]));
}

/** What is wrong with a score: a number that is none, a value without a word, or a word without a reason. */
function faultOf(score: Score): string | undefined {
  const { status, reason, value, effect, n, lower, upper, extras } = score;
  const numbers = [value, effect, n, lower, upper, ...Object.values(extras ?? {})];
  if (numbers.some((one) => one !== undefined && !Number.isFinite(one))) return "no number";
  if (status !== "ok" && (reason ?? "") === "") return "no reason";
  if (status === "ok" && (value === undefined || effect === undefined)) return "no value";
  if ((lower ?? -Infinity) > (upper ?? Infinity) + 1e-9) return "bounds";
  return n < 0 || (effect ?? 0) < 0 ? "negative" : undefined;
}

describe.each(kinds)("summaries of %s", (_kind, sets) => {
  it.each(sets.map((set) => [set.name, set] as const))(
    "of %s: halves make the whole in any order",
    (_, { count }) => {
      const broken = sets.filter(({ name }) => {
        const { whole, halves } = count(name);
        const sums = [
          add(...halves),
          add(...halves.toReversed()),
          add(whole, new Float64Array(whole.length)),
        ];
        return !sums.every((sum) => isSame(sum, whole));
      });
      expect(broken).toEqual([]);
    },
  );

  it.each(sets.map((set) => [set.name, set] as const))(
    "of %s: packed and read again they are the same",
    (_, { count }) => {
      const broken = sets.filter(({ name }) => {
        const { whole } = count(name);
        const read = new Float64Array(whole.length);
        unpackInto(pack(whole), read, 1);
        return !isSame(read, whole);
      });
      expect(broken).toEqual([]);
    },
  );
});

const pairs = MEASURES.flatMap((measure) =>
  measure.from.filter((kind) => kind in KINDS).map((kind) => [measure.name, kind, measure] as const),
);

describe.each(pairs)("%s of %s", (_name, kind, measure) => {
  const sets = KINDS[kind];
  const context = contextOf(kind);

  it.each(sets.map((set) => [set.name, set] as const))(
    "against %s is sound, and the same of halves",
    (_, { ref, count }) => {
      const faults = sets.map(({ name }) => {
        const { whole, halves } = count(name);
        const score = measure.score(ref, whole, context);
        const same = JSON.stringify(measure.score(ref, add(...halves), context)) === JSON.stringify(score);
        return [name, same ? faultOf(score) : "halves differ"];
      });
      expect(faults).toEqual(sets.map(({ name }) => [name, undefined]));
    },
  );

  it.each(sets.map((set) => [set.name, set] as const))(
    "of %s against itself is calm",
    (name, { ref, count }) => {
      const { effect = 0 } = measure.score(ref, count(name).whole, context);
      const isCompared = kind === "bins" || kind === "sums" || kind === "categories";
      expect(isCompared ? effect : 0).toBeLessThanOrEqual(1e-9);
    },
  );
});
