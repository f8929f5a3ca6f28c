import { describe, expect, test } from "vitest";
import { acceptChange, refuseAcceptance, type AcceptedCounts } from "../../src/reference/acceptance.ts";
import { build, plan } from "./plain-rows.ts";

const PLAN = plan({ name: "amount", type: "number" }, { name: "score", type: "number" });
const MINUTE = 60_000;
const BEGIN = Date.UTC(2024, 0, 1);

/** Amounts of which nineteen in twenty are nothing. */
function rows(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    time: BEGIN + i * MINUTE,
    amount: i % 20 === 0 ? i % 100 : 0,
    score: i % 7,
  }));
}

const reference = build(PLAN, rows(3_000));

function countedOf(position: number, times = 1): AcceptedCounts {
  const { counts } = reference.segments[0].columns[position];
  return new Map([["all", { counts: counts.map((count) => count * times) }]]);
}

describe("what was counted", () => {
  test("may stand in the place of what it was from the first, though ties leave a group without values", () => {
    expect(refuseAcceptance(reference, "amount", countedOf(0))).toBeUndefined();
    const change = { column: "amount", since: BEGIN, until: BEGIN + 3_000 * MINUTE, reason: "the same" };
    const accepted = acceptChange(reference, change, countedOf(0, 2));
    expect(accepted.segments[0].columns[0].counts).toEqual(countedOf(0, 2).get("all")?.counts);
    expect(accepted.segments[0].columns[1]).toBe(reference.segments[0].columns[1]);
  });

  test("may not, where it is little, or of no column", () => {
    expect(refuseAcceptance(reference, "amount", countedOf(0, 0.1))).toBe(
      "The reference would know too little of amount: 300 values were counted in that time, and 1000 are needed. Accept a longer time.",
    );
    expect(refuseAcceptance(reference, "nothing", new Map())).toBe("The reference has no column nothing.");
  });
});
