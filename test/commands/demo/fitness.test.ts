import { expect, it } from "vitest";
import { groupFitness } from "../../../src/commands/demo/fitness.ts";

it("puts the columns of a rule together that can be judged alike", () => {
  const one = { series: 1, of: 1, verdict: "promised by the budget" };
  const note = "3 of 9 directions; its windows vary up to 48 times as much as chance";
  expect(
    groupFitness([
      { alert: "Hourly", column: "distance", ...one },
      { alert: "Hourly", column: "delay", ...one, note },
      { alert: "ByOrigin", column: "distance", verdict: "provisional", series: 20, of: 20 },
      { alert: "ByOrigin", column: "delay", verdict: "provisional", series: 2, of: 20 },
      { alert: "ByOrigin", column: "delay", verdict: "not judged", series: 18, of: 20, note },
    ]),
  ).toEqual([
    { alert: "Hourly", verdict: "promised by the budget", columns: `distance, delay (${note})` },
    {
      alert: "ByOrigin",
      verdict: "provisional",
      columns: "distance (all 20 airports), delay (2 of 20 airports)",
    },
    { alert: "ByOrigin", verdict: "not judged", columns: "delay (18 of 20 airports)" },
  ]);
});
