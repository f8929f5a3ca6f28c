import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createDraws } from "../../e2e/events.ts";
import { runCommand } from "../command-io.ts";
import { csvLines, jsonLines, runInit, workplace, writeInto } from "./init-files.ts";

type Cell = (row: number, uniform: () => number) => unknown;

const START = Date.UTC(2026, 0, 1);

/** Columns as they stand in the tables of the world; the names matter as much as the values. */
const COLUMNS: Readonly<Record<string, Cell>> = {
  ts: (row) => new Date(START + row * 240_000).toISOString(),
  "Event Time": (row) => Math.floor(START / 1_000) + row * 240,
  id: (row) => `a${row}`,
  score: (_, uniform) => uniform(),
  decision: (row) => row % 2 === 0,
  label: (row) => row % 2,
  nothing: () => null,
  "only once": (row) => (row === 3 ? 1 : null),
  constant: () => 7,
  "same text": () => "x",
  "a.b": (_, uniform) => uniform(),
  'quo"ted': (_, uniform) => uniform(),
  "it's: {odd}, [yes] #no": (row) => row % 3,
  "表 ünï 🙂": (row) => `v${row % 4}`,
  "*": (_, uniform) => uniform(),
  "!bang": (row) => row % 9,
  "sl/ash~tilde": (_, uniform) => uniform(),
  null: (row) => row % 5,
  true: (row) => (row % 3 === 0 ? "yes" : "no"),
  constructor: (row: number) => row % 11,
  born: (row) => `19${50 + (row % 40)}-01-0${1 + (row % 9)}`,
  flag: (row) => row % 3 === 0,
  "as text": (row) => (row % 2 === 0 ? "true" : "false"),
  huge: (row) => 2 ** 53 + row * 4_096,
  tiny: (_, uniform) => uniform() * 1e-300,
  mostlyZero: (_, uniform) => (uniform() < 0.95 ? 0 : uniform() * 1e9),
  email: (row) => `p${row % 300}@example.org`,
  phone: (row) => `+49 151 ${1_000_000 + row * 37}`,
  full_name: (row) => `Ann ${"abcdefgh".slice(row % 8)} Lee ${row % 90}`,
  iban: () => "DE89370400440532013000",
  "free text": (row) => `said ${row} ${row * 7}`,
  mixed: (row) => (row % 2 === 0 ? "a" : row),
  list: (row) => [row, 2],
  nested: (row) => ({ x: row % 7, deep: { y: `u${row % 3}` } }),
  region: (row) => (row % 3 === 0 ? "all" : "other"),
  version: (row) => `v${row % 3}`,
  segment: () => "x",
};

/** So many sources, each of other columns of these. */
const SOURCES = Array.from({ length: 10 }, (_, seed) => seed);

it.each(SOURCES)("makes a sound project of odd columns, or says why not (%i)", async (seed) => {
  const { uniform } = createDraws(seed + 1);
  const names = Object.keys(COLUMNS).filter((_, position) => position === seed % 4 || uniform() < 0.4);
  const count = [1, 2, 40, 800][seed % 4] ?? 800;
  const rows = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(names.map((name) => [name, COLUMNS[name]?.(row, uniform)])),
  );
  const directory = workplace();
  writeInto(directory, "source.jsonl", jsonLines(rows));
  const { status, out, err } = await runInit(directory, "source.jsonl", "--output", "project");
  const told = {
    names,
    isSound: status === 0,
    isRefused: status === 78 && err.startsWith("driftd: SOURCE_INVALID: "),
  };
  expect(told).toEqual({ names, isSound: err === "", isRefused: err !== "" });
  const options = { cwd: directory };
  const config = ["--config", "project/driftd.yaml"];
  const checked = status === 0 ? await runCommand(["check", ...config], options) : { status: 0, out: "" };
  expect({ names, out: checked.out }).toMatchObject({
    names,
    out: expect.not.stringMatching(/ {2}error {2}/),
  });
  expect({ names, status: checked.status }).toEqual({ names, status: 0 });
  const tested = status === 0 ? await runCommand(["test", ...config], options) : { status: 0 };
  expect({ names, ...tested }).toMatchObject({ names, status: 0 });
  const missing = names.filter((name) => !out.includes(name === "nested" ? "nested.x" : `${name}: `));
  expect(status === 0 ? missing : []).toEqual([]);
});

it("makes one of 500 columns", async () => {
  const { uniform } = createDraws(1);
  const rows = Array.from({ length: 200 }, (_, row) => ({
    ts: COLUMNS["ts"]?.(row, uniform),
    ...Object.fromEntries(
      Array.from({ length: 500 }, (_unused, column) => [`f ${column}`, uniform() + column]),
    ),
  }));
  const directory = workplace();
  writeInto(directory, "wide.csv", csvLines(rows));
  expect(await runInit(directory, "wide.csv")).toMatchObject({ status: 0, err: "" });
  const checked = await runCommand(["check"], { cwd: directory });
  expect(checked.status).toBe(0);
  const rules = readFileSync(join(directory, "rules/wide.yaml"), "utf8");
  // Of 200 rows two or three lie where nothing was before, by chance alone.
  expect(rules).toMatch(/measure: novel, .* atLeast: 0.05,/);
});
