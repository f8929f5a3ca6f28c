import { describe, expect, it } from "vitest";
import { createWallClock } from "../../src/runtime/clock.ts";
import { BlindnessWatch, type LookAt } from "../../src/verdict/blindness.ts";
import { ClockJudge } from "../../src/verdict/clock-judge.ts";
import { modelOf } from "../engine/fixture.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LOOK_EVERY = 5_000;

const fitted = modelOf({
  rules: "  - { alert: Silent, measure: freshness, above: 5m, keepFiringFor: 0s }",
});

function lookAt(lag: number): LookAt {
  const counts = { records: 0, received: 0, undecodable: 0, invalid: 0, unknownModel: 0, orphans: 0 };
  const stream = { ...counts, future: 0, late: 0, measured: 0, lag, reached: START, bounded: false };
  return {
    streams: [{ stream: "s", role: "inference", ...stream }],
    outages: [],
    labelPatience: Infinity,
  };
}

/** A judge that looks every five seconds, by a wall clock that can be set. */
function watched() {
  let now = START;
  const clock = createWallClock(() => now);
  const judge = new ClockJudge(fitted);
  const look = (newestEvent: number, left: number): string[] =>
    judge
      .judge({ newestEvent, look: lookAt(left) }, clock.tick())
      .map(({ alert }) => `${alert.alert} ${alert.state}`);
  return {
    now: () => now,
    /** Sets the clock, and looks at once. */
    set(time: number, newestEvent: number): string[] {
      now = time;
      return look(newestEvent, 0);
    },
    /** Looks for so long; `age` is what the newest event is then each time, ms, and so many records are `left` to read. */
    go(length: number, age: () => number, left = 0): string[] {
      const said: string[] = [];
      for (const end = now + length; now < end;) {
        now += LOOK_EVERY;
        said.push(...look(now - age(), left));
      }
      return said;
    },
  };
}

describe("ClockJudge", () => {
  it("calls a stream silent that was so for its limit, also when it starts", () => {
    const quiet = watched();
    expect(quiet.go(5_000, () => 6 * MINUTE)).toEqual(["Silent firing"]);
    const { now, go } = watched();
    const last = now();
    expect(go(5 * MINUTE, () => now() - last)).toEqual([]);
    expect(go(MINUTE, () => now() - last)).toEqual(["Silent firing"]);
  });

  it("calls nobody for a clock that is set, or a machine that slept, while events go on", () => {
    const { now, set, go } = watched();
    go(MINUTE, () => 0);
    expect(set(now() + DAY, now())).toEqual([]);
    // What came meanwhile is read.
    expect(go(4 * MINUTE, () => DAY)).toEqual([]);
    expect(go(30 * MINUTE, () => 0)).toEqual([]);
    expect(set(now() - DAY, now())).toEqual([]);
    expect(go(30 * MINUTE, () => 0)).toEqual([]);
  });

  it("says that events are old where that lasts, whoever is wrong", () => {
    const { now, set, go } = watched();
    go(MINUTE, () => 0);
    expect(set(now() + DAY, now())).toEqual([]);
    expect(go(5 * MINUTE, () => DAY)).toEqual([]);
    expect(go(MINUTE, () => DAY)).toEqual(["Silent firing"]);
  });

  it("calls nobody while a store that was lost is rebuilt from what Kafka keeps", () => {
    const { now, set, go } = watched();
    go(MINUTE, () => 0);
    expect(set(now(), now() - 3 * DAY)).toEqual([]);
    // Half of it in a minute: from three days to less than a limit in a quarter of an hour.
    let age = 3 * DAY;
    expect(go(14 * MINUTE, () => (age *= 0.5 ** (1 / 12)))).toEqual([]);
    expect(age).toBeLessThan(5 * MINUTE);
    const last = now() - age;
    expect(go(4 * MINUTE, () => now() - last)).toEqual([]);
    expect(go(6 * MINUTE, () => now() - last)).toEqual(["Silent firing"]);
  });

  it("takes a history that is still read for no silence, and says at its end that it is one", () => {
    const { now, go } = watched();
    let age = 3 * DAY;
    expect(go(10 * MINUTE, () => (age *= 0.98), 1_000)).toEqual([]);
    const last = now() - age;
    expect(go(MINUTE, () => now() - last)).toEqual(["Silent firing"]);
  });

  it("says after the limit that nothing more comes of a history that cannot be read", () => {
    const { now, go } = watched();
    const last = now() - DAY;
    expect(go(5 * MINUTE, () => now() - last, 1_000)).toEqual([]);
    expect(go(MINUTE, () => now() - last, 1_000)).toEqual(["Silent firing"]);
  });

  it("says that events are old where less is read than comes", () => {
    const { now, set, go } = watched();
    go(MINUTE, () => 0);
    expect(set(now(), now() - DAY)).toEqual([]);
    expect(go(6 * MINUTE, () => DAY + 30_000 * (now() % 60_000 === 0 ? 1 : 0))).toEqual(["Silent firing"]);
  });

  it("goes on firing over a leap", () => {
    const { now, set, go } = watched();
    const last = now();
    expect(go(6 * MINUTE, () => now() - last)).toEqual(["Silent firing"]);
    expect(set(now() + DAY, last)).toEqual([]);
    expect(go(MINUTE, () => now() - last)).toEqual([]);
    expect(go(MINUTE, () => 0)).toEqual(["Silent resolved"]);
  });
});

describe("BlindnessWatch, where the clock is set", () => {
  it.each([-60 * MINUTE, DAY])("has seen for as long as somebody looked: by %d ms", (leap) => {
    let now = START;
    const clock = createWallClock(() => now);
    const watch = new BlindnessWatch();
    const look = { streams: [], outages: ["Kafka is away"], labelPatience: Infinity };
    watch.look(look, clock.tick());
    now += 20_000;
    watch.look(look, clock.tick());
    now += leap;
    watch.look(look, clock.tick());
    now += 10_000;
    expect(watch.look(look, clock.tick())).toEqual([
      { name: "away: 0", text: "Kafka is away", since: now - 30_000 },
    ]);
  });
});
