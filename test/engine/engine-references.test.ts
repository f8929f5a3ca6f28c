import { beforeAll, expect, test } from "vitest";
import { fitModel, type FittedModel } from "../../src/rules/fitted-model.ts";
import { findGridDifference } from "../../src/reference/grid-match.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { HOUR, modelOf, traffic } from "./fixture.ts";
import { worldOf } from "./world.ts";

let fitted: FittedModel;
let own: Reference;
beforeAll(() => {
  const story = {
    head: "window: { size: 1h, pane: 1m, lateness: 2m }",
    rules: "  - { alert: Moved, measure: psi, columns: [amount], for: 5m }",
  };
  const { model, reference } = modelOf(story);
  // As if another version had always seen the upper half only, counted on the same bins.
  const upper = modelOf({ ...story, referenceRow: (i) => ({ amount: 50 + (i % 50) }), grid: reference });
  own = upper.reference;
  fitted = fitModel({ model, reference, references: new Map([["v2", own]]), hasLabels: false });
});

test("a version with a reference of its own is held against that, and all others against the default", async () => {
  const { reference } = fitted;
  const amount = reference.columns.findIndex(({ name }) => name === "amount");
  expect(findGridDifference(reference, own)).toBeUndefined();
  expect(own.segments[0].columns[amount].counts).not.toEqual(reference.segments[0].columns[amount].counts);
  const world = await worldOf({ fitted, commitRows: 600 });
  await world.feed(
    traffic({ from: 0, to: 3 * HOUR, perMinute: 60 }, (at, i) => {
      const version = `v${1 + (i % 3)}`;
      return { version, amount: version === "v1" ? (at / 1000) % 100 : 50 + ((at / 1000) % 50) };
    }),
  );
  await world.end();
  const fired = world.transitions.map(({ alert }) => [alert.alert, alert.version, alert.state]);
  // The upper half is usual for v2, and no news of v1 and v3 is the same: only v3 has moved.
  expect(fired).toEqual([["Moved", "v3", "firing"]]);
  expect(world.transitions[0].alert.lineage.reference).toBe(fitted.reference.id);
  const shown = world.engine.judgesOf("m").panes.currentScores(() => false);
  const scoreOf = (version: string) =>
    shown.find(
      ({ series }) =>
        series.labels.version === version &&
        series.labels.column === "amount" &&
        series.measure.name === "psi",
    )?.score.value;
  expect(scoreOf("v2")).toBeLessThan(0.05);
  expect(scoreOf("v3")).toBeGreaterThan(0.5);
});
