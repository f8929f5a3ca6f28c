// CPU per event of driftd's path from a real broker, against the least that any consumer of JSON must do.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kafkaService } from "./broker.mjs";
import { buildBenchReference, eventText, STEP } from "./events.mjs";
import { writeReference } from "../../dist/reference/reference-file.js";
import { median, printTable } from "./table.mjs";

const RECORDS = Number(process.env.BENCH_RECORDS ?? 500_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const PARTITIONS = 4;
const READER = fileURLToPath(new URL("pipeline-reader.mjs", import.meta.url));

const VARIANTS = {
  bare: "(a) a bare kafkajs eachBatch loop",
  parse: "(b) the same, and JSON.parse(value.toString()) thrown away",
  driftd: "(c) driftd: decode, validate, count 23 columns in 2 groupings, commit, judge",
};

export async function run() {
  const kafka = await kafkaService();
  const given = process.env.DRIFTD_TEST_KAFKA;
  const cluster = given === undefined ? await kafka.startKafka() : undefined;
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    const brokers = cluster?.brokers ?? given.split(",");
    // Yesterday: driftd drops what claims to come from the future.
    const start = Math.floor((Date.now() - 86_400_000) / 60_000) * 60_000;
    const reference = join(directory, "reference.arrow");
    writeFileSync(reference, writeReference(buildBenchReference(start)));
    const topic = kafka.uniqueName("bench");
    const bytes = await produce({ client: kafka.kafkaClient(brokers), topic, start });
    const cpu = { bare: [], parse: [], driftd: [] };
    let commits = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (const variant of Object.keys(VARIANTS)) {
        const state = join(directory, `${variant}-${round}`);
        const group = kafka.uniqueName("bench");
        const setup = {
          variant,
          brokers,
          topic,
          group,
          reference,
          records: RECORDS,
          partitions: PARTITIONS,
          state,
        };
        const result = await readAll(setup);
        cpu[variant].push(result.cpuMicros / RECORDS);
        commits = Math.max(commits, result.commits ?? 0);
      }
    }
    report(cpu, { bytes, commits });
  } finally {
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Writes the records uncompressed, in turn to all partitions; answers the mean size of a value. */
async function produce({ client, topic, start }) {
  const admin = client.admin();
  await admin.connect();
  const configEntries = [{ name: "retention.ms", value: "-1" }];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, configEntries }],
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  let bytes = 0;
  const CHUNK = 8_000;
  for (let from = 0; from < RECORDS; from += CHUNK) {
    const messages = Array.from({ length: Math.min(CHUNK, RECORDS - from) }, (_, k) => {
      const i = from + k;
      const value = eventText(i, start);
      bytes += value.length;
      return { value, partition: i % PARTITIONS, timestamp: String(start + i * STEP) };
    });
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
  return bytes / RECORDS;
}

/** One reading of the whole topic in a process of its own, whose CPU is nobody else's. */
function readAll(setup) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...readerFlags(setup), READER, JSON.stringify(setup)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`${setup.variant}: exit ${code}`)),
    );
  });
}

/** BENCH_PROFILE=DIRECTORY writes a CPU profile of every reading by driftd there. */
function readerFlags({ variant }) {
  const directory = process.env.BENCH_PROFILE;
  return directory === undefined || variant !== "driftd" ? [] : ["--cpu-prof", "--cpu-prof-dir", directory];
}

function report(cpu, { bytes, commits }) {
  const micros = Object.fromEntries(Object.entries(cpu).map(([variant, times]) => [variant, median(times)]));
  printTable(
    `pipeline: ${RECORDS} records of ${bytes.toFixed(0)} bytes, ${PARTITIONS} partitions, uncompressed, ${commits} commits; ` +
      `medians of ${ROUNDS} interleaved rounds`,
    [
      ["", "us of CPU per event", "least", "most"],
      ...Object.entries(VARIANTS).map(([variant, what]) => [
        what,
        micros[variant],
        Math.min(...cpu[variant]),
        Math.max(...cpu[variant]),
      ]),
      ["(c) / (b); the goal is at most 1.5", ...ratios(cpu.driftd, cpu.parse)],
      ["(c) / (a)", ...ratios(cpu.driftd, cpu.bare)],
    ],
  );
}

/** Median, least and most of the rounds' own ratios: whatever else the machine does weighs on a round as a whole. */
function ratios(above, below) {
  const each = above.map((time, round) => time / below[round]);
  return [median(each), Math.min(...each), Math.max(...each)];
}
