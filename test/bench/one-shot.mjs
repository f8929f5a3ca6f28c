// driftd score from process start: two files of 100,000 rows and 20 columns, by format.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { seeded } from "./random.mjs";
import { median, printTable } from "./table.mjs";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const USAGE = new URL("usage.mjs", import.meta.url).href;
const ROWS = 100_000;
const NUMBERS = 16;
const CATEGORIES = 4;
const ROUNDS = 5;

const WRITERS = {
  csv: (names, columns) => `${names.join(",")}\n${rowsOf(columns, (row) => row.join(","))}`,
  jsonl: (names, columns) =>
    rowsOf(columns, (row) => JSON.stringify(Object.fromEntries(names.map((name, k) => [name, row[k]])))),
  arrow: (names, columns) =>
    tableToIPC(tableFromArrays(Object.fromEntries(names.map((name, k) => [name, columns[k]]))), "file"),
};

export function run() {
  const directory = mkdtempSync(join(tmpdir(), "driftd-bench-"));
  try {
    const rows = Object.entries(WRITERS).map(([format, write]) => {
      const files = ["reference", "window"].map((name, seed) => {
        const file = join(directory, `${name}.${format}`);
        const columns = drawColumns(seed + 1);
        writeFileSync(
          file,
          write(
            columns.map((_, k) => `c${k}`),
            columns,
          ),
        );
        return file;
      });
      return [format, ...measure(files)];
    });
    printTable(
      `one-shot: driftd score, 2 x ${ROWS} rows of ${NUMBERS + CATEGORIES} columns, medians of ${ROUNDS}`,
      [["", "seconds", "seconds of CPU", "most resident MB"], ...rows],
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Half of the numbers with all their digits, half rounded. */
function drawColumns(seed) {
  const random = seeded(seed);
  const number = (k) => () => (k < NUMBERS / 2 ? 100 * random() ** 2 : Math.round(random() * 1e4) / 100);
  const category = () => `value ${Math.floor(random() * random() * 50)}`;
  return Array.from({ length: NUMBERS + CATEGORIES }, (_, k) =>
    k < NUMBERS ? Float64Array.from({ length: ROWS }, number(k)) : Array.from({ length: ROWS }, category),
  );
}

function rowsOf(columns, write) {
  return Array.from({ length: ROWS }, (_, row) => write(columns.map((column) => column[row]))).join("\n");
}

function measure(files) {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const child = spawnSync(process.execPath, ["--import", USAGE, MAIN, "score", ...files, "--json"], {
      stdio: ["ignore", "ignore", "inherit", "pipe"],
      encoding: "utf8",
    });
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(child.output[3]);
    return [(performance.now() - start) / 1_000, (userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024];
  });
  return [0, 1, 2].map((k) => median(rounds.map((round) => round[k])));
}
