import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { Command } from "commander";
import type { CommandIo } from "../../../src/commands/io.ts";
import { addReferenceCommands } from "../../../src/commands/reference.ts";
import { addScoreCommand } from "../../../src/commands/score.ts";
import { random } from "../../reference/plain-rows.ts";

export type Row = Record<string, number | string | boolean | null>;

const START = Date.UTC(2024, 0, 1);

/** Rows of one model; `moved`: amount a third larger, half of region turned over, six times as many nulls. */
export function rowsOf(count: number, seed: number, moved = false): Row[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const score = next();
    return {
      id: `e${i}`,
      ts: new Date(START + i * 60_000).toISOString(),
      amount: Math.round(next() * (moved ? 133 : 100) * 1000) / 1000,
      steady: Math.round(next() * 1e6) / 1e6,
      region: next() < (moved ? 0.5 : 0.8) ? "eu" : "us",
      vip: next() < 0.5,
      holes: next() < (moved ? 0.12 : 0.02) ? null : Math.round(next() * 1e4),
      one: 1,
      p: score,
      y: next() < (moved ? score / 2 : score),
    };
  });
}

const jsonLines = (rows: readonly Row[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  return [names.join(","), ...rows.map((row) => names.map((name) => row[name] ?? "").join(","))].join("\n");
}

function arrow(rows: readonly Row[]): Uint8Array {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => [name, rows.map((row) => row[name])] as const);
  return tableToIPC(tableFromArrays(Object.fromEntries(columns)), "file");
}

/** Writes the files that the tests of score read, and answers where. */
export async function writeScoreFiles(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "driftd-score-"));
  const put = (name: string, content: string | Uint8Array) => writeFile(join(directory, name), content);
  const usual = rowsOf(13_000, 3);
  const moved = rowsOf(5_000, 4, true);
  await put("usual.jsonl", jsonLines(usual));
  await put("usual.csv", csv(usual));
  await put("usual.arrow", arrow(usual));
  await put("moved.jsonl", jsonLines(moved));
  await put("moved.csv", csv(moved));
  await put("moved.arrow", arrow(moved));
  await put("calm.jsonl", jsonLines(rowsOf(5_000, 5)));
  await put("few.jsonl", jsonLines(rowsOf(60, 6)));
  const strange = rowsOf(5_000, 7).map(({ steady: _steady, ...row }, i): Row => {
    return { ...row, added: i % 3, amount: i % 2 === 0 ? "n/a" : row["amount"] };
  });
  await put("strange.jsonl", jsonLines(strange));
  await put("empty.csv", csv(rowsOf(5_000, 8).map((row) => ({ ...row, amount: null }))));
  await put("broken.jsonl", "{broken\n{broken\n");
  return directory;
}

interface Result {
  status: number;
  out: string;
  err: string;
}

/** Runs a command line in the directory. */
export async function driftd(
  directory: string,
  argv: readonly string[],
  isTerminal = false,
): Promise<Result> {
  const result = { status: -1, out: "", err: "" };
  const io: CommandIo = {
    stdout: {
      write: (text) => {
        result.out += text;
      },
    },
    stderr: {
      write: (text) => {
        result.err += text;
      },
    },
    env: {},
    cwd: directory,
    signal: new AbortController().signal,
    isTerminal,
    columns: 200,
    readProcess: () => ({
      cpuSeconds: 0,
      residentBytes: 0,
      heapUsedBytes: 0,
      externalBytes: 0,
      startedAt: 0,
      loopDelay: 0,
    }),
    nodeVersion: "v20.19.0",
    pid: 1,
  };
  const done = (status: number): void => {
    result.status = status;
  };
  const program = new Command("driftd").exitOverride().version("1");
  addScoreCommand(program, io, done);
  addReferenceCommands(program, io, done);
  await program.parseAsync([...argv], { from: "user" });
  return result;
}

/** The options that say what the rows' score and truth are. */
export const NAMED = ["--score", "p", "--truth", "y"];
