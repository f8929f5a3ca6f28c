import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents, type ScoredEvent } from "./events.ts";
import { LATENESS, tellLoad, WITHIN } from "./half-load.ts";
import { kafkaSection, referenceFor, writeProject } from "./project.ts";
import { backtest, outline, toldBy } from "./told-alerts.ts";
import { createTopic, produce, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const END = BEGIN + 90 * MINUTE;
const PARTITIONS = 2;

/** Requests and responses with all that befalls them; amounts are higher in minutes 20 to 35. */
function tellHalves(): { inputs: NewRecord[]; outputs: NewRecord[] } {
  const load = tellLoad({ requests: 12_000, from: BEGIN, to: END, partitions: PARTITIONS });
  const inputs = load.inputs.map((record) => {
    // As half-load.ts writes it.
    const asked = JSON.parse(String(record.value)) as Pick<ScoredEvent, "time" | "features">;
    const { amount } = asked.features;
    const isHigher = asked.time >= BEGIN + 20 * MINUTE && asked.time < BEGIN + 35 * MINUTE && amount !== null;
    const features = { ...asked.features, amount: isHigher ? amount + 40 : amount };
    return { ...record, value: JSON.stringify({ ...asked, features }) };
  });
  return { inputs, outputs: load.outputs };
}

/** Two versions of a second model; amounts of v2 are lower in minutes 40 to 60. One in fifty comes three minutes late. */
const VERSIONED = scoredEvents({ count: 18_000, from: BEGIN, to: END, seed: 9 })
  .map((event, i) => {
    const version = i % 2 === 0 ? "v1" : "v2";
    const { amount } = event.features;
    const isLower =
      version === "v2" &&
      event.time >= BEGIN + 40 * MINUTE &&
      event.time < BEGIN + 60 * MINUTE &&
      amount !== null;
    const value = {
      ...event,
      version,
      features: { ...event.features, amount: isLower ? amount - 40 : amount },
    };
    const timestamp = event.time + (i % 50 === 7 ? 3 * MINUTE : 0);
    return {
      value: JSON.stringify({ ...value, model: "twin" }),
      timestamp,
      partition: (i >> 1) % PARTITIONS,
    };
  })
  .toSorted((a, b) => a.timestamp - b.timestamp);

const COMMON = { window: { size: "5m", pane: "1m", lateness: `${LATENESS}ms` }, segmentBy: ["region"] };
const DRIFT = { measure: "psi", columns: ["amount"], keepFiringFor: "2m" };

describeService("a backtest of two models", kafkaMissing, () => {
  test("says of halves, versions and late records what the daemon says", async () => {
    const brokers = await sharedKafka();
    const topicOf = (name: string): Promise<string> =>
      createTopic(brokers, { partitions: PARTITIONS, name: uniqueName(name) });
    const topics = {
      asked: await topicOf("asked"),
      answered: await topicOf("answered"),
      scored: await topicOf("scored"),
    };
    const half = { format: "json", from: "earliest", idleAfter: "1h" };
    const map = { id: "/id", time: "/time", model: { value: "scoring" } };
    const files = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          asked: {
            ...half,
            role: "inputs",
            topic: topics.asked,
            map: { ...map, features: "/features", segment: "/segment" },
            join: { within: `${WITHIN}ms` },
          },
          answered: {
            ...half,
            role: "outputs",
            of: "asked",
            topic: topics.answered,
            map: { ...map, version: "/version", score: "/prediction/score" },
          },
          scored: { role: "inference", topic: topics.scored, from: "earliest", idleAfter: "1h" },
        },
      },
      rules: { ...COMMON, rules: [{ alert: "FeatureDrift", ...DRIFT, by: ["version", "region"] }] },
    });
    const { directory } = files;
    const twin = {
      version: 1,
      model: "twin",
      references: { default: { file: referenceFor("twin", files) } },
      ...COMMON,
      rules: [
        { alert: "FeatureDrift", ...DRIFT },
        { alert: "Canary", ...DRIFT, by: ["version", "region"], against: { version: "v1" } },
        { alert: "Jumped", ...DRIFT, against: "previous" },
        {
          alert: "CanaryWorse",
          compare: { version: "v2", against: "v1" },
          by: ["region"],
          keepFiringFor: "2m",
        },
      ],
    };
    writeFileSync(join(directory, "rules/twin.yaml"), JSON.stringify(twin));
    const { inputs, outputs } = tellHalves();
    await produce(brokers, topics.asked, inputs);
    await produce(brokers, topics.answered, outputs);
    await produce(brokers, topics.scored, VERSIONED);

    const sources = Object.entries(topics).map(([stream, topic]) => `${stream}=kafka:${topic}`);
    const until = END - 10 * MINUTE;
    const history = outline(await backtest(directory, sources), until);
    const names = new Set(history.map((text) => /"alert":"(\w+)"/.exec(text)?.[1]));
    expect([...names].toSorted()).toEqual(["Canary", "CanaryWorse", "FeatureDrift", "Jumped"]);

    const daemon = await startDaemon(directory);
    const late = await daemon.accounted("scored", ({ rows }) => rows.received === VERSIONED.length);
    expect(late.rows.dropped["late"]).toBeGreaterThan(100);
    await daemon.accounted("asked", ({ rows }) => rows.received === inputs.length);
    await eventually("every alert that a backtest tells", async () =>
      outline(toldBy(daemon), until).length >= history.length ? true : undefined,
    );
    expect(outline(toldBy(daemon), until)).toEqual(history);
    expect((await daemon.end()).code).toBe(0);
  });
});
