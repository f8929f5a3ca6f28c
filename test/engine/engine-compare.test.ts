import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { dayOf, honestModel, livedThrough } from "./cohort-days.ts";
import { HOUR, MINUTE, modelOf, START, traffic, type Told } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const REGIONS = ["eu", "us", "uk"];
const BROKEN = 3 * HOUR;

function firedIn({ transitions }: World, state: Alert["state"] = "firing"): Alert[] {
  return transitions.flatMap(({ alert }) =>
    alert.alert === "Canary" && alert.state === state ? [alert] : [],
  );
}

describe("versions that are compared by their columns", () => {
  let fitted: FittedModel;
  beforeAll(() => {
    fitted = modelOf({
      head: "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region]",
      rules: `
  - { alert: Canary, compare: { version: v2, against: v1 }, by: [region], for: 5m, keepFiringFor: 5m, action: rollback }`,
    });
  });

  /** Three versions take turns, 60 events a minute; \`change\` says what is unusual about an event. */
  async function tell(
    change: (event: { region: string; version: string; time: number }, i: number) => Told,
    hours = 5,
  ): Promise<World> {
    const world = await worldOf({ fitted, commitRows: 600 });
    await world.feed(
      traffic({ from: 0, to: hours * HOUR, perMinute: 60 }, (at, i) => {
        const time = at - START;
        const version = `v${1 + (i % 4 === 3 ? 2 : i % 2)}`;
        const device = i % 8 < 4 ? "app" : "web";
        const event = { version, device, region: REGIONS[i % 3] ?? "", amount: (i * 37) % 100 };
        return { ...event, ...change({ ...event, time }, i) };
      }),
    );
    await world.end();
    return world;
  }

  it("differ where they have no value in common", async () => {
    const world = await tell(({ version }) => ({ device: version === "v1" ? "web" : "app" }), 2);
    const fired = firedIn(world);
    expect(fired.map(({ version }) => version)).toEqual(["v2", "v2", "v2"]);
    const [row] = fired[0].evidence?.comparison?.columns ?? [];
    expect(row).toMatchObject({ column: "device", differs: true, difference: { value: 1 } });
    expect(row.score.p).toBeLessThan(1e-6);
  });

  it("are one alert for a version and a segment, however much differs there", async () => {
    const world = await tell(({ version, region, time }) =>
      time >= BROKEN && version !== "v1" && region === "eu"
        ? { amount: 60 + (time % 41), device: "app", score: 0.9 }
        : {},
    );
    const [alert, ...more] = firedIn(world);
    expect(more).toEqual([]);
    // v3 does just the same, and nobody asks about it.
    expect(alert).toMatchObject({
      version: "v2",
      segment: "region=eu",
      action: "rollback",
      against: { version: "v1" },
    });
    expect(alert.column).toBeUndefined();
    const { comparison } = alert.evidence ?? {};
    expect(comparison).toMatchObject({ against: "v1", asked: 6 });
    const columns = comparison?.columns ?? [];
    expect(new Set(columns.map(({ column, measure }) => `${measure} ${column}`)).size).toBe(6);
    expect(
      columns
        .filter(({ differs }) => differs)
        .map(({ column }) => column)
        .toSorted(),
    ).toEqual(["amount", "device", "prediction.score"].slice(0, comparison?.differing));
    for (const { score, difference } of columns) {
      expect(score).toMatchObject({ status: "ok" });
      expect(score.n).toBeGreaterThan(100);
      expect(difference?.lower).toBeLessThanOrEqual(difference?.value ?? Number.NaN);
      expect(difference?.upper).toBeGreaterThanOrEqual(difference?.value ?? Number.NaN);
    }
    expect(alert.explanation).toMatch(
      /^Canary m v2, region=eu: v2 (sees other data|answers otherwise) than v1 in eu/,
    );
    expect(alert.evidence?.segments).toEqual({
      moved: { count: 0, names: [] },
      calm: { count: 2, names: ["region=uk", "region=us"] },
    });
    expect(alert.startsAt < new Date(START + BROKEN + 30 * MINUTE).toISOString()).toBe(true);

    // Whoever takes over knows the alert as it was told.
    const next = await worldOf({ fitted, store: world.store });
    expect(next.engine.firing("m").map(({ id, explanation }) => [id, explanation])).toEqual([
      [alert.id, alert.explanation],
    ]);
    await next.tick(next.clock.tick().now);
    expect(firedIn(next, "resolved")).toEqual([]);
  });
});

