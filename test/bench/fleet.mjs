// CPU per event of one daemon with a store of its own, and of one, two and three that share theirs in Redis. The load is one
// that a fleet is there for: all members find more than they can take in at once. What they cost while there is nothing to read
// is told apart: at a trickle that alone would be measured, once per member. Processes that are busy at the same time slow each
// other down, also where they share nothing (caches, memory, hyperthreads): how much that is, two fleets of one show that each
// read all records. How often the heaps were collected whole is told besides: V8 does most of that on threads beside the one that
// reads, and where it is not said how far a heap may grow it comes five or fifty times, as the machine is free or busy.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { writeReference } from "../../dist/reference/reference-file.js";
import { kafkaService, redisService } from "./broker.mjs";
import { buildBenchReference, eventText, RULES } from "./events.mjs";
import { median, printTable } from "./table.mjs";

const RECORDS = Number(process.env.BENCH_RECORDS ?? 600_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PARTITIONS = 12;
/** Records that every member reads before: it has compiled its hot path by then, however many they are. */
const WARM_UP = Number(process.env.BENCH_WARM_UP ?? 200_000);
/** How long members that have nothing to read are watched, ms. */
const IDLE = 5_000;
const CHUNK = 6_000;
/** Event time between two events, ms: two thousand a second. With few a partition would have to wait for the others. */
const STEP = 0.5;
const COMMITS = 'driftd_state_commits_total{result="committed"}';
/** BENCH_PROFILE=DIRECTORY writes a CPU profile of every member there. */
const PROFILES = process.env.BENCH_PROFILE;
const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

const VARIANTS = {
  "one member, embedded store": { store: "lmdb", members: 1 },
  "one member, Redis": { store: "redis", members: 1 },
  "two fleets of one member each": { store: "redis", members: 1, fleets: 2 },
  "two members, Redis": { store: "redis", members: 2 },
  "three members, Redis": { store: "redis", members: 3 },
};
/** BENCH_VARIANTS=PATTERN measures only those whose name it matches, and one member with Redis, which all are told in. */
const CHOSEN = Object.keys(VARIANTS).filter(
  (name) => name === "one member, Redis" || new RegExp(process.env.BENCH_VARIANTS ?? "").test(name),
);

export async function run() {
  const kafka = await kafkaService();
  const redis = await (await redisService()).startRedis();
  const cluster = await kafka.startKafka();
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    // Yesterday: driftd drops what claims to come from the future.
    const start = Math.floor((Date.now() - 86_400_000) / 60_000) * 60_000;
    const world = { kafka, redis, brokers: cluster.brokers, directory, start };
    writeFileSync(join(directory, "fraud.arrow"), writeReference(buildBenchReference(start)));
    const found = new Map(CHOSEN.map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of CHOSEN) {
        found.get(name).push(await measure(world, VARIANTS[name]));
      }
    }
    report(found);
  } finally {
    await redis.stop();
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** CPU per event of all members together and of Redis, and the commits, from the moment at which all RECORDS are there. */
async function measure({ kafka, redis, brokers, directory, start }, { store, members, fleets = 1 }) {
  const client = kafka.kafkaClient(brokers);
  const topic = kafka.uniqueName("bench");
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, configEntries: [{ name: "retention.ms", value: "-1" }] }],
  });
  await admin.disconnect();
  const all = Array.from({ length: fleets }, () => []);
  const producer = client.producer({
    transactionalId: topic,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 600_000,
  });
  await producer.connect();
  try {
    for (const [f, daemons] of all.entries()) {
      const group = `${topic}-${f}`;
      const state = store === "redis" ? { store, url: redis.url, prefix: group } : { store, path: "./state" };
      for (let k = 0; k < members; k++) {
        const place = join(directory, `${group}-${k}`);
        daemons.push(await startMember(place, { directory, brokers, topic, group, state }));
      }
      await until(async () => (await tasksOf(daemons)) >= PARTITIONS);
    }
    const feed = { producer, topic, start };
    const warmUp = WARM_UP * members;
    await (await write(feed, 0, warmUp)).commit();
    await until(async () => (await received(all)) >= warmUp);
    const written = await write(feed, warmUp, RECORDS);
    const idle = await watchIdle(all.flat(), redis);
    const before = usage(all.flat(), redis);
    const commits = await total(all.flat(), COMMITS);
    const began = performance.now();
    await written.commit();
    await until(async () => (await received(all)) >= warmUp + RECORDS);
    const after = usage(all.flat(), redis);
    return {
      micros: (after.members - before.members) / (RECORDS * fleets),
      redis: store === "redis" ? (after.redis - before.redis) / (RECORDS * fleets) : Number.NaN,
      collections: (after.collections - before.collections) / ((RECORDS * fleets) / 1e6),
      commits: ((await total(all.flat(), COMMITS)) - commits) / fleets,
      rate: RECORDS / (performance.now() - began),
      idle: idle / (members * fleets),
    };
  } finally {
    await producer.disconnect();
    for (const { child } of all.flat()) child.kill(PROFILES === undefined ? "SIGKILL" : "SIGTERM");
    await Promise.all(all.flat().map(({ ended }) => ended));
  }
}

