import { describe, expect, it } from "vitest";
import { HOUR, modelOf, traffic } from "./fixture.ts";
import { worldOf, type World } from "./world.ts";

function states(world: World): string[] {
  return world.alerts().map(({ alert, state }) => `${alert} ${state}`);
}

describe("rules that ask for more than counts", () => {
  const fitted = modelOf({
    rules: [
      "  - { alert: MeanMoved, measure: mean, columns: [amount, prediction.score], atLeast: 0.2 }",
      "  - { alert: FarFromUsual, measure: wasserstein, columns: [amount], above: 20 }",
      "  - { alert: Repeated, measure: uniqueness, columns: [device], below: 0.9 }",
    ].join("\n"),
  });

  it("fires where the mean moves, and not where nothing does", async () => {
    const world = await worldOf({ fitted });
    const tokens = (i: number): string => `token ${i}`;
    await world.feed(traffic({ from: 0, to: 3 * HOUR }, (_, i) => ({ device: tokens(i) })));
    expect(states(world)).toEqual([]);
    const moved = traffic({ from: 3 * HOUR, to: 5 * HOUR }, (_, i) => ({
      amount: 30 + (i % 100),
      device: tokens(1_000 + i),
    }));
    await world.feed(moved);
    await world.end();
    expect(states(world).filter((state) => state.endsWith("firing"))).toEqual([
      "MeanMoved firing",
      "FarFromUsual firing",
    ]);
    const { score } = world.transitions[0].alert;
    expect(score.trust).toBe("promised");
    expect(score.effect).toBeGreaterThan(0.2);
    expect(score.extras?.["reference"]).toBeCloseTo(49.5, 0);
  });

  it("fires where values that the reference never saw begin to repeat", async () => {
    const world = await worldOf({ fitted });
    await world.feed(traffic({ from: 0, to: 2 * HOUR }, (_, i) => ({ device: `token ${i}` })));
    await world.feed(
      traffic({ from: 2 * HOUR, to: 4 * HOUR }, (_, i) => ({ device: `token ${500 + (i >> 1)}` })),
    );
    await world.end();
    expect(states(world)).toEqual(["Repeated firing"]);
    const { value, n } = world.transitions[0].alert.score;
    expect(n).toBe(120);
    expect(value).toBeLessThan(0.9);
  });
});
