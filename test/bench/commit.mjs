// The embedded store on this disk: a commit of many panes, and the index of predictions.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../dist/runtime/clock.js";
import { openLmdbStore } from "../../dist/state/lmdb.js";
import { commit, PANES, panesOf, randomIds, TASK } from "./commits.mjs";
import { cpuMicros } from "./machine.mjs";
import { median, printTable } from "./table.mjs";

const COMMITS = 60;
const IDS = 8_192;
const RUNS = 128;
const WIDTH = 6;

export async function run() {
  const path = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    const store = await openLmdbStore({ path, clock: systemClock });
    const session = { store, version: (await store.claim(TASK)).version };
    const same = Array.from({ length: COMMITS }, (_, k) => panesOf(k, 0));
    const fresh = Array.from({ length: COMMITS }, (_, k) => panesOf(k, k + 1));
    printTable(`commit: ${PANES} panes of 480 counts, medians of ${COMMITS} commits`, [
      ["", "ms", "ms of CPU"],
      ["the same panes, their counts growing", ...(await measure(same, (panes) => commit(session, panes)))],
      ["new panes every time", ...(await measure(fresh, (panes) => commit(session, panes)))],
    ]);
    const added = Array.from({ length: RUNS }, (_, k) => entriesOf(k));
    const asked = Array.from({ length: RUNS }, () => randomIds(IDS));
    const append = await measure(added, (entries) => commit(session, [], entries));
    const found = await measure(asked, (ids) => store.find(TASK, "predictions", ids));
    printTable(`index: ${IDS} ids a batch, up to ${IDS * RUNS} in the index`, [
      ["", "us per id", "us of CPU per id"],
      ["append, its commit and its share of merging included", ...append.map(perId)],
      ["look up, not there", ...found.map(perId)],
    ]);
    await store.close();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Median milliseconds, and mean milliseconds of CPU: merging comes in lumps. */
async function measure(inputs, work) {
  const elapsed = [];
  const before = cpuMicros();
  for (const input of inputs) {
    const start = performance.now();
    await work(input);
    elapsed.push(performance.now() - start);
  }
  return [median(elapsed), (cpuMicros() - before) / 1_000 / inputs.length];
}

const perId = (milliseconds) => (milliseconds * 1_000) / IDS;

function entriesOf(k) {
  const fields = new Float64Array(IDS * WIDTH).fill(0.5);
  return [{ index: "predictions", ...randomIds(IDS), fields, width: WIDTH, expires: 1e12 + k }];
}
