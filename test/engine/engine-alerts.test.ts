import { beforeAll, expect, test } from "vitest";
import { judgeAlert, knownAlerts } from "../../src/evaluation/alert-records.ts";
import { viewAlertStatistics } from "../../src/views/alert-statistics.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { createMemoryStore } from "../../src/state/memory.ts";
import { DAY, event, HOUR, MINUTE, modelOf, random, START, type Sent } from "./fixture.ts";
import { worldOf } from "./world.ts";

const RULES = "  - { alert: Drift, measure: psi, columns: [amount], keepFiringFor: 30m }";
const SAID = { by: "ann", at: "2026-03-01T09:00:00.000Z", reason: "new tariff" };
let fitted: FittedModel;
let twin: FittedModel;
beforeAll(() => {
  const head = "window: { size: 20m, pane: 1m, lateness: 1m }";
  fitted = modelOf({ rules: RULES, head });
  const { model, counting } = fitted;
  twin = {
    ...fitted,
    model: { ...model, name: "twin" },
    counting: { ...counting, model: "twin", plan: { ...counting.plan, model: "twin" } },
  };
});

/** Drift in the second of so many hours. */
function hours(count: number): Sent[] {
  const next = random(3);
  return Array.from({ length: 60 * 6 * count }, (_, i) => {
    const time = START + i * (MINUTE / 6);
    const amount = Math.floor((time - START) / HOUR) === 1 ? 95 : Math.floor(next() * 100);
    return event({ id: `e${i}`, time, amount });
  });
}

test("what a person says of an alert outlives a restart and its end, and is held against the budget", async () => {
  const store = createMemoryStore();
  const events = hours(4);
  const first = await worldOf({ fitted, store });
  await first.feed(events.slice(0, 60 * 6 * 2));
  const [alert] = knownAlerts(first.engine);
  expect(alert).toMatchObject({ alert: "Drift", state: "firing" });
  const said = await judgeAlert({ engine: first.engine, store }, alert.id, "acknowledged", SAID);
  expect(said).toMatchObject({ id: alert.id, judgements: { acknowledged: SAID } });
  expect(await judgeAlert({ engine: first.engine, store }, "none", "false", SAID)).toBeUndefined();

  const second = await worldOf({ fitted, store });
  expect(second.engine.firing(fitted.model.name)).toMatchObject([{ judgements: { acknowledged: SAID } }]);
  await second.feed(events.slice(60 * 6 * 2));
  expect(second.engine.firing(fitted.model.name)).toEqual([]);
  expect(await judgeAlert({ engine: second.engine, store }, alert.id, "false", SAID)).toMatchObject({
    state: "resolved",
    judgements: { acknowledged: SAID, false: SAID },
  });

  const third = await worldOf({ fitted, store });
  const [statistics] = viewAlertStatistics(third.engine);
  expect(statistics).toMatchObject({ fired: 1, acknowledged: 1, false: 1 });
  expect(statistics.alerts).toMatchObject([{ alert: "Drift", fired: 1, false: 1 }]);
  const { since = "", through = "", budget } = statistics;
  const elapsed = Date.parse(through) - Date.parse(since);
  expect(elapsed).toBeGreaterThan(3 * HOUR);
  expect(budget.since).toBeCloseTo((budget.falseAlarms * elapsed) / budget.per, 12);
});

test("alerts of a model that nobody watches any more end, once, and are not told again should it come back", async () => {
  const store = createMemoryStore();
  const first = await worldOf({ fitted, store });
  await first.feed(hours(2));
  expect(first.alerts()).toMatchObject([{ state: "firing" }]);
  const without = await worldOf({ fitted: twin, store });
  await without.tick(START + 400 * DAY);
  await without.tick(START + 400 * DAY + 1);
  expect(without.alerts()).toMatchObject([{ alert: "Drift", state: "resolved", reason: "model gone" }]);
  const back = await worldOf({ fitted, store });
  expect(knownAlerts(back.engine).filter(({ state }) => state === "firing")).toEqual([]);
  expect(back.engine.closedThrough(fitted.model.name)).toBe(first.engine.closedThrough(fitted.model.name));
});
