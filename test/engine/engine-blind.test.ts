import { describe, expect, it } from "vitest";
import { COHORT_HEAD } from "./cohort-days.ts";
import { event, garbage, HOUR, label, MINUTE, modelOf, START, type Sent } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const ROWS = 50;

/** `ROWS` records in every minute of the span, made by `make`, and the clock after each of them. */
async function live(
  world: World,
  [from, to]: readonly [number, number],
  make: (time: number, id: string) => Sent,
): Promise<void> {
  for (let minute = from; minute < to; minute += 1) {
    const time = START + minute * MINUTE;
    await world.feed(Array.from({ length: ROWS }, (_, i) => make(time + i * 1_000, `${minute}/${i}`)));
    await world.tick(time + MINUTE);
  }
}

const sound = (time: number, id: string): Sent => event({ id, time });

function toldBy({ transitions }: World): unknown[][] {
  return transitions.map(({ alert, at }) => [alert.alert, alert.state, (at - START) / MINUTE]);
}

describe("a monitor that cannot see", () => {
  it("says so without being asked, five minutes after it knows, and takes it back", async () => {
    const world = await worldOf({
      fitted: modelOf({ rules: " []" }),
      now: START,
      commitRows: ROWS,
      looks: true,
    });
    await live(world, [0, 30], sound);
    expect(toldBy(world)).toEqual([]);
    await live(world, [30, 60], (time) => garbage(time));
    // Nine of the last ten minutes are garbage at 39, and five minutes more are patience.
    expect(toldBy(world)).toEqual([["Blind", "firing", 45]]);
    const [{ alert }] = world.transitions;
    expect(alert).toMatchObject({
      model: "m",
      severity: "page",
      measure: "blind",
      score: { trust: "policy" },
    });
    expect(alert.explanation).toMatch(
      /^Blind m: 100% of the last \d+ records of s could not be decoded, for 6 min/,
    );
    await live(world, [60, 90], sound);
    expect(toldBy(world)[1]).toEqual(["Blind", "resolved", 71]);
  });

  it("remembers the alert over a restart", async () => {
    const fitted = modelOf({ rules: " []" });
    const world = await worldOf({ fitted, now: START, commitRows: ROWS, looks: true });
    await live(world, [0, 30], (time) => garbage(time));
    const { store } = world;
    const later = await worldOf({ fitted, store, now: START + 31 * MINUTE, commitRows: ROWS, looks: true });
    expect(later.engine.firing("m").map(({ alert }) => alert)).toEqual(["Blind"]);
  });

  it("is not told where the rule is off", async () => {
    const fitted = modelOf({ rules: "\n  - { alert: Blind, off: true }" });
    const world = await worldOf({ fitted, now: START, commitRows: ROWS, looks: true });
    await live(world, [0, 40], (time) => garbage(time));
    expect(toldBy(world)).toEqual([]);
  });

  it("misses labels that used to come", async () => {
    const fitted = modelOf({ rules: " []", head: COHORT_HEAD, labels: true });
    const world = await worldOf({ fitted, now: START, looks: true });
    await live(world, [0, 1], sound);
    await world.feed([label("0/0", 1, START + MINUTE)], { stream: "l" });
    // Labels mature after two hours, and a cohort has a day.
    for (let hour = 1; hour < 30; hour += 1) {
      await world.feed([event({ id: `h${hour}`, time: START + hour * HOUR })]);
      await world.tick(START + hour * HOUR);
      await world.tick(START + hour * HOUR + 6 * MINUTE);
    }
    const [{ alert }] = world.transitions;
    expect(alert.explanation).toContain("l has brought no label for 26 h 59 min, and predictions went on");
  });
});
