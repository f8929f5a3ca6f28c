import { expect, test } from "vitest";
import { createOutbox } from "../../src/publish/outbox.ts";
import { decodeOutbox, encodeOutbox } from "../../src/publish/outbox-state.ts";
import type { OutboxState } from "../../src/publish/outbox-state.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert, resolved } from "./alerts.ts";
import { fakeSink } from "./fake-sink.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 0, 15, 12);
const tick = { now: NOON };

function setup(state?: OutboxState) {
  const live = fakeSink("live", true);
  const record = fakeSink("record", false);
  const { log, lines } = recordLog();
  const outbox = createOutbox({
    sinks: [live, record],
    maxAge: HOUR,
    log,
    ...(state === undefined ? {} : { state }),
  });
  return { outbox, live, record, lines };
}

const firing = (id: string): Alert => exampleAlert({ id });

test("every sink hears every transition once, in order", async () => {
  const { outbox, live, record } = setup();
  outbox.add([{ alert: firing("a"), at: NOON }]);
  outbox.add([{ alert: resolved(firing("a")), at: NOON }]);
  expect(await outbox.deliver(tick)).toBe(true);
  expect(await outbox.deliver(tick)).toBe(false);
  expect(live.heard).toEqual(["a firing", "a resolved"]);
  expect(record.heard).toEqual(live.heard);
});

test("a sink that fails is tried again after a growing wait, and holds up no other", async () => {
  const { outbox, live, record } = setup();
  live.broken = true;
  outbox.add([{ alert: firing("a"), at: NOON }]);
  await outbox.deliver({ now: NOON });
  await outbox.deliver({ now: NOON + 999 });
  await outbox.deliver({ now: NOON + 1_000 });
  await outbox.deliver({ now: NOON + 2_999 });
  expect(record.heard).toEqual(["a firing"]);
  expect(outbox.counts()[0]).toEqual({
    sink: "live",
    pending: 1,
    delivered: 0,
    failed: 2,
    refused: 0,
    skipped: 0,
  });
  live.broken = false;
  await outbox.deliver({ now: NOON + 3_000 });
  expect(live.heard).toEqual(["a firing"]);
  expect(outbox.counts()[0]).toEqual({
    sink: "live",
    pending: 0,
    delivered: 1,
    failed: 2,
    refused: 0,
    skipped: 0,
  });
});

test("the wait never passes a minute", async () => {
  const { outbox, live } = setup();
  live.broken = true;
  outbox.add([{ alert: firing("a"), at: NOON }]);
  for (let minute = 0; minute < 20; minute += 1) await outbox.deliver({ now: NOON + minute * MINUTE });
  live.broken = false;
  await outbox.deliver({ now: NOON + 20 * MINUTE });
  expect(live.heard).toEqual(["a firing"]);
});

test("what was recorded before a crash is delivered after it", async () => {
  const before = setup();
  before.live.broken = true;
  before.outbox.add([{ alert: firing("a"), at: NOON }]);
  await before.outbox.deliver(tick);
  const after = setup(decodeOutbox(encodeOutbox(before.outbox.state())));
  await after.outbox.deliver(tick);
  expect(after.live.heard).toEqual(["a firing"]);
  expect(after.record.heard).toEqual([]);
});

test("history never calls anyone, but is on record", async () => {
  const { outbox, live, record } = setup();
  outbox.add([
    { alert: firing("old"), at: NOON - HOUR - 1 },
    { alert: resolved(firing("old")), at: NOON - HOUR },
    { alert: firing("new"), at: NOON - HOUR },
    // Its labels have come just now.
    { alert: firing("cohort"), at: NOON - 48 * HOUR, known: NOON },
  ]);
  await outbox.deliver(tick);
  expect(live.heard).toEqual(["new firing", "cohort firing"]);
  expect(record.heard).toEqual(["old firing", "old resolved", "new firing", "cohort firing"]);
  expect(outbox.counts()[0]).toMatchObject({ delivered: 2, skipped: 2 });
});

test("the end of an alert that a sink knows of is told, however old, and after a restart", async () => {
  const before = setup();
  before.outbox.add([{ alert: firing("a"), at: NOON }]);
  await before.outbox.deliver(tick);
  const { outbox, live } = setup(decodeOutbox(encodeOutbox(before.outbox.state())));
  outbox.add([{ alert: resolved(firing("a")), at: NOON + MINUTE }]);
  await outbox.deliver({ now: NOON + 5 * HOUR });
  expect(live.heard).toEqual(["a resolved"]);
});

