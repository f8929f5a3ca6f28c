import { formatDuration } from "../../config/quantity.ts";
import { paint, plural, printable } from "../text.ts";
import type { TextStyle } from "../text.ts";
import type { Firing } from "./firing.ts";
import type { Reviewed } from "./reviewed-rows.ts";
import type { Outcome } from "./run-scenario.ts";

/** What became of a test file's scenarios. */
export interface FileOutcome {
  /** As seen from the working directory. */
  readonly file: string;
  readonly model: string;
  readonly outcomes: readonly TimedOutcome[];
}

export interface TimedOutcome extends Outcome {
  /** That it took to play, seconds. */
  readonly seconds: number;
}

/** `ok` or `FAIL`, what it is about, and how long it took; then what was expected and did not come. */
export function describeOutcome(outcome: TimedOutcome, style: TextStyle): string {
  const { name, ok, problems, runs, passed, seconds } = outcome;
  const word = ok ? paint("ok  ", "green", style) : paint("FAIL", "red", style);
  const repeated = runs > 1 ? ` (${passed} of ${runs} runs)` : "";
  const took = paint(`${seconds.toFixed(1)} s`, "dim", style);
  return [
    `  ${word}  ${printable(name)}${repeated}  ${took}`,
    ...problems.map((problem) => `        ${printable(problem)}`),
  ].join("\n");
}

export function describeSummary(files: readonly FileOutcome[]): string {
  const outcomes = files.flatMap((file) => file.outcomes);
  const failed = outcomes.filter(({ ok }) => !ok).length;
  const told = plural(outcomes.length, "scenario");
  return failed === 0 ? `All is well: ${told}.` : `${told}, ${failed} failed.`;
}

/** For programs; times of firings in seconds from the start of the scenario. */
export function jsonReport(files: readonly FileOutcome[]): object {
  return {
    ok: files.every(({ outcomes }) => outcomes.every(({ ok }) => ok)),
    files: files.map(({ file, model, outcomes }) => ({
      file,
      model,
      scenarios: outcomes.map(({ name, ok, runs, passed, problems, seconds, firings, reviewed, start }) => ({
        name,
        ok,
        runs,
        passed,
        problems,
        seconds: Number(seconds.toFixed(3)),
        alerts: firings.map((firing) => jsonFiring(firing, start)),
        ...(reviewed.length === 0 ? {} : { reviews: reviewed.map(jsonReviewed) }),
      })),
    })),
  };
}

function jsonFiring({ from, to, told, ...series }: Firing, start: number): object {
  return {
    ...series,
    firing: formatDuration(from - start),
    ...(Number.isNaN(to) ? {} : { resolved: formatDuration(to - start) }),
    score: told,
  };
}

function jsonReviewed({ review, slices, rows }: Reviewed): object {
  const met = slices.reduce((sum, { meeting }) => sum + meeting, 0);
  return { review, meeting: met, rows: rows ?? slices.reduce((sum, slice) => sum + slice.rows, 0) };
}
