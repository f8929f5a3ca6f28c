import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Alert } from "../../src/verdict/alert.ts";
import { kafkaMissing, sharedKafka, uniqueName } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { createDraws, scoredEvents, type ScoredEvent } from "./events.ts";
import { driftdProgram } from "./program.ts";
import { kafkaSection, writeProject } from "./project.ts";
import { createTopic, produce, recordsOf, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const PARTITIONS = 2;
const MINUTES = 90;
const RATE = 240;

/** An hour and a half: in the second ten minutes amounts are higher in one region, in the fourth some are missing everywhere. */
const EVENTS = Array.from({ length: MINUTES / 10 }, (_, part): ScoredEvent[] => {
  const from = BEGIN + part * 10 * MINUTE;
  const events = scoredEvents({ count: 10 * RATE, from, to: from + 10 * MINUTE, seed: part + 1 });
  const { uniform } = createDraws(part + 50);
  return events.map((event) => {
    const { amount, card } = event.features;
    const isHigher = part === 1 && event.segment.region === "eu" && amount !== null;
    const isMissing = part === 3 && uniform() < 0.5;
    return { ...event, features: { card, amount: isMissing ? null : isHigher ? amount + 40 : amount } };
  });
}).flat();

const { uniform } = createDraws(5);

/** A minute after each prediction its label: right, but for uk in the third ten minutes. */
const LABELS = EVENTS.map(({ id, time, segment, prediction }, index): NewRecord => {
  const isWrong = segment.region === "uk" && time >= BEGIN + 20 * MINUTE && time < BEGIN + 30 * MINUTE;
  const isRight = uniform() < (isWrong ? 0.2 : 0.95);
  const truth = prediction.score >= 0.5 === isRight;
  const value = JSON.stringify({ id, time: time + MINUTE, truth });
  return { value, timestamp: time + MINUTE, partition: index % PARTITIONS };
});

const RULES = {
  segmentBy: ["region"],
  labels: { cohort: "10m", matureAfter: "5m", expireAfter: "2h" },
  rules: [
    { alert: "FeatureDrift", measure: "psi", columns: ["*"], by: ["version", "region"], keepFiringFor: "3m" },
    {
      alert: "NullSpike",
      measure: "missing",
      columns: ["amount"],
      above: 0.3,
      by: [],
      for: "2m",
      keepFiringFor: "2m",
    },
    { alert: "Inaccurate", measure: "accuracy", below: 0.6, by: ["region"], keepFiringFor: "0s" },
  ],
};

interface Told {
  readonly id: string;
  readonly alert: string;
  readonly segment: string | undefined;
  readonly startsAt: string;
  readonly endsAt: string | undefined;
  readonly value: unknown;
  readonly n: unknown;
}

/** What must be the same, of every alert that ended: which, when, and by what number. */
function outline(alerts: readonly Told[]): string[] {
  return alerts
    .filter(({ endsAt }) => endsAt !== undefined && Date.parse(endsAt) <= BEGIN + 75 * MINUTE)
    .map((alert) => JSON.stringify(alert))
    .toSorted();
}

/** The log says of every alert that ended what it was. */
function toldBy(daemon: Daemon): Told[] {
  return daemon
    .log()
    .filter((line) => line["state"] === "resolved")
    .map((line) => ({
      id: String(line["id"]),
      alert: String(line["alert"]),
      segment: line["segment"] === undefined ? undefined : String(line["segment"]),
      startsAt: String(line["startsAt"]),
      endsAt: String(line["endsAt"]),
      value: line["value"],
      n: line["n"],
    }));
}

async function backtest(directory: string, sources: readonly string[]): Promise<Told[]> {
  const { PATH = "", HOME = "" } = process.env;
  const argv = [await driftdProgram(), "backtest", ...sources, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    cwd: directory,
    env: { PATH, HOME },
    maxBuffer: 1 << 26,
  });
  // What --json tells (docs/BACKTEST.md).
  const { alerts } = JSON.parse(stdout) as { alerts: readonly Alert[] };
  return alerts.map(({ id, alert, segment, startsAt, endsAt, score }) => {
    return { id, alert, segment, startsAt, endsAt, value: score.value, n: score.n };
  });
}

describeService("a backtest of what a daemon has read", kafkaMissing, () => {
  test("raises the same alerts at the same event times, from the topic and from files", async () => {
    const brokers = await sharedKafka();
    const topic = await createTopic(brokers, { partitions: PARTITIONS });
    const labels = await createTopic(brokers, { partitions: PARTITIONS, name: uniqueName("charged") });
    const { directory } = await writeProject({
      config: {
        kafka: kafkaSection(brokers, uniqueName("driftd")),
        streams: {
          scored: { role: "inference", topic, from: "earliest" },
          charged: { role: "labels", of: "scored", topic: labels, from: "earliest" },
        },
      },
      rules: RULES,
    });
    await produce(brokers, topic, recordsOf(EVENTS), PARTITIONS);
    await produce(brokers, labels, LABELS);
    const fromTopics = outline(await backtest(directory, [`kafka:${topic}`, `charged=kafka:${labels}`]));
    const names = new Set(fromTopics.map((text) => (JSON.parse(text) as Told).alert));
    expect([...names].toSorted()).toEqual(["FeatureDrift", "Inaccurate", "NullSpike"]);

    writeFileSync(
      join(directory, "scored.jsonl"),
      EVENTS.map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
    writeFileSync(join(directory, "charged.jsonl"), LABELS.map(({ value }) => `${String(value)}\n`).join(""));
    expect(outline(await backtest(directory, ["scored=scored.jsonl", "charged=charged.jsonl"]))).toEqual(
      fromTopics,
    );

    const daemon = await startDaemon(directory);
    await daemon.accounted("charged", ({ rows }) => rows.received === LABELS.length);
    await eventually("every alert that a backtest tells", async () =>
      outline(toldBy(daemon)).length >= fromTopics.length ? true : undefined,
    );
    expect(outline(toldBy(daemon))).toEqual(fromTopics);
    expect((await daemon.end()).code).toBe(0);
  });
});
