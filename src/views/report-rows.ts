import { DAY, HOUR } from "../config/quantity.ts";
import { unpackInto } from "../counts/packed.ts";
import { ARRIVALS } from "../counts/tails.ts";
import { readKept } from "../evaluation/kept-counts.ts";
import type { ModelReport } from "../publish/report.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import { ROLL_UP_STEPS } from "../window/roll-up.ts";

/** Event time, ms. */
interface Period {
  readonly since: number;
  readonly until: number;
}

/**
 * The last so many ms before `closedThrough`, and what the hour that they begin in has besides: of what is older than a few hours
 * no minutes are kept. Where hours are gone as well it begins with a whole day.
 */
export function periodOf(closedThrough: number, last: number): Period {
  const [hours] = ROLL_UP_STEPS;
  const step = last > hours.keep - DAY ? DAY : HOUR;
  return { since: Math.floor((closedThrough - last) / step) * step, until: closedThrough };
}

/** The rows that were counted in a period, by version too. */
export async function countRows(
  store: Pick<Store, "readPanes">,
  { counting }: FittedModel,
  { since, until }: Period,
): Promise<Pick<ModelReport, "rows" | "versions">> {
  const byVersion = new Map<string, { measured: number; invalid: number }>();
  const counts = new Float64Array(counting.layout.stride);
  // A day at a time: all counts of a long period would not fit into memory.
  for (let from = since; from < until; from = nextDay(from)) {
    const span = { from, to: Math.min(nextDay(from), until), closedThrough: until };
    for (const { segment, version, packed } of await readKept(store, counting, span)) {
      if (segment !== "all") continue;
      counts.fill(0);
      unpackInto(packed, counts, 1);
      const rows = byVersion.get(version) ?? { measured: 0, invalid: 0 };
      byVersion.set(version, rows);
      rows.measured += counts[ARRIVALS.measured];
      rows.invalid += counts[ARRIVALS.invalid];
    }
  }
  const versions = [...byVersion].map(([version, rows]) => ({ version, ...rows }));
  return {
    rows: {
      measured: versions.reduce((sum, { measured }) => sum + measured, 0),
      invalid: versions.reduce((sum, { invalid }) => sum + invalid, 0),
    },
    versions: versions.toSorted((left, right) => right.measured - left.measured),
  };
}

function nextDay(time: number): number {
  return (Math.floor(time / DAY) + 1) * DAY;
}
