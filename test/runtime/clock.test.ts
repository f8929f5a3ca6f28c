import { expect, test } from "vitest";
import { createSimulatedClock, createWallClock } from "../../src/runtime/clock.ts";

test("a simulated clock moves only when told, and never back", () => {
  const clock = createSimulatedClock(1_000);
  expect(clock.tick()).toEqual({ now: 1_000 });
  clock.advanceTo(5_000);
  clock.advanceTo(3_000);
  expect(clock.tick()).toEqual({ now: 5_000 });
});

test("a wall clock says what time it is, and how long somebody was awake to see it", () => {
  let now = 1_700_000_000_000;
  const clock = createWallClock(() => now);
  const after = (step: number): { now: number; awake?: number } => {
    now += step;
    return clock.tick();
  };
  expect(after(0)).toEqual({ now, awake: 0 });
  expect(after(5_000)).toEqual({ now, awake: 5_000 });
  // Set back, set on, suspended: time goes on from where it was.
  expect(after(-3_600_000)).toEqual({ now, awake: 5_000 });
  expect(after(1_000)).toEqual({ now, awake: 6_000 });
  expect(after(7_200_000)).toEqual({ now, awake: 6_000 });
  expect(after(30_000)).toEqual({ now, awake: 36_000 });
});