test("what still fires once the daemon has caught up is told then", async () => {
  const { outbox, live } = setup();
  const alert = firing("a");
  outbox.add([{ alert, at: NOON - 3 * HOUR }]);
  await outbox.deliver(tick);
  await outbox.refresh([alert], NOON - 2 * HOUR, tick);
  expect(live.refreshed).toEqual([[]]);
  expect(await outbox.refresh([alert], NOON - MINUTE, tick)).toBe(true);
  expect(live.refreshed).toEqual([[], ["a"]]);
  outbox.add([{ alert: resolved(alert), at: NOON }]);
  await outbox.deliver(tick);
  expect(live.heard).toEqual(["a resolved"]);
});

test("the end of an old file calls nobody", async () => {
  const { outbox, live } = setup();
  outbox.add([{ alert: firing("a"), at: NOON - 24 * HOUR }]);
  await outbox.deliver(tick);
  await outbox.refresh([firing("a")], Number.POSITIVE_INFINITY, tick);
  expect([live.heard, live.refreshed]).toEqual([[], [[]]]);
});

test("a known alert is said again while its stream is silent", async () => {
  const { outbox, live } = setup();
  outbox.add([{ alert: firing("a"), at: NOON }]);
  await outbox.deliver(tick);
  expect(await outbox.refresh([firing("a")], NOON, { now: NOON + 5 * HOUR })).toBe(false);
  expect(live.refreshed).toEqual([["a"]]);
});

test("an alert whose rule is gone is forgotten", async () => {
  const { outbox } = setup();
  outbox.add([{ alert: firing("a"), at: NOON }]);
  await outbox.deliver(tick);
  expect(outbox.state().sinks["live"]?.announced).toEqual(["a"]);
  expect(await outbox.refresh([], NOON, tick)).toBe(true);
  expect(outbox.state().sinks["live"]?.announced).toEqual([]);
});

test("a refresh that fails is logged and counted, never thrown", async () => {
  const { outbox, live, lines } = setup();
  live.broken = true;
  expect(await outbox.refresh([firing("a")], NOON, tick)).toBe(false);
  expect(lines[0]).toMatchObject({ level: "warn", sink: "live" });
});

test("a firing is never said again beside its own end", async () => {
  const { outbox, live } = setup();
  const alert = firing("a");
  outbox.add([{ alert, at: NOON }]);
  await outbox.deliver(tick);
  const refresh = outbox.refresh([alert], NOON, tick);
  outbox.add([{ alert: resolved(alert), at: NOON }]);
  const delivery = outbox.deliver(tick);
  expect(await outbox.refresh([alert], NOON, tick)).toBe(false);
  expect(live.heard).toEqual(["a firing"]);
  await Promise.all([refresh, delivery]);
  expect(live.heard).toEqual(["a firing", "a resolved"]);
  expect(live.refreshed).toEqual([["a"]]);
});

test("a sink that takes nothing for long loses its oldest, loudly", () => {
  const { outbox, lines } = setup();
  outbox.add(Array.from({ length: 10_003 }, (_, index) => ({ alert: firing(`a${index}`), at: NOON })));
  expect(outbox.counts()[0]).toMatchObject({ pending: 10_000, skipped: 3 });
  expect(outbox.state().sinks["live"]?.pending[0]?.alert.id).toBe("a3");
  expect(lines[0]).toMatchObject({ level: "error", lost: 3 });
});

test.each(["", "{}", '{"format":2,"sinks":{}}', '{"format":1,"sinks":{"live":{"pending":[]}}}', "\u0000"])(
  "bytes that are no outbox are refused: %j",
  (text) => {
    expect(() => decodeOutbox(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: "STATE_DAMAGED" }),
    );
  },
);

test("what was recorded is taken up in place of what waits here", async () => {
  const { outbox, live, record } = setup();
  live.broken = true;
  record.broken = true;
  outbox.add([{ alert: firing("told"), at: NOON }]);
  const recorded = decodeOutbox(encodeOutbox(outbox.state()));
  outbox.add([{ alert: firing("forgotten"), at: NOON }]);
  outbox.restore(recorded);
  live.broken = false;
  record.broken = false;
  await outbox.deliver(tick);
  expect(live.heard).toEqual(["told firing"]);
  expect(record.heard).toEqual(["told firing"]);
  // Nothing recorded: nothing waits, and the end of what nobody was told of is no news.
  outbox.restore(undefined);
  outbox.add([{ alert: resolved(firing("told")), at: NOON }]);
  await outbox.deliver(tick);
  expect(live.heard).toEqual(["told firing"]);
  expect(record.heard).toEqual(["told firing", "told resolved"]);
});
