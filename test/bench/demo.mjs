// The whole demo in a process of its own.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { printTable } from "./table.mjs";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const USAGE = new URL("usage.mjs", import.meta.url).href;

export function run() {
  const child = spawnSync(process.execPath, ["--import", USAGE, MAIN, "demo", "--exit", "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const found = JSON.parse(child.stdout);
  const used = JSON.parse(child.output[3]);
  printTable("demo: driftd demo --exit", [
    ["exit", "rows", "seconds", "seconds of CPU", "most resident MB", "MB written", "alerts", "faults found"],
    [
      String(child.status),
      found.received,
      found.seconds,
      (used.userCPUTime + used.systemCPUTime) / 1e6,
      used.maxRSS / 1024,
      used.writtenBytes / 1e6,
      String(found.alerts.length),
      `${found.faults.filter(({ foundBy }) => foundBy !== null).length} of ${found.faults.length}`,
    ],
  ]);
}
