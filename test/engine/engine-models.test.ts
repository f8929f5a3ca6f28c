import { beforeAll, describe, expect, it } from "vitest";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import type { Transition } from "../../src/verdict/alert.ts";
import { garbage, HOUR, MINUTE, modelOf, START, traffic, type Sent } from "./fixture.ts";
import { outline, worldOf } from "./world.ts";

let first: FittedModel;
let second: FittedModel;
beforeAll(() => {
  first = modelOf({
    rules: `
  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 10m }
  - { alert: SchemaBroken, measure: invalid, above: 0.05, for: 2m }`,
  });
  const { model, counting } = first;
  second = {
    ...first,
    model: { ...model, name: "n" },
    counting: { ...counting, model: "n", pane: 5 * MINUTE, plan: { ...counting.plan, model: "n" } },
  };
});

/** Events of both models in turn; m drifts in the third hour, n in the fifth. */
function bothModels(): Sent[] {
  return traffic({ from: 0, to: 6 * HOUR, perMinute: 8 }, (time, i) => {
    const hour = Math.floor((time - START) / HOUR);
    const isDrifted = hour === (i % 2 === 0 ? 2 : 4);
    return { model: i % 2 === 0 ? "m" : "n", amount: isDrifted ? 95 : (i * 7) % 100 };
  });
}

describe("a stream of two models", () => {
  it("is counted and judged for each by its own rules, panes and versions", async () => {
    const world = await worldOf({ fitted: first, alongside: [second] });
    await world.feed(bothModels());
    await world.end();
    expect(world.ledger("s").measured).toBe(2880);
    const fired = world.transitions.filter(({ alert }) => alert.state === "firing");
    expect(fired.map(({ alert }) => `${alert.model} ${alert.startsAt.slice(11, 13)}`)).toEqual([
      "m 02",
      "n 04",
    ]);
    expect(fired.map(({ at }) => at % (5 * MINUTE) === 0)[1]).toBe(true);
    expect([world.engine.admittedVersions("m"), world.engine.admittedVersions("n")]).toEqual([
      ["v1"],
      ["v1"],
    ]);
  });

  it("gives the same verdicts cut anywhere and restarted on the way", async () => {
    const sent = bothModels();
    for (let i = 100; i < sent.length; i += 50) sent.splice(i, 0, garbage(sent[i]?.timestamp ?? START));
    const whole = await worldOf({ fitted: first, alongside: [second] });
    await whole.feed(sent);
    await whole.end();
    for (const cut of [1, 37, 700]) {
      const store = createMemoryStore();
      const transitions: Transition[] = [];
      for (let from = 0; from < sent.length;) {
        const world = await worldOf({ fitted: first, alongside: [second], store, transitions });
        for (const end = from + 900; from < end && from < sent.length; from += cut) {
          await world.feed(sent.slice(from, from + cut));
        }
        if (from >= sent.length) await world.end();
      }
      expect(outline(transitions).toSorted()).toEqual(outline(whole.transitions).toSorted());
    }
  });

  it("counts what no record says a model of against each of them", async () => {
    const world = await worldOf({ fitted: first, alongside: [second] });
    await world.feed(bothModels().slice(0, 960));
    await world.feed(traffic({ from: 2 * HOUR, to: 4 * HOUR }).map(({ timestamp }) => garbage(timestamp)));
    await world.end();
    const broken = world.transitions.filter(({ alert }) => alert.alert === "SchemaBroken");
    expect(broken.map(({ alert }) => alert.model).toSorted()).toEqual(["m", "n"]);
  });
});
