// Feeds events to an ingestion, and prints how much memory the process holds at given counts.
import { readFileSync } from "node:fs";
import { buildBenchReference, fitBenchModel } from "./events.mjs";
import { createFeed, openIngestion } from "./feed.mjs";
import { cpuMicros } from "./machine.mjs";

const BATCH = 2_000;
const LABEL_DELAY = 6_000;

const { hasLabels, events, directory } = JSON.parse(process.argv[2]);
const start = Date.UTC(2026, 0, 1);
const fitted = fitBenchModel(buildBenchReference(start), { hasLabels });
const { ingestion, clock, ledgers } = await openIngestion({ fitted, hasLabels, directory, start });
const predictions = createFeed({ stream: "scored", size: BATCH, start });
const labels = createFeed({ stream: "charged", size: BATCH, start });
const sizes = [];
let spent = 0;
let fed = 0;
for (const count of events) {
  for (; fed < count; fed += BATCH) {
    const batch = predictions.next();
    clock.advanceTo(batch.timestamps[BATCH - 1]);
    await take(batch);
    if (hasLabels && fed >= LABEL_DELAY) await take(labels.next());
  }
  sizes.push(residentMegabytes());
}
await ingestion.flush(true);
const { received, measured } = ledgers().scored;
if (received !== fed || measured !== fed) throw new Error(`${measured} of ${received} rows were measured`);
process.stdout.write(JSON.stringify({ sizes, cpuMicros: spent / fed }));
process.exit(0);

/** The making of batches is not the daemon's. */
async function take(batch) {
  const before = cpuMicros();
  await ingestion.batch(batch);
  spent += cpuMicros() - before;
}

/** Pages of the store's file are the kernel's to take back, so they are told apart. */
function residentMegabytes() {
  const status = readFileSync("/proc/self/status", "utf8");
  const megabytes = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { anonymous: megabytes("RssAnon"), mapped: megabytes("RssFile") };
}
