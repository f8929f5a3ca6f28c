// The HTTP door: pairs of requests and responses from 8 clients in a process of their own. What the daemon uses is read from
// outside, so that all of it counts: HTTP, decoding, joining, counting, commits, judging.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { printTable } from "./table.mjs";

const PROGRAM = process.env.BENCH_PROGRAM ?? fileURLToPath(new URL("../../dist/main.js", import.meta.url));
/** What the image starts node with. */
const NODE_FLAGS = JSON.parse(
  /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(new URL("../../deploy/Dockerfile", import.meta.url), "utf8"))[1],
).slice(1, -1);
const LOAD = fileURLToPath(new URL("http-load.mjs", import.meta.url));
const FLOOR = fileURLToPath(new URL("http-floor.mjs", import.meta.url));
const CLIENTS = 8;
/** Pairs of the long run, and how many each client has under way in it: one at a time would take an hour. */
const LONG = Number(process.env.BENCH_PAIRS ?? 1_000_000);
const LONG_IN_FLIGHT = 16;

const PARTS = [
  { name: "one row", rows: 1, pairs: 10_000, inFlight: 1 },
  { name: "one row, 5 under way per client", rows: 1, pairs: 40_000, inFlight: 5 },
  { name: "100 rows", rows: 100, pairs: 2_000, inFlight: 1 },
  { name: `one row, ${LONG_IN_FLIGHT} under way per client`, rows: 1, pairs: LONG, inFlight: LONG_IN_FLIGHT },
];

const RULES = `
version: 1
model: served
references: { default: { file: ../served.arrow } }
window: { size: 5m, pane: 1m, lateness: 10s }
rules:
  - { alert: FeatureDrift, measure: psi, columns: ["*"], for: 2m }
  - { alert: NullSpike, measure: missing, columns: ["*"] }
  - { alert: SchemaBroken, measure: invalid, above: 0.01 }
`;
const CONFIG = `
version: 1
streams: { served: { role: inference, http: true, format: kserve, names: [a, b, c], map: { score: /predictions } } }
rules: [rules/*.yaml]
state: { store: lmdb, path: ./state }
http: { host: 127.0.0.1, port: 0 }
`;

export async function run() {
  const rows = [];
  for (const part of PARTS.filter(({ pairs }) => pairs > 0)) {
    const row = await measure(part);
    rows.push(row);
    if (part.rows === 1) rows.push(...(await measureFloors(part, row[PAIRS_PER_SECOND])));
  }
  printTable(`http: pairs of request and response, 3 features, ${CLIENTS} clients`, [
    [
      "",
      "pairs",
      "pairs/s",
      "CPU s per 1,000 pairs",
      "MB of memory at 10%",
      "at the end",
      "at most",
      "mapped",
      "/healthz at most, ms",
    ],
    ...rows,
  ]);
}

/** Position in a row of figures. */
const PAIRS_PER_SECOND = 2;
/** Pairs that tell what a server costs that does nothing with them. */
const FLOOR_PAIRS = 20_000;

/**
 * What the same requests cost servers that only answer: as soon as each has come, and in groups at the daemon's pace. Where
 * nobody sends before the answer, a group has all that is under way.
 */
async function measureFloors({ inFlight }, pairsPerSecond) {
  const apart = (CLIENTS * inFlight * 1_000) / pairsPerSecond;
  const floors = [
    { name: "  bare node:http", server: "node" },
    { name: `  bare node:http, answers ${apart.toFixed(0)} ms apart`, server: "node", apart },
    { name: `  bare fastify, answers ${apart.toFixed(0)} ms apart`, server: "fastify", apart },
  ];
  const rows = [];
  for (const { name, ...floor } of floors) {
    const server = await start(process.execPath, [FLOOR, JSON.stringify(floor)], tmpdir());
    try {
      await sendPairs(server.url, { pairs: FLOOR_PAIRS / 4, rows: 1, inFlight, first: 0 });
      const before = server.cpuSeconds();
      const { seconds } = await sendPairs(server.url, { pairs: FLOOR_PAIRS, rows: 1, inFlight, first: 0 });
      const cost = (((server.cpuSeconds() - before) / FLOOR_PAIRS) * 1_000).toFixed(3);
      rows.push([name, FLOOR_PAIRS, Math.round(FLOOR_PAIRS / seconds), cost, "", "", "", "", ""]);
    } finally {
      await server.end();
    }
  }
  return rows;
}

