import { expect, test } from "vitest";
import { OpenHalves } from "../../src/join/open-halves.ts";

const PANE = 60_000;

test("gives up exactly the panes that are over, and counts what met in them", () => {
  const open = new OpenHalves(PANE);
  for (const time of [10, PANE - 1, PANE, 5 * PANE]) open.add("input", time);
  open.add("output", 10);
  open.remove("input", 10);
  open.meet(10);
  expect(open.expire(PANE)).toEqual({ input: 1, output: 1 });
  expect(open.expire(PANE)).toEqual({ input: 0, output: 0 });
  expect(open.expired()).toEqual([{ start: 0, pairs: 1, orphans: { input: 1, output: 1 } }]);
  expect(open.expire(Number.POSITIVE_INFINITY)).toEqual({ input: 2, output: 0 });
  expect(open.expiredThrough).toBe(Number.POSITIVE_INFINITY);
});

test("never goes back, also where another partition wakes", () => {
  const open = new OpenHalves(PANE);
  open.add("output", 0);
  open.expire(3 * PANE);
  open.expire(-Infinity);
  expect(open.expiredThrough).toBe(3 * PANE);
});

test("goes on from its record, and remembers ten minutes of what became of halves", () => {
  const open = new OpenHalves(PANE);
  for (let minute = 0; minute < 30; minute++) open.meet(minute * PANE);
  open.add("input", 25 * PANE);
  open.expire(20 * PANE);
  const again = new OpenHalves(PANE);
  again.restore(structuredClone(open.export()));
  expect(again.expiredThrough).toBe(20 * PANE);
  expect(again.expired().map(({ start }) => start / PANE)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(again.expire(26 * PANE)).toEqual({ input: 1, output: 0 });
  expect(again.expired().at(-1)).toEqual({ start: 25 * PANE, pairs: 1, orphans: { input: 1, output: 0 } });
});
