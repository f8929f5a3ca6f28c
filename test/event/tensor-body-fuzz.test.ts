import { expect, it } from "vitest";
import { READ, readBody, UNDECODABLE } from "../../src/event/tensor-body-reader.ts";
import { createTensorReader } from "../../src/event/tensor-reader.ts";
import { createDraw, mutatedBody, recordedCorpus } from "./body-mutations.ts";
import { plainBody } from "./plain/any-body.ts";
import { shownBody } from "./plain/body.ts";

/** More of them by hand: FUZZ_CASES=5000000, and FUZZ_SEED for others. */
const CASES = Number(process.env.FUZZ_CASES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101);

it(
  "reads of mutated bodies exactly what a slow reader does, with one reader for many",
  { timeout: 600_000 + CASES },
  () => {
    const corpus = recordedCorpus();
    const draw = createDraw(SEED);
    let reader = createTensorReader();
    let read = 0;
    for (let i = 0; i < CASES; i++) {
      // The arrays of a new one are small.
      if (i % 50 === 0) reader = createTensorReader();
      const { bytes, kind } = mutatedBody(corpus, draw);
      const outcome = readBody(reader, bytes, { kind, maxBytes: 1_048_576 });
      const expected = plainBody(bytes, kind);
      const wanted = expected === undefined ? UNDECODABLE : READ;
      if (outcome === READ) read++;
      const isSame = expected === undefined || isEqual(shownBody(reader.body), expected);
      if (outcome !== wanted || !isSame) throw new Error(failure(i, bytes, kind));
    }
    // Enough of them must still be bodies, or the comparison says nothing.
    expect(read).toBeGreaterThan(CASES / 5);
  },
);

function failure(index: number, bytes: Uint8Array, kind: string): string {
  return `case ${index}, ${kind}: ${Buffer.from(bytes).toString("base64")}`;
}

/** Plain values, arrays and objects with the same members in the same order. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const left = Object.values(a);
  const right = Object.values(b);
  return left.length === right.length && left.every((value, i) => isEqual(value, right[i]));
}
