import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kafkaMissing } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { createDraws, scoredEvents, type ScoredEvent } from "./events.ts";
import { writeLabelledProject } from "./labelled-project.ts";
import { LABEL_SPANS } from "./project.ts";
import { backtest, outline as outlineUntil, toldBy, type Told } from "./told-alerts.ts";
import { produce, recordsOf, type NewRecord } from "./topic.ts";

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
  labels: LABEL_SPANS,
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

/** What ended well before the history did, so that both have come so far. */
const outline = (alerts: readonly Told[]): string[] => outlineUntil(alerts, BEGIN + 75 * MINUTE);

describeService("a backtest of what a daemon has read", kafkaMissing, () => {
  test("raises the same alerts at the same event times, from the topic and from files", async () => {
    const { directory, brokers, scored, charged } = await writeLabelledProject({
      partitions: PARTITIONS,
      rules: RULES,
    });
    await produce(brokers, scored, recordsOf(EVENTS), PARTITIONS);
    await produce(brokers, charged, LABELS);
    const fromTopics = outline(await backtest(directory, [`kafka:${scored}`, `charged=kafka:${charged}`]));
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