describe("versions that are compared by their labels", () => {
  let fitted: FittedModel;
  beforeAll(() => {
    fitted = honestModel(
      `  - { alert: Canary, compare: { against: v1 }, by: [region], keepFiringFor: 0s, action: rollback }`,
    );
  });

  /** Two versions take turns; \`shareOf\` says how often a score comes true. */
  function day(number: number, shareOf: (score: number, version: string, region: string) => number) {
    return dayOf(number, {
      rows: 6_000,
      answer(u, region) {
        const version = u() < 0.5 ? "v1" : "v2";
        const score = u();
        return { version, prediction: { score }, truth: Number(u() < shareOf(score, version, region)) };
      },
    });
  }

  it("are one alert for a version and a segment that says how much worse it is, and none where it is better", async () => {
    const world = await livedThrough(fitted, [
      day(0, (score, version, region) => (version === "v2" && region === "us" ? 1 - score : score)),
      // Now the scores of v2 are right, and those of v1 are not.
      day(1, (score, version) => (version === "v1" ? 1 - score : score)),
    ]);
    const fired = firedIn(world);
    expect(fired.map(({ version, segment, column }) => [version, segment, column])).toEqual([
      ["v2", "region=us", "truth"],
    ]);
    const [{ explanation, evidence, score, action }] = fired;
    expect(action).toBe("rollback");
    expect(score).toMatchObject({ status: "ok", trust: "provisional" });
    expect(explanation).toMatch(
      /^Canary m\/truth v2, region=us: v2 is worse than v1 in us: accuracy \d\d% where v1 has \d\d% \(\d\d points less, 95% interval \d\d to \d\d less; n=[\d,]+ and [\d,]+\); /,
    );
    const { labels } = evidence?.comparison ?? {};
    expect(labels?.from).toBe("2026-01-05T00:00:00.000Z");
    const rows = labels?.differences ?? [];
    expect(rows[0]).toMatchObject({ measure: "calibration-gap", differs: true });
    const accuracy = rows.find(({ measure }) => measure === "accuracy");
    expect(accuracy?.difference?.upper).toBeLessThan(0);
    expect(firedIn(world, "resolved")).toHaveLength(1);
  });

  it("go along with an alert of columns, and columns with one of labels", async () => {
    const whole = honestModel(`  - { alert: Canary, compare: { against: v1 }, for: 5m }`);
    const world = await livedThrough(whole, [
      day(0, (score, version) => (version === "v2" ? 1 - score : score)),
      day(1, (score) => score),
      dayOf(2, {
        rows: 9_600,
        answer(u) {
          const version = u() < 0.5 ? "v1" : "v2";
          const score = version === "v1" ? u() : 0.5 + u() / 2;
          return { version, prediction: { score }, truth: Number(u() < score) };
        },
      }),
    ]);
    const [ofColumns] = firedIn(world).filter(({ column }) => column === undefined);
    expect(ofColumns.explanation).toContain("v2 answers otherwise than v1 (prediction.score).");
    expect(ofColumns.explanation).toMatch(/The labels of 2026-01-05: accuracy \d\d% where v1 has \d\d%/);
    expect(ofColumns.evidence?.comparison?.labels?.differences.length).toBeGreaterThan(3);
    const [ofLabels] = firedIn(world).filter(({ column }) => column === "truth");
    expect(ofLabels.evidence?.comparison?.columns?.map(({ column }) => column)).toContain("amount");
  });
});