async function measure({ name, rows, pairs, inFlight }) {
  const directory = await writeProject();
  const daemon = await start(process.execPath, [...NODE_FLAGS, PROGRAM, "run"], directory);
  try {
    // What is compiled and allocated once is no cost of a pair. A commit's share is compiled after so many commits, which takes
    // more pairs than a request's: where commits are small, as many again come as they are measured.
    const many = rows === 1 ? 20_000 : 2_000;
    const alike = inFlight === LONG_IN_FLIGHT ? 0 : many;
    const warmUp = many + alike;
    await sendPairs(daemon.url, { pairs: many, rows, inFlight: LONG_IN_FLIGHT, first: 0 });
    if (alike > 0) await sendPairs(daemon.url, { pairs: alike, rows, inFlight, first: many });
    await checkLedger(daemon.url, warmUp * rows);
    const before = daemon.cpuSeconds();
    const watch = watchDaemon(daemon);
    const { seconds } = await sendPairs(daemon.url, { pairs, rows, inFlight, first: warmUp });
    await checkLedger(daemon.url, (warmUp + pairs) * rows);
    const cpu = daemon.cpuSeconds() - before;
    const { early, last, most, mapped, slowest } = watch.stop();
    const cost = ((cpu / pairs) * 1_000).toFixed(3);
    const sizes = [early, last, most, mapped];
    return [name, pairs, Math.round(pairs / seconds), cost, ...sizes, Math.round(slowest)];
  } finally {
    await daemon.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writeProject() {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  mkdirSync(join(directory, "rules"));
  writeFileSync(join(directory, "rules/served.yaml"), RULES);
  writeFileSync(join(directory, "driftd.yaml"), CONFIG);
  const from = Date.parse("2026-01-01T00:00:00Z");
  const events = Array.from({ length: 20_000 }, (_, i) => {
    const [a, b, c] = [0, 1, 2].map((f) => Math.sin(i * 7 + f) * 100);
    const event = {
      id: `r${i}`,
      time: new Date(from + i * 1_000).toISOString(),
      model: "served",
      version: "v1",
    };
    return JSON.stringify({ ...event, features: { a, b, c }, prediction: { score: (a + 100) / 200 } });
  });
  writeFileSync(join(directory, "events.jsonl"), `${events.join("\n")}\n`);
  const args = [
    "reference",
    "build",
    "events.jsonl",
    "--rules",
    "rules/served.yaml",
    "--output",
    "served.arrow",
  ];
  const child = spawn(process.execPath, [PROGRAM, ...args, "--independent"], {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`reference build ended with ${code}`);
  return directory;
}

/** A server in a process of its own, once it has said where it listens. */
async function start(program, args, directory) {
  const child = spawn(program, args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  const url = await new Promise((resolve, reject) => {
    child.stderr.on("data", (bytes) => {
      log += bytes;
      const found = /"url":"(http:\/\/[^"/]+)"/.exec(log);
      if (found) resolve(found[1]);
    });
    child.on("close", () => reject(new Error(log)));
  });
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    memory: () => memoryOf(child.pid),
    async end() {
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}

/** User and system time, of Linux's clock ticks: 100 a second everywhere. */
function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Its own memory, and pages of the store's file, which the system takes back as it likes. */
function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1_000);
  return { own: megabytes("RssAnon"), mapped: megabytes("RssFile") };
}

/** Memory twice a second, and how long /healthz takes. */
function watchDaemon({ url, memory }) {
  const sizes = [];
  let slowest = 0;
  let isAsking = false;
  const timer = setInterval(async () => {
    sizes.push(memory());
    if (isAsking) return;
    isAsking = true;
    const begun = performance.now();
    const response = await fetch(`${url}/healthz`);
    await response.text();
    slowest = Math.max(slowest, response.ok ? performance.now() - begun : Infinity);
    isAsking = false;
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      sizes.push(memory());
      const own = sizes.map((size) => size.own);
      const { mapped } = sizes.at(-1);
      return {
        early: own[Math.floor(own.length / 10)],
        last: own.at(-1),
        most: Math.max(...own),
        mapped,
        slowest,
      };
    },
  };
}

async function sendPairs(url, options) {
  const load = spawn(process.execPath, [LOAD, JSON.stringify({ url, clients: CLIENTS, ...options })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  load.stdout.on("data", (bytes) => (output += bytes));
  const [code] = await once(load, "close");
  if (code !== 0) throw new Error(`the load ended with ${code}`);
  return JSON.parse(output);
}

/** Every row of both halves is measured, or the figures are of something else. What was sent last is counted a moment later. */
async function checkLedger(url, pairs) {
  for (const end = performance.now() + 10_000; ; await sleep(100)) {
    const accounting = await (await fetch(`${url}/api/accounting`)).json();
    const { rows } = accounting.streams.served;
    if (rows.measured === 2 * pairs && rows.balanced) return;
    if (performance.now() >= end) throw new Error(`not all was measured: ${rows.equation}`);
  }
}
