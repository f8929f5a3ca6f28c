// What it costs that requests and responses come one by one: CPU per event, beside the same events whole.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBenchReference, eventText, fitBenchModel, recordBatch, STEP, streamConfig } from "./events.mjs";
import { openIngestion } from "./feed.mjs";
import { cpuMicros } from "./machine.mjs";
import { median, printTable } from "./table.mjs";

const EVENTS = Number(process.env.BENCH_EVENTS ?? 200_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const BATCH = 1_000;
const DAY = 86_400_000;

/** By name: how many batches the responses come behind their requests; undefined where events come whole. */
const VARIANTS = {
  "whole events": undefined,
  "halves, the response in the next batch": 0,
  "halves, the response 20 s later": 2,
  "halves, the response after the next commit": 80,
};

const INPUTS = streamConfig({ name: "asked", role: "inputs", joinWithin: 900_000 });
const OUTPUTS = streamConfig({ name: "answered", role: "outputs", of: "asked" });

export async function run() {
  const start = Math.floor((Date.now() - DAY) / 60_000) * 60_000;
  const fitted = fitBenchModel(buildBenchReference(start));
  const times = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, behind] of Object.entries(VARIANTS)) {
      times[name].push((await measure({ fitted, start, behind })) / EVENTS);
    }
  }
  const whole = median(times["whole events"]);
  printTable(
    `join: ${EVENTS} events of 23 columns, whole or as a request and a response, to an embedded store; medians of ${ROUNDS} rounds`,
    [
      ["", "us of CPU per event", "least", "most", "more than whole"],
      ...Object.entries(times).map(([name, each]) => [
        name,
        median(each),
        Math.min(...each),
        Math.max(...each),
        median(each) - whole,
      ]),
    ],
  );
}

/** Microseconds of CPU that driftd takes for all events. */
async function measure({ fitted, start, behind }) {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  const streams = behind === undefined ? [streamConfig()] : [INPUTS, OUTPUTS];
  const { ingestion, clock, ledgers, stop } = await openIngestion({ fitted, directory, start, streams });
  try {
    let spent = 0;
    const feed = async (stream, batch, texts) => {
      const records = recordBatch(stream, batch * BATCH, texts, start);
      clock.advanceTo(start + (batch + 1) * BATCH * STEP);
      const before = cpuMicros();
      await ingestion.batch(records);
      spent += cpuMicros() - before;
    };
    const batches = EVENTS / BATCH;
    for (let batch = 0; batch < batches + (behind ?? 0); batch++) {
      if (behind === undefined)
        await feed(
          "scored",
          batch,
          textsOf(batch, start, (event) => event),
        );
      else {
        if (batch < batches) await feed("asked", batch, textsOf(batch, start, asked));
        if (batch >= behind) await feed("answered", batch - behind, textsOf(batch - behind, start, answered));
      }
    }
    const before = cpuMicros();
    await ingestion.flush(true);
    spent += cpuMicros() - before;
    const { measured } = ledgers()[streams[0].name];
    if (measured !== EVENTS) throw new Error(`${measured} of ${EVENTS} events were measured`);
    return spent;
  } finally {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function textsOf(batch, start, part) {
  return Array.from({ length: BATCH }, (_, k) =>
    JSON.stringify(part(JSON.parse(eventText(batch * BATCH + k, start)))),
  );
}

/** What was asked: all but the answer. */
function asked({ id, time, model, segment, features }) {
  return { id, time, model, segment, features };
}

function answered({ id, time, model, version, prediction }) {
  return { id, time, model, version, prediction };
}
