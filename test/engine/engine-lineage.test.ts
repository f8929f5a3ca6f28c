import { expect, it } from "vitest";
import { lineageOf } from "../../src/rules/lineage.ts";
import { HOUR, modelOf, traffic } from "./fixture.ts";
import { worldOf } from "./world.ts";

const RULES = [
  "  - { alert: Drift, measure: psi, columns: [amount] }",
  "  - { alert: Broken, measure: invalid, above: 0.5, window: { size: 30m } }",
].join("\n");

it("says of which records an alert's numbers were computed, by what reference, rules and schema", async () => {
  const fitted = modelOf({ rules: RULES });
  const world = await worldOf({ fitted, partitions: 2 });
  const sent = traffic({ from: 0, to: 6 * HOUR, perMinute: 10 }, (_, i) => ({
    amount: i < 1_800 ? i % 100 : 90 + (i % 10),
  }));
  // 600 records of an hour, every second one in each partition.
  for (let from = 0; from < sent.length; from += 100) {
    const part = sent.slice(from, from + 100);
    await world.feed(
      part.filter((_, i) => i % 2 === 0),
      { partition: 0 },
    );
    await world.feed(
      part.filter((_, i) => i % 2 === 1),
      { partition: 1 },
    );
  }
  const alert = world.transitions.find(({ alert }) => alert.alert === "Drift")?.alert;
  const { rules, schema, reference, layout } = lineageOf(fitted);
  expect(alert?.lineage).toMatchObject({ reference, rules, schema, layout, version: "v1" });
  const end = (Date.parse(alert?.startsAt ?? "") - Date.UTC(2026, 0, 5)) / (HOUR / 600);
  expect(end).toBeGreaterThan(1_800);
  const half = [end / 2 - 300, end / 2 - 1];
  expect(alert?.lineage.offsets).toEqual({ "s/0": half, "s/1": half });
});
