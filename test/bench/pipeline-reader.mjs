// One reading of a topic, by one variant: prints the CPU that it took from joining the group to the last record.
import { readFileSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";
import { startApp } from "../../dist/daemon/app.js";
import { publicKeys } from "../../dist/event/ids.js";
import { COMMIT_EVERY } from "../../dist/ingestion/ingestion.js";
import { readReference } from "../../dist/reference/reference-file.js";
import { systemClock } from "../../dist/runtime/clock.js";
import { createLog } from "../../dist/runtime/log.js";
import { openLmdbStore } from "../../dist/state/lmdb.js";
import { createKafkaSource } from "../../dist/stream/kafka.js";
import { fitBenchModel, streamConfig } from "./events.mjs";
import { cpuMicros } from "./machine.mjs";

const setup = JSON.parse(process.argv[2]);
const result = setup.variant === "driftd" ? await readWithDriftd(setup) : await readWithKafkajs(setup);
process.stdout.write(JSON.stringify(result));

async function readWithKafkajs({ variant, brokers, topic, group, records }) {
  const kafka = new Kafka({ clientId: "bench", brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 250 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let before = 0;
  let left = records;
  let sink = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    before = cpuMicros();
  });
  const parse = variant === "parse";
  const cpu = await new Promise((resolve, reject) => {
    const eachBatch = async ({ batch }) => {
      for (const { value } of batch.messages)
        sink += parse ? JSON.parse(value.toString()).id.length : value.length;
      left -= batch.messages.length;
      if (left <= 0) resolve(cpuMicros() - before);
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(reject);
  });
  await consumer.disconnect();
  if (sink === 0) throw new Error("nothing was read");
  return { cpuMicros: cpu };
}

/** As `driftd run` assembles it, with an embedded store on disk. */
async function readWithDriftd({ brokers, topic, group, reference, records, partitions, state }) {
  const stream = streamConfig({ topic });
  const kafka = { brokers, group, clientId: "bench", sessionTimeout: 30_000, maxRecordBytes: 1_000_000 };
  const log = createLog({ level: "silent" });
  const source = createKafkaSource({ kafka, streams: [stream], single: true, clock: Date.now, log });
  let before = 0;
  const measured = {
    ...source,
    start: (listener) =>
      source.start({
        batch: (batch) => listener.batch(batch),
        ended: (...end) => listener.ended(...end),
        gap: (...gap) => listener.gap(...gap),
        recreated: (...place) => listener.recreated(...place),
        failed: (error) => listener.failed(error),
        revoked: (tasks) => listener.revoked(tasks),
        async assigned(tasks) {
          const positions = await listener.assigned(tasks);
          before = cpuMicros();
          return positions;
        },
      }),
  };
  const app = await startApp({
    config: {
      publish: { maxAge: 3_600_000 },
      http: { host: "127.0.0.1", port: 0 },
      metrics: { segments: "firing", maxLines: 20_000 },
    },
    streams: [stream],
    models: [fitBenchModel(readReference(readFileSync(reference), reference))],
    keys: publicKeys(),
    maxRecordBytes: 1_000_000,
    openStore: () => openLmdbStore({ path: state, clock: systemClock }),
    sources: [measured],
    partitions,
    commitEvery: COMMIT_EVERY,
    clock: systemClock,
    log,
    build: { version: "bench", node: process.version },
    configHash: "bench",
    process: () => ({}),
  });
  const failure = app.failed.then((error) => {
    throw error;
  });
  while (app.ledgers()[stream.name].received < records) await Promise.race([failure, sleep(20)]);
  await app.ingestion.flush(true);
  const cpu = cpuMicros() - before;
  const { measured: counted, received } = app.ledgers()[stream.name];
  if (counted !== records) throw new Error(`${counted} of ${received} rows were measured`);
  const { committed } = app.ingestion.commits.counts;
  await app.stop("the benchmark has ended");
  return { cpuMicros: cpu, commits: committed };
}

function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
