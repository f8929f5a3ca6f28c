// Memory of one process after 1 and 10 million events: it must not grow with them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "./table.mjs";

const CHILD = fileURLToPath(new URL("memory-child.mjs", import.meta.url));
const MILLIONS = (process.env.BENCH_MILLIONS ?? "1,10").split(",").map(Number);

export function run() {
  const rows = [false, true].map((hasLabels) => measure(hasLabels));
  printTable("memory: events through ingestion, engine and embedded store in one process, without Kafka", [
    [
      "MB of anonymous memory (and mapped files) after",
      ...MILLIONS.map((count) => `${count} million`),
      "us of CPU per event",
    ],
    ...rows,
  ]);
}

function measure(hasLabels) {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    const setup = JSON.stringify({ hasLabels, events: MILLIONS.map((count) => count * 1e6), directory });
    const child = spawnSync(process.execPath, [CHILD, setup], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.status !== 0) throw new Error(`exit ${child.status}`);
    const { sizes, cpuMicros } = JSON.parse(child.stdout);
    const shown = sizes.map(({ anonymous, mapped }) => `${anonymous} (${mapped})`);
    return [hasLabels ? "each with its label a minute later" : "predictions only", ...shown, cpuMicros];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
