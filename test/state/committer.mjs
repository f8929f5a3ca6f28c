// Commits in a loop until it is killed, and prints each number once its commit is on the disk.
// Arguments: the compiled sources, the state directory.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [, , compiled, path] = process.argv;
const { openLmdbStore } = await import(pathToFileURL(join(compiled, "state/lmdb.js")).href);
const { pack } = await import(pathToFileURL(join(compiled, "counts/packed.js")).href);
const store = await openLmdbStore({ path, clock: { tick: () => ({ now: Date.now() }) }, pid: process.pid });
const task = { group: "fraud", partition: 3 };
const claimed = await store.claim(task);
let { version } = claimed;
let number = claimed.state === undefined ? 0 : Number(new TextDecoder().decode(claimed.state));
writeSync(1, "ready\n");
for (;;) {
  number += 1;
  const text = new TextEncoder().encode(String(number));
  const counts = pack(Float64Array.from(text));
  const panes = Array.from({ length: 20 }, (_, i) => ({
    layout: "l1",
    version: "v7",
    segment: `region=${i}`,
    start: (number % 10) * 60_000,
    packed: counts,
  }));
  const waiting = {
    index: "waiting",
    high: new Uint32Array(50),
    low: Uint32Array.from({ length: 50 }, (_, i) => 50 * number + i),
    count: 50,
    fields: new Float64Array(50).fill(number),
    width: 1,
    expires: 1e15,
  };
  const commit = {
    task,
    expected: version,
    commitId: String(number),
    state: text,
    panes,
    entries: [waiting],
  };
  ({ version } = await store.commit(commit));
  writeSync(1, `${number}\n`);
  // Else nobody who asks whose store it is would be answered.
  await turn();
}
