// Predictions that await their labels, in the embedded store: 50 million by default, BENCH_MILLIONS chooses.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { printTable } from "./table.mjs";

const CHILD = fileURLToPath(new URL("predictions-child.mjs", import.meta.url));
const MILLIONS = (process.env.BENCH_MILLIONS ?? "1,10,50").split(",").map(Number);

export function run() {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    const setup = JSON.stringify({ millions: MILLIONS, directory });
    const child = spawnSync(process.execPath, [CHILD, setup], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (child.status !== 0) throw new Error(`exit ${child.status}`);
    const stages = JSON.parse(child.stdout);
    printTable("predictions that await labels, one task, 16,384 to a commit", [
      ["million", ...Object.keys(stages[0].shown)],
      ...stages.map(({ million, shown }) => [million, ...Object.values(shown)]),
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
