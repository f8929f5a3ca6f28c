import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { HOUR, MINUTE, modelOf, START, traffic, type Told } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const REGIONS = ["eu", "us", "uk"];
const BROKEN = 3 * HOUR;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]",
    rules: `
  - { alert: Moved, measure: psi, columns: [amount], by: [], for: 5m }
  - { alert: Jumped, measure: psi, columns: [amount], by: [], against: previous, for: 5m, keepFiringFor: 5m }
  - { alert: Canary, measure: psi, columns: [amount], by: [version, region], against: { version: v1 }, for: 5m }
  - { alert: CanaryNulls, measure: missing, columns: [amount], against: { version: v1 }, for: 5m }`,
  });
});

/** Two versions take turns, 60 events a minute; \`change\` says what is unusual about an event. */
async function tell(
  change: (event: { region: string; version: string; time: number }, i: number) => Told,
  hours = 6,
): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 600 });
  await world.feed(
    traffic({ from: 0, to: hours * HOUR, perMinute: 60 }, (at, i) => {
      const time = at - START;
      const event = { version: `v${1 + (i % 2)}`, region: REGIONS[i % 3] ?? "", amount: (i * 37) % 100 };
      return { ...event, ...change({ ...event, time }, i) };
    }),
  );
  await world.end();
  return world;
}

function firedIn({ transitions }: World, name: string): Alert[] {
  return transitions.flatMap(({ alert }) =>
    alert.alert === name && alert.state === "firing" ? [alert] : [],
  );
}

describe("windows held against the one before", () => {
  it("tell a jump, and calm down once the window before has jumped too", async () => {
    const world = await tell(({ time }) => (time < BROKEN ? {} : { amount: 60 + (time % 41) }));
    const [jumped, ...more] = firedIn(world, "Jumped");
    expect(more).toEqual([]);
    expect(jumped.startsAt < new Date(START + BROKEN + 30 * MINUTE).toISOString()).toBe(true);
    expect(jumped.explanation).toContain("amount moved up");
    expect(jumped.explanation).toContain("against the 1h before");
    expect(jumped.explanation).toContain("Provisional");
    const ended = world.transitions.find(({ alert }) => alert.id === jumped.id && alert.state === "resolved");
    expect(ended?.alert.endsAt?.slice(0, 13)).toBe(
      new Date(START + BROKEN + 2 * HOUR).toISOString().slice(0, 13),
    );
    // What never comes back is news against the reference for as long as it lasts.
    const [moved] = firedIn(world, "Moved");
    expect(
      world.transitions.filter(({ alert }) => alert.id === moved.id && alert.state === "resolved"),
    ).toEqual([]);
  });

  it("are not judged before there is one, and a slow drift is no news to them", async () => {
    const slow = await tell(({ time }, i) => ({ amount: ((i * 37) % 100) + time / HOUR }), 7);
    expect(firedIn(slow, "Moved")).toHaveLength(1);
    expect(firedIn(slow, "Jumped")).toEqual([]);
    const atOnce = await tell(({ time }) => (time < 30 * MINUTE ? {} : { amount: 99 }), 2);
    expect(firedIn(atOnce, "Jumped")).toEqual([]);
  });

  it("are the same windows after a restart", async () => {
    const story = ({ time }: { time: number }): Told => (time < BROKEN ? {} : { amount: 60 + (time % 41) });
    const whole = await tell(story);
    const first = await tell(story, 3);
    const second = await worldOf({
      fitted,
      commitRows: 600,
      store: first.store,
      transitions: first.transitions,
    });
    const rest = traffic({ from: 3 * HOUR, to: 6 * HOUR, perMinute: 60 }, (at, k) => {
      const i = k + 3 * 3_600;
      const event = { version: `v${1 + (i % 2)}`, region: REGIONS[i % 3] ?? "" };
      return { ...event, ...story({ time: at - START }) };
    });
    await second.feed(rest);
    await second.end();
    const told = ({ transitions }: World): unknown[] =>
      transitions.flatMap(({ alert }) =>
        alert.alert === "Jumped" ? [[alert.state, alert.startsAt, alert.endsAt, alert.score]] : [],
      );
    expect(told(second)).toEqual(told(whole));
  });
});

describe("a version held against another of the same time", () => {
  it("is told where it does worse, and the other never", async () => {
    const world = await tell(({ version, region, time }) =>
      time >= BROKEN && version === "v2" && region === "eu" ? { amount: 60 + (time % 41) } : {},
    );
    const fired = firedIn(world, "Canary");
    expect(fired.map(({ version, segment, column }) => [version, segment, column])).toEqual([
      ["v2", "region=eu", "amount"],
    ]);
    const [{ explanation, evidence, score }] = fired;
    expect(explanation).toContain("against v1 over the same 1h");
    expect(evidence?.segments).toEqual({
      moved: { count: 0, names: [] },
      calm: { count: 2, names: ["region=uk", "region=us"] },
    });
    expect(score.trust).toBe("provisional");
    expect(evidence?.began).toBe(new Date(START + BROKEN).toISOString());
  });

  it("is no news where both change alike, however much", async () => {
    const world = await tell(({ time }) => (time < BROKEN ? {} : { amount: 60 + (time % 41) }));
    expect(firedIn(world, "Moved")).toHaveLength(1);
    expect(firedIn(world, "Canary")).toEqual([]);
  });

  it("is asked about missing values, too", async () => {
    const world = await tell(({ version, time }, i) =>
      time >= BROKEN && version === "v2" && i % 10 < 4 ? { amount: null } : {},
    );
    const [alert] = firedIn(world, "CanaryNulls");
    expect(alert.explanation).toMatch(/\d+% of values are missing, 0% in v1/);
  });

  it("waits for the version that it is held against", async () => {
    const world = await tell((_, i) => ({ version: `v${2 + (i % 2)}`, amount: i % 2 === 0 ? 1 : 99 }));
    expect(firedIn(world, "Canary")).toEqual([]);
  });
});
