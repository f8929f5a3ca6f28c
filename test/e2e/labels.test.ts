import { expect, test } from "vitest";
import { kafkaMissing } from "../services/kafka.ts";
import { describeService } from "../services/service.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { createDraws, scoredEvents } from "./events.ts";
import { writeLabelledProject } from "./labelled-project.ts";
import { LABEL_SPANS } from "./project.ts";
import { produce, recordsOf, type NewRecord } from "./topic.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const PARTITIONS = 2;
const COUNT = 20_000;

const EVENTS = scoredEvents({ count: COUNT, from: BEGIN, to: BEGIN + 40 * MINUTE });
const { uniform } = createDraws(5);
/** Scores are calibrated: a score of .7 is right seven times in ten. */
const TRUTHS = EVENTS.map(({ prediction }) => uniform() < prediction.score);

function label(id: string, time: number, truth: unknown, partition: number): NewRecord {
  return { value: JSON.stringify({ id, time, truth }), timestamp: time, partition };
}

/** A minute after each prediction its label; the first ten come twice, the next ten are taken back. */
function allLabels(): NewRecord[] {
  const first = EVENTS.map(({ id, time }, index) =>
    label(id, time + MINUTE, TRUTHS[index], index % PARTITIONS),
  );
  const again = EVENTS.slice(0, 20).map(({ id, time }, index) =>
    label(id, time + 2 * MINUTE, index < 10 ? TRUTHS[index] : !TRUTHS[index], index % PARTITIONS),
  );
  const unknown = [1, 2, 3, 4].map((index) => label(`nobody-${index}`, BEGIN + MINUTE, true, 0));
  return [...first, ...again, ...unknown].toSorted((left, right) => left.timestamp - right.timestamp);
}

/** The share of right decisions in a cohort, counted from the test's own data. */
function accuracyOf(from: number, to: number): number {
  const rows = EVENTS.map(({ time, prediction }, index) => ({
    time,
    score: prediction.score,
    truth: TRUTHS[index],
  }));
  const cohort = rows.filter(({ time }) => time >= from && time < to);
  return cohort.filter(({ score, truth }) => score >= 0.5 === truth).length / cohort.length;
}

describeService("labels that arrive later", kafkaMissing, () => {
  test("meet their predictions, also where the daemon was killed; a cohort is judged once it has matured", async () => {
    const { directory, brokers, scored, charged } = await writeLabelledProject({
      partitions: PARTITIONS,
      rules: {
        labels: LABEL_SPANS,
        rules: [
          { alert: "Inaccurate", measure: "accuracy", below: 0.9 },
          { alert: "Uncalibrated", measure: "ece", above: 0.2 },
        ],
      },
    });
    await produce(brokers, scored, recordsOf(EVENTS), PARTITIONS);
    const first = await startDaemon(directory);
    await first.accounted("scored", ({ rows }) => rows.measured === COUNT);
    await first.end("SIGKILL");

    const all = allLabels();
    await produce(brokers, charged, all);
    const killed = await startDaemon(directory);
    await killed.accounted("charged", ({ rows }) => rows.received > 0);
    await killed.end("SIGKILL");

    const second = await startDaemon(directory);
    const counted = await second.accounted("charged", ({ rows }) => rows.received >= all.length);
    expect(counted.rows).toMatchObject({
      received: COUNT + 24,
      measured: COUNT + 10,
      waiting: 4,
      dropped: { duplicate: 10 },
      revised: 10,
      balanced: true,
    });

    const [alert] = await eventually("the alert", async () => {
      const alerts = await second.alerts();
      return alerts.length > 0 ? alerts : undefined;
    });
    expect(await second.alerts()).toHaveLength(1);
    expect(alert).toMatchObject({ alert: "Inaccurate", version: "v1", state: "firing" });
    const expected = accuracyOf(BEGIN + 20 * MINUTE, BEGIN + 30 * MINUTE);
    await second.shows(`driftd_accuracy_ratio{model="scoring",version="v1"} ${expected}`);
    const [ece] = await second.metric("driftd_ece_ratio");
    expect(Number(ece?.split(" ").at(-1))).toBeLessThan(0.1);

    // Labels of ids that nobody predicts wait until the predictions are ten minutes on.
    const later = scoredEvents({ count: 2, from: BEGIN + 41 * MINUTE, to: BEGIN + 42 * MINUTE, seed: 2 });
    await produce(brokers, scored, recordsOf(later), PARTITIONS);
    const { rows } = await second.accounted("charged", (seen) => seen.rows.waiting === 0);
    expect(rows).toMatchObject({ dropped: { duplicate: 10, "orphan-label": 4 }, balanced: true });
    expect((await second.end()).code).toBe(0);
  });
});
