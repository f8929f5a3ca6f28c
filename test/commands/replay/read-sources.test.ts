import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createFileHistory } from "../../../src/commands/replay/file-history.ts";
import { readSources } from "../../../src/commands/replay/read-sources.ts";
import { openReplay, type Replay } from "../../../src/commands/replay/replay.ts";
import { publicKeys } from "../../../src/event/ids.ts";
import { COHORT_HEAD } from "../../engine/cohort-days.ts";
import { DAY, event, HOUR, label, LIMITS, MINUTE, modelOf, START, streamsOf } from "../../engine/fixture.ts";
import type { Sent } from "../../engine/fixture.ts";

const FITTED = modelOf({
  rules: `
 - { alert: NullSpike, measure: missing, columns: [amount], above: 0.2, for: 5m, keepFiringFor: 10m, by: [] }
 - { alert: Inaccurate, measure: accuracy, below: 0.8, by: [] }`,
  head: COHORT_HEAD,
  labels: true,
});
const STREAMS = streamsOf(true);

const directory = mkdtempSync(join(tmpdir(), "driftd-replay-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Three days of four events a minute, right on the first and wrong on the others, with nulls for two hours of the third. */
const EVENTS = Array.from({ length: 3 * 24 * 60 * 4 }, (_, i) => {
  const time = START + (i * MINUTE) / 4;
  const isNull = time >= START + 60 * HOUR && time < START + 62 * HOUR;
  return event({ id: `e${i}`, time, score: 0.9, ...(isNull ? { amount: null } : {}) });
});
const LABELS = EVENTS.map(({ timestamp }, i) =>
  label(`e${i}`, timestamp < START + DAY ? 1 : 0, timestamp + HOUR),
);

function write(name: string, sent: readonly Sent[]): string {
  const file = join(directory, name);
  writeFileSync(file, sent.map(({ value }) => `${JSON.stringify(value)}\n`).join(""));
  return file;
}

async function replay(options: {
  files: readonly (readonly string[])[];
  until?: number;
  from?: number;
  signal?: AbortSignal;
}): Promise<{ replay: Replay; rows: number }> {
  const { files, until, from, signal = new AbortController().signal } = options;
  const opened = await openReplay({
    streams: STREAMS,
    models: [FITTED],
    keys: publicKeys(),
    ...LIMITS,
    receivedAt: { now: START + 30 * DAY },
    commitRows: 500,
    ...(from === undefined ? {} : { from }),
  });
  let rows = 0;
  const histories = files.map((paths, i) => ({ stream: STREAMS[i] ?? STREAMS[0], files: paths }));
  await readSources({
    replays: [opened],
    streams: STREAMS,
    sources: [createFileHistory(histories)],
    signal,
    ...(until === undefined ? {} : { until }),
    onProgress: (read) => (rows = read),
  });
  return { replay: opened, rows };
}

/** Hours after START. */
function told({ transitions }: Replay): unknown[][] {
  const inOrder = transitions.toSorted((a, b) => a.at - b.at);
  return inOrder.map(({ alert, at }) => [alert.alert, alert.state, (at - START) / HOUR]);
}

const whole = [[write("events.jsonl", EVENTS)], [write("labels.jsonl", LABELS)]];
const SPIKE = [
  ["NullSpike", "firing", 60.3],
  ["NullSpike", "resolved", expect.closeTo(63, 1)],
];
const EXPECTED = [["Inaccurate", "firing", 48], ...SPIKE];

describe("reading history", () => {
  it("brings labels to their predictions, and ends", async () => {
    const { replay: done, rows } = await replay({ files: whole });
    expect(told(done)).toEqual(EXPECTED);
    expect(rows).toBe(2 * EVENTS.length);
    expect(done.hasEnded()).toBe(true);
    const ledgers = done.ledgers();
    expect(ledgers["s"]).toMatchObject({ received: EVENTS.length, measured: EVENTS.length });
    expect(ledgers["l"]).toMatchObject({ received: EVENTS.length, measured: EVENTS.length });
  });

  it("says the same of a history in several files, one behind the other", async () => {
    const parts = [EVENTS.slice(0, 1000), EVENTS.slice(1000, 1001), EVENTS.slice(1001)];
    const files = [parts.map((part, i) => write(`part-${i}.jsonl`, part)), whole[1] ?? []];
    const { replay: done } = await replay({ files });
    expect(told(done)).toEqual(EXPECTED);
    // Offsets go on counting where the file before ended.
    expect(done.engine.tasks.get("s", 0)?.progressOf("s").next).toBe(EVENTS.length);
  });

  it("stops once all that ends by then has been judged", async () => {
    const { replay: done, rows } = await replay({ files: whole, until: START + 30 * HOUR });
    expect(done.hasJudged(START + 30 * HOUR)).toBe(true);
    expect(done.hasEnded()).toBe(false);
    expect(rows).toBeLessThan(2 * EVENTS.length);
  });

  it("waits for the stream that is passed over, however far the other one is", async () => {
    const { replay: done } = await replay({ files: whole, from: START + 59 * HOUR });
    expect(told(done).filter(([alert]) => alert === "NullSpike")).toEqual(SPIKE);
    expect(done.passedOver).toEqual(
      new Map([
        ["s", 13_824],
        ["l", 13_824],
      ]),
    );
    expect(done.ledgers()["l"]?.dropped["orphan-label"]).toBeLessThan(1_000);
  });

  it("tells of a file that is not there, and of being stopped", async () => {
    await expect(replay({ files: [[join(directory, "none.jsonl")], []] })).rejects.toThrow(
      "there is no such file",
    );
    await expect(replay({ files: whole, signal: AbortSignal.abort() })).rejects.toThrow(
      "stopped before the end",
    );
  });
});
