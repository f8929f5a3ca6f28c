import { expect, test } from "vitest";
import { createOutbox } from "../../src/publish/outbox.ts";
import { RetryLater } from "../../src/publish/sink.ts";
import type { Sink } from "../../src/publish/sink.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { recordLog } from "../runtime/log-lines.ts";
import { exampleAlert } from "./alerts.ts";
import { fakeSink } from "./fake-sink.ts";
import type { FakeSink } from "./fake-sink.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 0, 15, 12);
const tick = { now: NOON };

const firing = (id: string): Alert => exampleAlert({ id });

test("a sink hears of the alerts that it wants, and of no others", async () => {
  const retrain: Sink = { ...fakeSink("retrain", true), wants: ({ action }) => action === "retrain" };
  const heard: string[] = [];
  retrain.deliver = async (alerts) => {
    heard.push(...alerts.map(({ id }) => id));
    return 0;
  };
  const outbox = createOutbox({ sinks: [retrain], maxAge: HOUR, log: recordLog().log });
  outbox.add([
    { alert: firing("a"), at: NOON },
    { alert: exampleAlert({ id: "b", action: "retrain" }), at: NOON },
    { alert: exampleAlert({ id: "c", action: "rollback" }), at: NOON },
  ]);
  await outbox.deliver(tick);
  expect(heard).toEqual(["b"]);
  expect(outbox.counts()).toMatchObject([{ pending: 0, delivered: 1, skipped: 0 }]);
});

test("what a sink refuses is counted, and not tried again", async () => {
  const sink = fakeSink("desk", true);
  sink.deliver = async (alerts) => alerts.filter(({ id }) => id === "bad").length;
  const outbox = createOutbox({ sinks: [sink], maxAge: HOUR, log: recordLog().log });
  outbox.add([
    { alert: firing("bad"), at: NOON },
    { alert: firing("good"), at: NOON },
  ]);
  await outbox.deliver(tick);
  expect(outbox.counts()).toMatchObject([{ pending: 0, delivered: 1, refused: 1, failed: 0 }]);
});

test("a sink that says when it is back is not asked before", async () => {
  const sink = fakeSink("desk", true);
  let tried = 0;
  sink.deliver = async () => {
    tried += 1;
    throw new RetryLater("busy", 90_000);
  };
  const outbox = createOutbox({ sinks: [sink], maxAge: HOUR, log: recordLog().log });
  outbox.add([{ alert: firing("a"), at: NOON }]);
  for (const wait of [0, 1_000, 89_999]) await outbox.deliver({ now: NOON + wait });
  expect(tried).toBe(1);
  await outbox.deliver({ now: NOON + 90_000 });
  expect(tried).toBe(2);
});

test("what was taken in batches of one is not sent again because the next was not", async () => {
  const sink: FakeSink = { ...fakeSink("desk", true), batch: 1 };
  const heard: string[] = [];
  sink.deliver = async ([alert]) => {
    if (alert?.id === "b" && heard.length < 2) {
      heard.push("b failed");
      throw new Error("down");
    }
    heard.push(alert?.id ?? "");
    return 0;
  };
  const outbox = createOutbox({ sinks: [sink], maxAge: HOUR, log: recordLog().log });
  outbox.add(["a", "b"].map((id) => ({ alert: firing(id), at: NOON })));
  await outbox.deliver(tick);
  await outbox.deliver({ now: NOON + MINUTE });
  expect(heard).toEqual(["a", "b failed", "b"]);
});

test("alerts that grew too old while the sink took nothing are a loss, and said to be one", async () => {
  const live = fakeSink("live", true);
  const { log, lines } = recordLog();
  const outbox = createOutbox({ sinks: [live], maxAge: HOUR, log });
  live.broken = true;
  outbox.add([{ alert: firing("a"), at: NOON }]);
  await outbox.deliver(tick);
  live.broken = false;
  await outbox.deliver({ now: NOON + 2 * HOUR });
  expect(live.heard).toEqual([]);
  expect(outbox.counts()[0]).toMatchObject({ pending: 0, skipped: 1 });
  expect(lines.at(-1)).toMatchObject({ level: "error", sink: "live", lost: 1 });
});

test("alerts that waited for a sink that is no longer named are said to be lost", () => {
  const before = createOutbox({ sinks: [fakeSink("live", true)], maxAge: HOUR, log: recordLog().log });
  before.add([{ alert: firing("a"), at: NOON }]);
  const { log, lines } = recordLog();
  const after = createOutbox({ sinks: [fakeSink("record", false)], maxAge: HOUR, log });
  after.restore(before.state());
  expect(lines).toMatchObject([{ level: "warn", sink: "live", lost: 1 }]);
});

test("a sink that takes long holds up no other", async () => {
  const slow = fakeSink("slow", true);
  let take: () => void = () => undefined;
  slow.deliver = () =>
    new Promise((resolve) => {
      take = () => resolve(0);
    });
  const quick = fakeSink("quick", true);
  const outbox = createOutbox({ sinks: [slow, quick], maxAge: HOUR, log: recordLog().log });
  outbox.add([{ alert: firing("a"), at: NOON }]);
  const first = outbox.deliver(tick);
  await expect.poll(() => quick.heard).toEqual(["a firing"]);
  outbox.add([{ alert: firing("b"), at: NOON }]);
  expect(await outbox.deliver(tick)).toBe(true);
  expect(quick.heard).toEqual(["a firing", "b firing"]);
  expect(await outbox.refresh([firing("a"), firing("b")], NOON, tick)).toBe(false);
  expect([slow.refreshed, quick.refreshed]).toEqual([[], [["a", "b"]]]);
  take();
  slow.deliver = async () => 0;
  expect(await first).toBe(true);
  expect(outbox.counts()).toMatchObject([{ pending: 0, delivered: 2 }, { pending: 0 }]);
});
