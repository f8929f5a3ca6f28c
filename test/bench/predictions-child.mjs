// Commits predictions to an embedded store, and looks some of them up at given counts.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { systemClock } from "../../dist/runtime/clock.js";
import { openLmdbStore } from "../../dist/state/lmdb.js";
import { cpuMicros } from "./machine.mjs";
import { median } from "./table.mjs";

const IDS = 16_384;
const ASKED = 8_192;
const WIDTH = 6;
const TASK = { group: "bench", partition: 0 };
const INDEX = "predictions";

const { millions, directory } = JSON.parse(process.argv[2]);
const store = await openLmdbStore({ path: directory, clock: systemClock });
let { version } = await store.claim(TASK);
let committed = 0;
const stages = [];
let elapsed = [];
let spent = 0;
for (const million of millions) {
  const before = committed;
  for (; committed < million * 1e6; committed += IDS) await commitNext();
  const known = await look(() => Math.floor(Math.random() * committed));
  const unknown = await look((i) => committed + i);
  if (known.found !== ASKED || unknown.found !== 0)
    throw new Error(`${known.found} found, and ${unknown.found}`);
  stages.push({
    million,
    shown: {
      "MB anonymous": kilobytes("RssAnon") / 1024,
      "MB V8 heap": process.memoryUsage().heapUsed / 2 ** 20,
      "GB on disk": (await store.size()) / 2 ** 30,
      "ms a commit": median(elapsed),
      "slowest, ms": Math.max(...elapsed),
      "us CPU a prediction": spent / (committed - before),
      "us a known id": known.micros,
      "us an unknown one": unknown.micros,
    },
  });
  elapsed = [];
  spent = 0;
}
await store.close();
process.stdout.write(JSON.stringify(stages));

async function commitNext() {
  const entries = entriesOf(committed);
  const start = performance.now();
  const cpu = cpuMicros();
  const outcome = await store.commit({
    task: TASK,
    expected: version,
    commitId: randomUUID(),
    state: new Uint8Array(500),
    panes: [],
    entries: [entries],
  });
  spent += cpuMicros() - cpu;
  elapsed.push(performance.now() - start);
  if (outcome.status !== "committed") throw new Error(outcome.status);
  version = outcome.version;
}

function entriesOf(first) {
  const { high, low } = idsOf((i) => first + i, IDS);
  const fields = new Float64Array(IDS * WIDTH);
  for (let i = 0; i < IDS; i += 1) fields[i * WIDTH] = first + i;
  return { index: INDEX, high, low, count: IDS, fields, width: WIDTH, expires: 1e12 + first };
}

async function look(number) {
  const ids = idsOf(number, ASKED);
  const start = performance.now();
  const { found, fields, width } = await store.find(TASK, INDEX, ids);
  const micros = ((performance.now() - start) * 1_000) / ASKED;
  let count = 0;
  for (let i = 0; i < ASKED; i += 1) {
    if (found[i] === 1 && fields[i * width] === ids.numbers[i]) count += 1;
  }
  return { found: count, micros };
}

/** Ids as keyed hashes are: every bit looks random, and the same number has the same id. */
function idsOf(number, count) {
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    numbers[i] = number(i);
    high[i] = mix(numbers[i] + 1);
    low[i] = mix(high[i] ^ numbers[i]);
  }
  return { high, low, count, numbers };
}

function mix(value) {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

function kilobytes(name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}
