import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/config-file.ts";
import { hasErrors } from "../../src/config/fault.ts";
import { readModel } from "../../src/rules/model-file.ts";
import { MEASURES } from "../../src/statistics/measures.ts";

/*
 * Whatever stands in a file, reading it gives faults and never an exception, and something is either returned or said to be
 * wrong. Each run puts an arbitrary value at an arbitrary place of a file that is sound.
 */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const junk: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 1e300, "", "x", "5m", "*", "!", [], {}, [[]], [null], { "": {} }),
  // A JSON value is one by construction.
  fc.jsonValue({ maxDepth: 2 }).map((value) => value as Json),
);

/** The value with another at the n-th place of those it has, in depth-first order. */
function replaceAt(value: Json, place: number, other: Json): Json {
  let left = place;
  const visit = (part: Json): Json => {
    if (left-- === 0) return other;
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map(visit);
    return Object.fromEntries(Object.entries(part).map(([key, below]) => [key, visit(below)]));
  };
  return visit(value);
}

function exampleOf(name: string): Json {
  const schema: unknown = JSON.parse(
    readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8"),
  );
  // schemas.test.ts holds the examples against the schema.
  return (schema as { examples: Json[] }).examples.at(-1) ?? null;
}

test("any driftd.yaml is read or refused", () => {
  const sound = exampleOf("driftd");
  fc.assert(
    fc.property(fc.nat(60), junk, (place, other) => {
      const text = JSON.stringify(replaceAt(sound, place, other));
      const { config, faults } = readConfig({ text, file: "driftd.yaml", env: {} });
      expect(config === undefined).toBe(hasErrors(faults));
    }),
    { numRuns: 500 },
  );
});

/** Keys that every object of JavaScript has: what is written under them in a file is data like any other. */
const INHERITED = ["__proto__", "toString"];

/** Whether something of a file was returned, or else said to be wrong. */
function isReadOrRefused(name: string, text: string): boolean {
  if (name === "driftd") {
    const { config, faults } = readConfig({ text, file: "driftd.yaml", env: {} });
    return (config === undefined) === hasErrors(faults);
  }
  const read = readModel({ text, file: "fraud.yaml", extended: new Map(), measures: MEASURES });
  return (read.model === undefined) === (read.base || hasErrors(read.faults));
}

test("keys that JavaScript knows are keys like any other, wherever they stand", () => {
  const junkOf = (key: string): Json[] => [
    key,
    Object.fromEntries([[key, {}]]),
    [Object.fromEntries([[key, "x"]])],
    { a: Object.fromEntries([[key, null]]) },
  ];
  for (const name of ["driftd", "rules"]) {
    const sound = exampleOf(name);
    for (let place = 0; place <= 60; place += 1) {
      for (const other of INHERITED.flatMap(junkOf)) {
        const text = JSON.stringify(replaceAt(sound, place, other));
        expect([text, isReadOrRefused(name, text)]).toEqual([text, true]);
      }
    }
  }
});

test("any rule file is read or refused", () => {
  const sound = exampleOf("rules");
  const base = JSON.stringify({ version: 1, rules: [{ alert: "NullSpike", measure: "missing" }] });
  fc.assert(
    fc.property(fc.nat(60), junk, (place, other) => {
      const text = JSON.stringify(replaceAt(sound, place, other));
      const extended = new Map([["base/binary.yaml", base]]);
      const read = readModel({ text, file: "fraud.yaml", extended, measures: MEASURES });
      expect(read.model === undefined).toBe(read.base || hasErrors(read.faults));
    }),
    { numRuns: 500 },
  );
});

test("any text is read or refused", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."{}[]:,-#&*!|>'\"%@`\n \t${}a1~?"), maxLength: 60 }),
      (text) => {
        expect(() => readConfig({ text, file: "driftd.yaml", env: {} })).not.toThrow();
      },
    ),
    { numRuns: 1000 },
  );
});