/** Percent of a core that all members use together while nothing comes. */
async function watchIdle(daemons, redis) {
  const before = usage(daemons, redis);
  await sleep(IDLE);
  return (usage(daemons, redis).members - before.members) / (10 * IDLE);
}

async function startMember(place, { directory, brokers, topic, group, state }) {
  mkdirSync(place);
  writeFileSync(
    join(place, "fraud.yaml"),
    RULES.replace("file: fraud.arrow", `file: ${directory}/fraud.arrow`),
  );
  const streams = { scored: { role: "inference", topic, from: "earliest" } };
  const http = { host: "127.0.0.1", port: 0 };
  const config = {
    version: 1,
    rules: ["fraud.yaml"],
    kafka: { brokers, group },
    streams,
    state,
    http,
  };
  writeFileSync(join(place, "driftd.yaml"), JSON.stringify(config));
  const profile = PROFILES === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", PROFILES];
  const child = spawn(process.execPath, ["--trace-gc", ...profile, MAIN, "run"], {
    cwd: place,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  let collections = 0;
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (lines) => (collections += lines.split("Mark-Compact").length - 1));
  let text = "";
  child.stderr.on("data", (bytes) => (text += bytes));
  const listening = () => /"url":"([^"]+)"/.exec(text)?.[1];
  await until(() => {
    if (child.exitCode !== null) throw new Error(text);
    return listening() !== undefined;
  });
  return { child, ended, url: listening(), collections: () => collections };
}

/** Writes records in one transaction: with its commit all of them are there to be read, and not before. */
async function write({ producer, topic, start }, begin, count) {
  const transaction = await producer.transaction();
  for (let from = begin; from < begin + count; from += CHUNK) {
    const messages = Array.from({ length: Math.min(CHUNK, begin + count - from) }, (_, k) => {
      const i = from + k;
      return {
        value: eventText(i, start, { step: STEP }),
        partition: i % PARTITIONS,
        timestamp: String(Math.floor(start + i * STEP)),
      };
    });
    await transaction.send({ topic, messages });
  }
  return transaction;
}

/** Microseconds of CPU used so far, and whole collections of the members' heaps. */
function usage(daemons, redis) {
  return {
    members: daemons.reduce((sum, { child }) => sum + cpuOf(child.pid), 0),
    redis: cpuOf(redis.pid()),
    collections: daemons.reduce((sum, { collections }) => sum + collections(), 0),
  };
}

/** In ticks of 10 ms, which is what Linux counts in. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** What the last of the fleets has taken in. */
async function received(fleets) {
  return Math.min(...(await Promise.all(fleets.map(receivedOf))));
}

/** The most that any member tells of: in a fleet each knows what all have committed. */
async function receivedOf(daemons) {
  const told = await Promise.all(
    daemons.map(
      async ({ url }) =>
        (await (await fetch(`${url}/api/accounting`)).json()).streams.scored.records.received,
    ),
  );
  return Math.max(...told);
}

function tasksOf(daemons) {
  return daemons.length === 1 ? PARTITIONS : total(daemons, "driftd_tasks_assigned");
}

async function total(daemons, metric) {
  const texts = await Promise.all(daemons.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.startsWith(metric))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function until(isSo) {
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) if (await isSo()) return;
  throw new Error("waited in vain");
}

function report(found) {
  const one = median(found.get("one member, Redis").map(({ micros }) => micros));
  printTable(
    `fleet: ${RECORDS} records at once, after ${WARM_UP} others for each member, ${PARTITIONS} partitions; medians of ${ROUNDS} rounds`,
    [
      [
        "",
        "us of CPU per event, all members",
        "of one with Redis",
        "us of Redis",
        "whole collections per million",
        "commits",
        "k events/s",
        "% of a core idle, each",
      ],
      ...[...found].map(([name, rounds]) => {
        const micros = median(rounds.map((round) => round.micros));
        const redis = median(rounds.map((round) => round.redis));
        return [
          name,
          micros,
          `${((100 * micros) / one).toFixed(0)}%`,
          Number.isNaN(redis) ? "" : redis,
          median(rounds.map(({ collections }) => collections)),
          median(rounds.map(({ commits }) => commits)),
          median(rounds.map(({ rate }) => rate)),
          median(rounds.map(({ idle }) => idle)),
        ];
      }),
    ],
  );
}
