import { expect, test } from "vitest";
import { pack } from "../../src/counts/packed.ts";
import type { PaneRange, Store } from "../../src/state/store.ts";
import { countRows, periodOf } from "../../src/views/report-rows.ts";
import type { PaneValue } from "../../src/window/pane.ts";
import { ROLL_UP_STEPS, rollUpLayout } from "../../src/window/roll-up.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { DAY, HOUR, MINUTE, modelOf, START } from "../engine/fixture.ts";

const CLOSED = START + 60 * DAY + 7 * HOUR + 12 * MINUTE;

test("a period begins with an hour, and a long one with a day", () => {
  expect(periodOf(CLOSED, DAY)).toEqual({ since: START + 59 * DAY + 7 * HOUR, until: CLOSED });
  expect(periodOf(CLOSED, 13 * DAY).since).toBe(START + 47 * DAY + 7 * HOUR);
  expect(periodOf(CLOSED, 30 * DAY).since).toBe(START + 30 * DAY);
});

test("every row of a long period is counted once, from days, hours and panes, whatever it is split by", async () => {
  const fitted = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" });
  const { counting } = fitted;
  const [hours, days] = ROLL_UP_STEPS;
  const counts = new Float64Array(counting.layout.stride);
  const paneOf = (layout: string, start: number, rows: number): PaneValue[] => {
    counts[0] = rows;
    const pane = { layout, version: "v1", start, packed: pack(counts) };
    return ["all", "region=eu"].map((segment) => ({ ...pane, segment }));
  };
  // A row a minute, of which minutes are kept for two hours, hours for 14 days, and days since the start.
  const stored = [
    ...spans(START, CLOSED, DAY).flatMap((start) => paneOf(rollUpLayout(counting, days), start, 1_440)),
    ...spans(CLOSED - hours.keep, CLOSED, HOUR).flatMap((start) =>
      paneOf(rollUpLayout(counting, hours), start, 60),
    ),
    ...spans(CLOSED - 2 * HOUR, CLOSED, MINUTE).flatMap((start) => paneOf(paneLayout(counting), start, 1)),
  ];
  let most = 0;
  const store: Pick<Store, "readPanes"> = {
    readPanes({ layout, from, to }: PaneRange) {
      const found = stored.filter((pane) => pane.layout === layout && pane.start >= from && pane.start < to);
      most = Math.max(most, found.length);
      return Promise.resolve(found);
    },
  };
  for (const last of [HOUR, DAY, 13 * DAY, 30 * DAY]) {
    const period = periodOf(CLOSED, last);
    const measured = (period.until - period.since) / MINUTE;
    expect(await countRows(store, fitted, period)).toEqual({
      rows: { measured, invalid: 0 },
      versions: [{ version: "v1", measured, invalid: 0 }],
    });
  }
  expect(most).toBeLessThanOrEqual(2 * 24);
});

/** The starts of all whole spans of a length in [from, to). */
function spans(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) }, (_, position) => first + position * step);
}
