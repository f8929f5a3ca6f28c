import { expect, test } from "vitest";
import { createSimulatedClock } from "../../src/runtime/clock.ts";

test("a simulated clock moves only when told, and never back", () => {
  const clock = createSimulatedClock(1_000);
  expect(clock.tick()).toEqual({ now: 1_000 });
  clock.advanceTo(5_000);
  clock.advanceTo(3_000);
  expect(clock.tick()).toEqual({ now: 5_000 });
});
