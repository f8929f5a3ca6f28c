import * as fc from "fast-check";
import { buildGrid } from "../../src/counts/grid.ts";
import { valuesRuler } from "../../src/counts/values.ts";
import { samples } from "../counts/awkward.ts";
import { valueSections } from "../statistics/labels.ts";

/** Labels of numbers, of a reference. */
export const ERRORS = valueSections(
  valuesRuler(1, buildGrid(Float64Array.from({ length: 500 }, (_, k) => ((k * 37) % 100) / 50 - 1))),
  Array.from({ length: 500 }, (_, k) => ({ value: ((k * 37) % 100) / 50 - 1, truth: 0 })),
);

const answer = fc.oneof(samples, fc.constant([Number.NaN]));

/** Answers and truths of all sizes. */
export const errorWindows = fc
  .array(fc.tuple(answer, answer), { minLength: 3, maxLength: 3 })
  .map((windows) =>
    windows.map(([values, truths]) =>
      valueSections(
        ERRORS.ruler,
        values.map((value, k) => ({ value, truth: truths[k % truths.length] })),
      ),
    ),
  );
