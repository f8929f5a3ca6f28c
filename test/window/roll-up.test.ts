import { beforeAll, describe, expect, it } from "vitest";
import { pack, unpackInto } from "../../src/counts/packed.ts";
import type { CountingPlan } from "../../src/window/counting-plan.ts";
import type { PaneValue } from "../../src/window/pane.ts";
import { ROLL_UP_STEPS, RollUp, rollUpLayout } from "../../src/window/roll-up.ts";
import { paneLayout } from "../../src/window/task-delta.ts";
import { DAY, HOUR, MINUTE, modelOf, random, START } from "../engine/fixture.ts";

const [HOURS] = ROLL_UP_STEPS;

let plan: CountingPlan;
beforeAll(() => {
  plan = modelOf({ rules: "  - { alert: Drift, measure: psi, columns: [amount] }" }).counting;
});

function paneOf(start: number, count: number, change: Partial<PaneValue> = {}): PaneValue {
  const counts = new Float64Array(plan.layout.stride);
  counts[0] = count;
  counts[1] = -count;
  return { layout: paneLayout(plan), version: "v1", segment: "all", start, packed: pack(counts), ...change };
}

/** Each pane as `layout version segment start counts`, counts being its first two. */
function outline(panes: readonly PaneValue[]): string[] {
  return panes.map(({ layout, version, segment, start, packed }) => {
    const counts = new Float64Array(plan.layout.stride);
    unpackInto(packed, counts, 1);
    const hours = (start - START) / HOUR;
    return `${layout.split("@")[1] ?? ""} ${version} ${segment} +${hours}h ${counts[0]} ${counts[1]}`;
  });
}

describe("RollUp", () => {
  it("adds up an hour once all of its panes are closed, by version and segment", () => {
    const rollUp = new RollUp(plan);
    const early = [paneOf(START, 1), paneOf(START, 2), paneOf(START + 30 * MINUTE, 4)];
    expect(rollUp.add(early, START + 31 * MINUTE)).toEqual([]);
    const late = [
      paneOf(START + 59 * MINUTE, 8, { version: "v2" }),
      paneOf(START + 59 * MINUTE, 16, { segment: "region=eu" }),
    ];
    expect(rollUp.add(late, START + 59 * MINUTE)).toEqual([]);
    const ended = rollUp.add([], START + HOUR);
    expect(outline(ended).toSorted()).toEqual([
      "1h v1 all +0h 7 -7",
      "1h v1 region=eu +0h 16 -16",
      "1h v2 all +0h 8 -8",
    ]);
    expect(ended.map(({ layout }) => layout)).toEqual(Array(3).fill(rollUpLayout(plan, HOURS)));
    expect(rollUp.add([], START + 3 * HOUR)).toEqual([]);
  });

  it("adds up hours to days, and leaves out what held nothing", () => {
    const rollUp = new RollUp(plan);
    const panes = [paneOf(START + HOUR, 1), paneOf(START + 25 * HOUR, 2), paneOf(START + 26 * HOUR, 4)];
    expect(outline(rollUp.add(panes, START + 2 * DAY))).toEqual([
      "1h v1 all +1h 1 -1",
      "1h v1 all +25h 2 -2",
      "1d v1 all +0h 1 -1",
      "1h v1 all +26h 4 -4",
      "1d v1 all +24h 6 -6",
    ]);
  });

  it("crosses years in which nothing came without visiting their hours", () => {
    const rollUp = new RollUp(plan);
    const far = START + 30_000 * DAY;
    const ended = rollUp.add([paneOf(START, 1), paneOf(far, 2)], far + MINUTE);
    expect(outline(ended)).toEqual(["1h v1 all +0h 1 -1", "1d v1 all +0h 1 -1"]);
    expect(outline(rollUp.add([], far + 2 * DAY))).toEqual([
      "1h v1 all +720000h 2 -2",
      "1d v1 all +720000h 2 -2",
    ]);
  });

  it("counts a pane that does not divide the hour in the hour that it starts in", () => {
    const rollUp = new RollUp(plan);
    const panes = Array.from({ length: 8 }, (_, i) => paneOf(START + i * 45 * MINUTE, 2 ** i));
    expect(outline(rollUp.add(panes, START + 6 * HOUR))).toEqual([
      "1h v1 all +0h 3 -3",
      "1h v1 all +1h 4 -4",
      "1h v1 all +2h 8 -8",
      "1h v1 all +3h 48 -48",
      "1h v1 all +4h 64 -64",
      "1h v1 all +5h 128 -128",
    ]);
    const days = new RollUp(plan).add([paneOf(START, 1), paneOf(START + DAY, 2)], START + 2 * DAY);
    expect(outline(days).filter((line) => line.startsWith("1d"))).toEqual([
      "1d v1 all +0h 1 -1",
      "1d v1 all +24h 2 -2",
    ]);
  });

  it("answers the same bytes however often it was broken off and resumed, and however its panes came", async () => {
    const next = random(5);
    const panes = Array.from({ length: 3000 }, (_, i) =>
      paneOf(START + 23 * HOUR + Math.floor(i / 3) * 5 * MINUTE, 1 + Math.floor(next() * 1e6), {
        version: next() < 0.7 ? "v1" : "v2",
        segment: next() < 0.8 ? "all" : "region=eu",
      }),
    );
    const end = panes[panes.length - 1].start + 5 * MINUTE;
    const whole = new RollUp(plan).add(panes, end);
    expect(new Set(whole.map(({ layout }) => layout)).size).toBe(2);
    const key = ({ layout, version, segment, start }: PaneValue): string =>
      JSON.stringify([layout, start, version, segment]);
    const written = new Map<string, PaneValue>();
    let rollUp = new RollUp(plan);
    let closed = Number.NEGATIVE_INFINITY;
    while (closed < end) {
      const from = closed;
      const before = closed === Number.NEGATIVE_INFINITY ? START + 23 * HOUR : closed;
      const to = Math.min(end, before + Math.ceil(next() * 40) * 5 * MINUTE);
      const due = panes.filter(({ start }) => start >= from && start < to);
      for (const pane of rollUp.add(due, to)) written.set(key(pane), pane);
      const dies = next() < 0.5;
      // Else it was written, but not recorded as closed: it will be closed again.
      if (!dies || next() < 0.5) closed = to;
      if (!dies) continue;
      rollUp = new RollUp(plan);
      if (closed === Number.NEGATIVE_INFINITY) continue;
      const stored = [...panes, ...written.values()];
      await rollUp.resume(closed, async (range) =>
        stored.filter(
          ({ layout, start }) => layout === range.layout && start >= range.from && start < range.to,
        ),
      );
    }
    expect([...written.values()].map(key).toSorted()).toEqual(whole.map(key).toSorted());
    for (const pane of whole) expect(written.get(key(pane))?.packed).toEqual(pane.packed);
  });
});
