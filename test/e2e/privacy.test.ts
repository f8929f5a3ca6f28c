import type { KafkaMessage } from "kafkajs";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import {
  BEGIN,
  CARD_NUMBER,
  leaksIn,
  LIVE,
  liveLine,
  MARK,
  RARE,
  ROWS,
  STEP,
  tellAll,
  truthLine,
} from "./personal-data.ts";
import { kafkaSection } from "./project.ts";
import { consume, createTopic, produce, type NewRecord } from "./topic.ts";

test("personal data leave no trace in the reference, the state, the quarantine, the logs and what is told", async () => {
  const places = await tellAll({}, ["New", "Broken", "Shops", "Fields"]);
  expect(leaksIn(places)).toEqual([]);
  // The search would find them: what is not personal stands there in clear.
  expect(places.get("scoring.arrow")).toContain("region=eu");
  expect(places.get("state/state.mdb")).toContain("v1");
  expect(places.get("drops.jsonl")).toContain('"reason":"undecodable"');
  expect(places.get("drops.jsonl")).toContain('"columns":["amount","card"]');
  expect(places.get("reviews.jsonl")).toContain('"why":["a new category"]');
  expect(places.get("export")).toMatch(/"type":"pane"[^\n]*"segment":"region=eu"/);
  // And the cards were not merely left out.
  expect(places.get("/api/alerts")).toMatch(/"alert":"New"[^{]*"column":"card"/);
  expect(places.get("/metrics")).toContain('driftd_novel_ratio{model="scoring",version="v1",column="card"}');
});

test("a category that too few have in common is named nowhere", async () => {
  const places = await tellAll({}, ["Shops"]);
  // Its name must be known to tell what is new: it stands in the reference, and nowhere that people look.
  expect(places.get("scoring.arrow")).toContain(RARE);
  const shown = [...places].filter(([place]) => !place.startsWith("state/") && place !== "scoring.arrow");
  expect(shown.flatMap(([place, text]) => (text.includes(RARE) ? [place] : []))).toEqual([]);
  expect(places.get("reviews.jsonl")).toMatch(/"shop":"other","region":"(eu|us)"/);
  expect(places.get("/metrics")).toMatch(
    /driftd_alert_mover_ratio\{[^}]*column="shop"[^}]*mover="(north|south)"/,
  );
});

describeService("personal data that come through Kafka", kafkaMissing, () => {
  test("leave no trace of keys and headers either, also in a quarantine topic", async () => {
    const brokers = await sharedKafka();
    const [scored, truths, drops] = await Promise.all(
      ["scored", "truths", "drops"].map((name) => createTopic(brokers, { name: uniqueName(name) })),
    );
    if (scored === undefined || truths === undefined || drops === undefined) throw new Error("no topics");
    const recordOf = (value: string, i: number): NewRecord => ({
      value,
      key: `${MARK}-key-${i}`,
      headers: { trace: `${MARK}-header-${i}`, [`${MARK}-header`]: String(CARD_NUMBER) },
      timestamp: BEGIN + (LIVE + i) * STEP,
    });
    const rows = Array.from({ length: ROWS }, (_, i) => i);
    await produce(
      brokers,
      scored,
      rows.map((i) => recordOf(liveLine(LIVE + i), i)),
    );
    await produce(
      brokers,
      truths,
      rows.map((i) => recordOf(truthLine(i), i)),
    );
    const changes = {
      kafka: kafkaSection(brokers, uniqueName("driftd")),
      streams: {
        scored: { role: "inference", topic: scored, from: "earliest" },
        truths: { role: "labels", of: "scored", topic: truths, from: "earliest" },
      },
      quarantine: { topic: drops },
    };
    const places = new Map(await tellAll(changes, ["New", "Broken"]));
    const messages = await consume(brokers, drops, (seen) => seen.length >= 20);
    places.set(
      "quarantine",
      messages
        .map(({ key, value, headers }) => JSON.stringify([String(key), String(value), textsOf(headers)]))
        .join("\n"),
    );
    expect(leaksIn(places)).toEqual([]);
    expect(places.get("quarantine")).toContain("undecodable");
  });
});

function textsOf(headers: KafkaMessage["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}
