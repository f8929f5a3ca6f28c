import { describe, expect, it } from "vitest";
import { judgeCell } from "./acceptance.ts";
import { simulate, type Simulation } from "./marginal.ts";
import { measureOwnReference, MUTATIONS } from "./mutations.ts";
import { runVersions, VERSION_BUDGET } from "./versions.ts";

/* Every part of the procedure that could be left out by mistake: without it the simulations must fail. */

function verdictOf(simulation: Simulation): string {
  const [outcome] = simulate(simulation).values();
  return judgeCell(outcome, simulation.levels).verdict;
}

describe.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s", (_name, mutation) => {
  it("is noticed", () => {
    expect(verdictOf(mutation.intact)).toBe("holds");
    expect(verdictOf(mutation.spoiled)).toBe("broken");
  });
});

describe("a reference's window", () => {
  it("is held against the others, not against all", () => {
    const { againstRest, againstAll } = measureOwnReference();
    expect(Math.abs(againstRest)).toBeLessThan(3);
    expect(againstAll).toBeLessThan(-3);
  });
});

describe("the part of the budget that is kept for what is new", () => {
  it("is shared once, however many versions come", () => {
    const most = VERSION_BUDGET + 3 * Math.sqrt(VERSION_BUDGET);
    expect(runVersions({ isSplitAgain: false })).toBeLessThanOrEqual(most);
    expect(runVersions({ isSplitAgain: true })).toBeGreaterThan(most);
  });
});
