// The shared store on a Redis of its own: a commit of many panes, and the index of predictions, with the memory that it takes.
import { readFileSync } from "node:fs";
import { systemClock } from "../../dist/runtime/clock.js";
import { createLog } from "../../dist/runtime/log.js";
import { openRedisStore } from "../../dist/state/redis.js";
import { redisService } from "./broker.mjs";
import { commit, PANES, panesOf, randomIds, TASK } from "./commits.mjs";
import { cpuMicros } from "./machine.mjs";
import { median, printTable } from "./table.mjs";

const COMMITS = 60;
const IDS = 16_384;
const BATCHES = 61;
const WIDTH = 6;
const DAY = 86_400_000;

export async function run() {
  const { startRedis } = await redisService();
  const redis = await startRedis();
  try {
    const store = await openRedisStore({
      url: redis.url,
      prefix: "bench",
      clock: systemClock,
      log: createLog({ level: "silent" }),
    });
    const session = { store, pid: redis.pid(), version: (await store.claim(TASK)).version };
    const same = Array.from({ length: COMMITS }, (_, k) => panesOf(k, 0));
    const fresh = Array.from({ length: COMMITS }, (_, k) => panesOf(k, k + 1));
    printTable(`commit: ${PANES} panes of 480 counts, medians of ${COMMITS} commits`, [
      ["", "ms", "ms of CPU", "of Redis"],
      [
        "the same panes, their counts growing",
        ...(await measure(session, same, (panes) => commit(session, panes))),
      ],
      ["new panes every time", ...(await measure(session, fresh, (panes) => commit(session, panes)))],
    ]);
    const before = await store.size();
    const added = Array.from({ length: BATCHES }, entriesOf);
    const asked = Array.from({ length: 20 }, () => randomIds(IDS));
    const known = added.slice(0, 20).map(([{ high, low, count }]) => ({ high, low, count }));
    const append = await measure(session, added, (entries) => commit(session, [], entries));
    const bytes = ((await store.size()) - before) / (IDS * BATCHES);
    const missing = await measure(session, asked, (ids) => store.find(TASK, "predictions", ids));
    const there = await measure(session, known, (ids) => store.find(TASK, "predictions", ids));
    const few = known.map((ids) => ({ ...ids, count: 100 }));
    const small = await measure(session, few, (ids) => store.find(TASK, "predictions", ids));
    printTable(`index: ${IDS} ids a batch, ${IDS * BATCHES} in the index, ${bytes.toFixed(1)} bytes each`, [
      ["", "us per id", "us of CPU per id", "of Redis"],
      ["append", ...append.map(perId(IDS))],
      ["look up, not there", ...missing.map(perId(IDS))],
      ["look up, there", ...there.map(perId(IDS))],
      ["look up 100, there", ...small.map(perId(100))],
    ]);
    await store.close();
  } finally {
    await redis.stop();
  }
}

/** Median milliseconds, and mean milliseconds of CPU, ours and that of Redis. */
async function measure({ pid }, inputs, work) {
  const elapsed = [];
  const before = cpuMicros();
  const beforeOfRedis = cpuMillisOf(pid);
  for (const input of inputs) {
    const start = performance.now();
    await work(input);
    elapsed.push(performance.now() - start);
  }
  return [
    median(elapsed),
    (cpuMicros() - before) / 1_000 / inputs.length,
    (cpuMillisOf(pid) - beforeOfRedis) / inputs.length,
  ];
}

const TICK = 10;

/** User and system time of a process. */
function cpuMillisOf(pid) {
  const [, rest] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return TICK * (Number(fields[11]) + Number(fields[12]));
}

const perId = (ids) => (milliseconds) => (milliseconds * 1_000) / ids;

/** Predictions as a model of two classes makes them: score, decision, time, version, no truth yet, one grouping. */
function entriesOf(_, k) {
  const now = Date.now() + k * 200;
  const rows = Array.from({ length: IDS }, (_unused, i) => [
    Math.random(),
    i % 2,
    now - i,
    1,
    Number.NaN,
    i % 20,
  ]);
  return [
    {
      index: "predictions",
      ...randomIds(IDS),
      fields: Float64Array.from(rows.flat()),
      width: WIDTH,
      expires: now + 10 * DAY,
    },
  ];
}
