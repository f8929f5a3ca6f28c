import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Float64, Table, TimestampMillisecond, Utf8, tableToIPC, vectorFromArray } from "apache-arrow";
import { beforeAll, describe, expect, test } from "vitest";
import { startDaemon } from "./daemon.ts";
import { createDraws, scoredEvents } from "./events.ts";
import { writeParquet } from "./parquet.ts";
import { LABEL_SPANS, sharedReference, writeProject } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";

const MINUTE = 60_000;
const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const EVENTS = scoredEvents({ count: 3_000, from: BEGIN, to: BEGIN + 30 * MINUTE });
const TIMES = EVENTS.map(({ time }) => time);
const TEXTS = {
  id: EVENTS.map(({ id }) => id),
  version: EVENTS.map(({ version }) => version),
  region: EVENTS.map(({ segment }) => segment.region),
  card: EVENTS.map(({ features }) => features.card),
};
const NUMBERS = {
  amount: EVENTS.map(({ features }) => features.amount),
  score: EVENTS.map(({ prediction }) => prediction.score),
};

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

function csv(): string {
  const rows = EVENTS.map(({ id, time, version, segment, features, prediction }) =>
    [
      id,
      new Date(time).toISOString(),
      version,
      segment.region,
      features.card,
      features.amount ?? "",
      prediction.score,
    ].join(),
  );
  return ["id,time,version,region,card,amount,score", ...rows, ""].join("\n");
}

function arrow(): Uint8Array {
  const texts = Object.entries(TEXTS).map(([name, values]) => [name, vectorFromArray(values, new Utf8())]);
  const numbers = Object.entries(NUMBERS).map(([name, values]) => [
    name,
    vectorFromArray(values, new Float64()),
  ]);
  const time = vectorFromArray(TIMES, new TimestampMillisecond());
  return tableToIPC(new Table(Object.fromEntries([...texts, ...numbers, ["time", time]])), "file");
}

function parquet(): Buffer {
  return writeParquet([
    ...Object.entries(TEXTS).map(([name, values]) => ({ name, type: "text", values }) as const),
    ...Object.entries(NUMBERS).map(([name, values]) => ({ name, type: "double", values }) as const),
    { name: "time", type: "int64", values: TIMES },
  ]);
}

const FILES: Readonly<Record<string, () => string | Uint8Array>> = {
  "events.jsonl": () => jsonLines(EVENTS),
  "events.jsonl.gz": () => gzipSync(jsonLines(EVENTS)),
  "events.csv": csv,
  "events.arrow": arrow,
  "events.parquet": parquet,
};

describe("streams from files", () => {
  beforeAll(sharedReference);

  test.each(Object.keys(FILES))(
    "%s gives the counts of its rows, and a restart does not read them again",
    async (name) => {
      const { directory, state } = await writeProject({
        config: { streams: { scored: { role: "inference", file: name } } },
      });
      writeFileSync(join(directory, name), FILES[name]?.() ?? "");
      const first = await startDaemon(directory);
      const { rows } = await first.accounted("scored", (all) => all.rows.received >= EVENTS.length);
      expect(rows).toMatchObject({ received: EVENTS.length, measured: EVENTS.length, dropped: {} });
      expect((await first.end()).code).toBe(0);
      const counts = await countsInStore(directory, state);
      expect(counts).toEqual(await countsOfEvents(directory, EVENTS));

      const second = await startDaemon(directory);
      await second.ready();
      expect((await second.accounting("scored")).rows).toEqual(rows);
      expect((await second.end()).code).toBe(0);
      expect(await countsInStore(directory, state)).toEqual(counts);
    },
  );

  test("predictions from one file meet their labels from another", async () => {
    const { uniform } = createDraws(5);
    const labels = EVENTS.map(({ id, time, prediction }) => ({
      id,
      time: time + MINUTE,
      truth: uniform() < prediction.score,
    }));
    const { directory } = await writeProject({
      config: {
        streams: {
          scored: { role: "inference", file: "events.csv" },
          charged: { role: "labels", of: "scored", file: "labels.jsonl" },
        },
      },
      rules: {
        labels: LABEL_SPANS,
        rules: [{ alert: "Inaccurate", measure: "accuracy", below: 0.9 }],
      },
    });
    writeFileSync(join(directory, "events.csv"), csv());
    writeFileSync(join(directory, "labels.jsonl"), jsonLines(labels));
    const daemon = await startDaemon(directory);
    const { rows } = await daemon.accounted("charged", (all) => all.rows.received >= EVENTS.length);
    expect(rows).toMatchObject({ measured: EVENTS.length, waiting: 0, dropped: {} });
    const isRight = EVENTS.map(({ prediction }, row) => prediction.score >= 0.5 === labels[row]?.truth);
    // Both files have ended, so that the last cohort has matured.
    const last = isRight.slice(2_000);
    const expected = last.filter(Boolean).length / last.length;
    await daemon.shows(`driftd_accuracy_ratio{model="scoring",version="v1"} ${expected}`);
    expect((await daemon.end()).code).toBe(0);
  });
});
