import { expect, onTestFinished, test } from "vitest";
import { kafkaOwnMissing, startKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { kafkaSection, LABEL_SPANS, writeProject } from "./project.ts";
import { createTopic, produce, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const RULES = {
  window: { size: "1h", pane: "1m", lateness: "1s" },
  // The rule that ships, sooner.
  rules: [{ alert: "Blind", measure: "blind", above: "1s", keepFiringFor: "0s" }],
};

/** Settles once Blind fires and says so, of this; and later, once it has been taken back. */
async function blinded(daemon: Daemon, text: RegExp): Promise<void> {
  await eventually(`Blind: ${String(text)}`, async () => {
    const alerts = await daemon.alerts();
    return alerts.some(({ alert, explanation }) => alert === "Blind" && text.test(explanation))
      ? true
      : undefined;
  });
}

async function sees(daemon: Daemon): Promise<void> {
  await eventually("sight", async () => ((await daemon.alerts()).length === 0 ? true : undefined));
}

function eventsIn(from: number, to: number, { count, seed }: { count: number; seed: number }): ScoredEvent[] {
  return scoredEvents({ count, from, to, seed });
}

test("over HTTP Blind fires where nothing can be decoded or read, or finds its other half, and is taken back", async () => {
  const map = { id: "/id", time: "/time", segment: "/segment", model: { value: "scoring" } };
  const { directory } = await writeProject({
    config: {
      streams: {
        asked: {
          role: "inputs",
          http: true,
          format: "json",
          map: { ...map, features: "/features" },
          join: { within: "1s" },
        },
        answered: {
          role: "outputs",
          of: "asked",
          http: true,
          format: "json",
          map: {
            id: "/id",
            time: "/time",
            version: "/version",
            model: { value: "scoring" },
            score: "/prediction/score",
          },
        },
      },
    },
    rules: RULES,
  });
  const daemon = await startDaemon(directory);
  const { url } = await daemon.said("listening");
  const send = async (stream: string, items: readonly unknown[]): Promise<number> => {
    const body = items.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join("\n");
    return (await fetch(`${String(url)}/v1/events?stream=${stream}`, { method: "POST", body })).status;
  };
  const now = Date.now();
  // A look at what was before it.
  const before = eventsIn(now - 9 * MINUTE, now - 8 * MINUTE, { count: 20, seed: 1 });
  for (const stream of ["asked", "answered"]) expect(await send(stream, before)).toBe(200);
  for (const stream of ["asked", "answered"])
    await daemon.accounted(stream, ({ rows: { received } }) => received >= before.length);
  await sees(daemon);

  const garbage = Array.from({ length: 300 }, (_, i) => `<event>${i}</event>`);
  expect(await send("asked", garbage)).toBe(400);
  await blinded(daemon, /^Blind scoring: \d+% of the last \d+ records of asked could not be decoded/);
  const first = eventsIn(now - 7 * MINUTE, now - 6 * MINUTE, { count: 400, seed: 2 });
  for (const stream of ["asked", "answered"]) expect(await send(stream, first)).toBe(200);
  await sees(daemon);

  const unreadable = eventsIn(now, now + 1, { count: 6_000, seed: 3 }).map((event) => ({
    ...event,
    time: "soon",
  }));
  expect(await send("answered", unreadable)).toBe(400);
  await blinded(daemon, /rows of answered are invalid as a whole: id, time or version cannot be read/);
  const second = eventsIn(now - 5 * MINUTE, now - 4.5 * MINUTE, { count: 1_000, seed: 4 });
  for (const stream of ["asked", "answered"]) expect(await send(stream, second)).toBe(200);
  await sees(daemon);

  // Answers under other ids.
  const third = eventsIn(now - 4 * MINUTE, now - 3 * MINUTE, { count: 20_000, seed: 5 });
  const ids = third.map((event) => ({ ...event, id: `${event.id}-other` }));
  expect(await send("asked", third)).toBe(200);
  expect(await send("answered", ids)).toBe(200);
  const last = eventsIn(now - 1_000, now, { count: 10, seed: 6 });
  for (const stream of ["asked", "answered"]) expect(await send(stream, last)).toBe(200);
  await blinded(daemon, /rows of asked never met their response|neither requests nor responses/);
  await daemon.end();
});

describeService("over Kafka Blind", kafkaOwnMissing, () => {
  test("fires where a clock is wrong, labels stay away or the broker is gone, and is taken back", async () => {
    const cluster = await startKafka();
    onTestFinished(() => cluster.stop());
    const { brokers } = cluster;
    const topics = [await createTopic(brokers), await createTopic(brokers)];
    const [scored = "", charged = ""] = topics;
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          scored: { role: "inference", topic: scored, from: "earliest" },
          charged: { role: "labels", of: "scored", topic: charged, from: "earliest" },
        },
      },
      rules: { ...RULES, labels: LABEL_SPANS },
    });
    const daemon = await startDaemon(directory);
    const now = Date.now();
    /** Records of so many minutes ago, whose events are dated so far ahead of them. */
    const send = async (
      minutes: number,
      { count, seed, ahead = 0 }: { count: number; seed: number; ahead?: number },
    ): Promise<void> => {
      const from = now - minutes * MINUTE;
      const records = eventsIn(from, from + 30_000, { count, seed }).map((event): NewRecord => {
        const value = JSON.stringify({ ...event, time: event.time + ahead * MINUTE });
        return { value, timestamp: event.time };
      });
      await produce(brokers, scored, records);
    };
    const label = (id: string, minutes: number): Promise<void> => {
      const time = now - minutes * MINUTE;
      const value = JSON.stringify({ id, time, model: "scoring", truth: true });
      return produce(brokers, charged, [{ value, timestamp: time }]);
    };
    await send(60, { count: 20, seed: 1 });
    await label("1-0", 59);
    await daemon.accounted("charged", ({ rows }) => rows.measured === 1);
    await sees(daemon);

    await send(58, { count: 400, seed: 2, ahead: 20 });
    await blinded(
      daemon,
      /^Blind scoring: \d+% of the last \d+ rows of scored are dated ahead of their record: a clock is wrong/,
    );
    await send(57, { count: 600, seed: 3 });
    await sees(daemon);

    await send(20, { count: 50, seed: 4 });
    await blinded(daemon, /charged has brought no label for 3\d min, and predictions went on/);
    await label("4-0", 19);
    await sees(daemon);

    await cluster.crash();
    await blinded(daemon, /Kafka at .* is away/);
    await cluster.resume();
    await sees(daemon);
    const { rows } = await daemon.accounting("scored");
    expect(rows).toMatchObject({ measured: 670, dropped: { future: 400 }, balanced: true });
    expect((await daemon.end()).code).toBe(0);
  });
});
