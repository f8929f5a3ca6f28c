import { createHash } from "node:crypto";
import type { Reference } from "./reference.ts";
import type { Season } from "./season.ts";

/**
 * SHA-256 (hex) of the canonical content: JSON in the order in which the reference is built, typed arrays as lists, and
 * what JSON has no number for as text. Decimal text names a double exactly, so the same content has the same id anywhere.
 */
export function referenceId(content: Omit<Reference, "id">): string {
  const { model, rows, from, to, independent, keyId, segmentBy, windowSizes, columns, segments } = content;
  const { outcome, fields, accepted, learnt, gridOf } = content;
  const ordered = {
    model,
    rows,
    from,
    to,
    independent,
    keyId,
    segmentBy,
    windowSizes,
    columns: columns.map(({ name, type, role, pii, grid, categories }) => {
      return { name, type, role, pii, grid: grid && orderedGrid(grid), categories };
    }),
    segments: segments.map(({ name, rows, columns, hourOfWeek, hourOfDay, outcome }) => {
      const labels = outcome && {
        counts: outcome.counts,
        calibration: orderedCalibration(outcome.calibration),
      };
      return { name, rows, columns: columns.map(orderedBaseline), hourOfWeek, hourOfDay, outcome: labels };
    }),
    outcome: outcome && {
      delay99: outcome.delay99,
      coverage: outcome.coverage,
      residuals: outcome.residuals && orderedGrid(outcome.residuals),
    },
    fields: fields && orderedFields(fields),
    accepted: accepted?.map(({ column, version, segments, since, until, by, reason }) => {
      return { column, version, segments, since, until, by, reason };
    }),
    learnt: learnt && { rows: learnt.rows },
    gridOf,
  };
  return createHash("sha256").update(JSON.stringify(ordered, asPlain)).digest("hex");
}

type Column = Reference["columns"][number];
type Baseline = Reference["segments"][number]["columns"][number];
type Calibration = Baseline["calibrations"][number];

function orderedFields({ layout, sampled, fields }: NonNullable<Reference["fields"]>) {
  return {
    layout,
    sampled,
    fields: fields.map(({ name, pointer, parent, counts, absent, values, rest }) => {
      return { name, pointer, parent, counts, absent, values, rest };
    }),
  };
}

function orderedGrid({ edges, deciles, minimum, maximum, low, high }: NonNullable<Column["grid"]>) {
  return { edges, deciles, minimum, maximum, low, high };
}

function orderedBaseline({ counts, sums, calibrations, seasons }: Baseline) {
  return {
    counts,
    sums,
    calibrations: calibrations.map(orderedCalibration),
    seasons: seasons?.map(orderedSeason),
  };
}

function orderedSeason({ signal, windowSize, slots, weeks, meanRows, n, counts, share, logit }: Season) {
  const dispersions = [share, logit].map(({ deff, nu, tau }) => ({ deff, nu, tau }));
  return { signal, windowSize, slots, weeks, meanRows, n, counts, dispersions };
}

function orderedCalibration(calibration: Calibration) {
  const { signal, windowSize, k, blocks, n, meanRows, counts, share, logit } = calibration;
  const dispersions = [share, logit].map(({ deff, nu, tau }) => ({ deff, nu, tau }));
  return { signal, windowSize, k, blocks, n, meanRows, counts, dispersions };
}

function asPlain(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Float64Array || value instanceof Int32Array) return Array.from(value);
  return value;
}
