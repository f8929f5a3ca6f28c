import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { HOUR, MINUTE, modelOf, START, traffic } from "./fixture.ts";
import type { Told } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

const HEAD = "window: { size: 1h, pane: 1m, lateness: 2m }\nsegmentBy: [region, device]";
const REGIONS = ["eu", "us", "uk"];
const BROKEN = 90 * MINUTE;

let fitted: FittedModel;
beforeAll(() => {
  fitted = modelOf({
    head: HEAD,
    rules: `
  - { alert: Drift, measure: psi, columns: [amount], for: 5m, keepFiringFor: 30m }
  - { alert: DriftByRegion, measure: psi, columns: [amount], by: [version, region], for: 5m }
  - { alert: NullSpike, measure: missing, columns: [amount], for: 5m }
  - { alert: SchemaBroken, measure: invalid, above: 0.05 }`,
  });
});

/** Two versions take turns, 30 events a minute each; from BROKEN on `broken` says what is wrong with an event. */
async function tell(broken: (event: { region: string; version: string }, i: number) => Told): Promise<World> {
  const world = await worldOf({ fitted, commitRows: 600 });
  await world.feed(
    traffic({ from: 0, to: 3 * HOUR, perMinute: 60 }, (time, i) => {
      const event = {
        version: `v${1 + (i % 2)}`,
        region: REGIONS[i % 3] ?? "",
        device: i % 4 < 2 ? "app" : "web",
        amount: (i * 37) % 100,
      };
      return time < START + BROKEN ? event : { ...event, ...broken(event, i) };
    }),
  );
  return world;
}

function firstOf({ transitions }: World, name: string): Alert {
  const found = transitions.find(({ alert }) => alert.alert === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found.alert;
}

describe("an alert that fires", () => {
  it("says what moved, since which pane, and in which segments and versions", async () => {
    const world = await tell(({ region, version }, i) =>
      region !== "us" && version === "v1" ? { amount: 70 + (i % 30) } : {},
    );
    const { evidence, explanation } = firstOf(world, "Drift");
    expect(evidence).toMatchObject({
      movement: { direction: "up" },
      missing: { from: 0, to: 0 },
      began: new Date(START + BROKEN).toISOString(),
      segments: { calm: { count: 1, names: ["region=us"] } },
      versions: { moved: { count: 0, names: [] }, calm: { count: 1, names: ["v2"] } },
    });
    expect(explanation).toMatch(
      /^Drift m\/amount v1: amount moved up: .* \(\d+% of it\)\. Population stability index .*\. Missing values unchanged \(0%\)\. It began 2026-01-05 01:30 UTC\. Seen in \w+, \w+, \w+ and \w+; not in us\. Not version v2\.$/,
    );
    const moved = ["device=app", "device=web", "region=eu", "region=uk"];
    expect(evidence?.segments?.moved.names.toSorted()).toEqual(moved);
    // What is remembered is what was told: a restart, and the alert's end, repeat it.
    expect(world.engine.firing("m").find(({ alert }) => alert === "Drift")?.explanation).toBe(explanation);
  });

  it("of one segment names the others of its kind", async () => {
    const world = await tell(({ region }) => (region === "uk" ? { amount: 97 } : {}));
    const { segment, version, evidence } = firstOf(world, "DriftByRegion");
    expect(segment).toBe("region=uk");
    expect(evidence?.segments?.moved.count).toBe(0);
    expect(evidence?.segments?.calm.names.toSorted()).toEqual(["region=eu", "region=us"]);
    expect(evidence?.versions?.moved.names).toEqual([version === "v1" ? "v2" : "v1"]);
  });

  it("of missing values says where they are missing", async () => {
    const world = await tell(({ region }, i) => (region === "eu" && i % 5 < 2 ? { amount: null } : {}));
    const { evidence, explanation } = firstOf(world, "NullSpike");
    expect(evidence?.began).toBe(new Date(START + BROKEN).toISOString());
    expect(evidence?.segments?.moved.names).toContain("region=eu");
    expect(evidence?.segments?.calm.names.toSorted()).toEqual(["region=uk", "region=us"]);
    expect(explanation).toMatch(/; not in (us and uk|uk and us)\. Version v[12] too\.$/);
  });

  it("of whole rows says no more than it knows", async () => {
    const world = await tell((_event, i) => (i % 3 === 0 ? { amount: "much" } : {}));
    expect(firstOf(world, "SchemaBroken").evidence).toEqual({});
  });
});
