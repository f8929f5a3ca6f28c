import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mkdirSync } from "node:fs";
import { onTestFinished } from "vitest";
import { createDraws } from "../../e2e/events.ts";
import { runCommand } from "../command-io.ts";
import type { Ended } from "../command-io.ts";

/** A directory that is gone with the test. */
export function workplace(): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-init-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface LoanRow {
  readonly application_id: string;
  readonly ts: string;
  readonly region: string;
  readonly email: string;
  readonly income: number;
  readonly employed: boolean;
  readonly score: number;
  readonly label: number;
}

const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const REGIONS = ["eu", "uk", "us"];

/** Loans of so many days, evenly; `shift` is added to the incomes. */
export function loans(options: {
  rows: number;
  days: number;
  from?: number;
  shift?: number;
  seed?: number;
}): LoanRow[] {
  const { rows, days, from = BEGIN, shift = 0, seed = 1 } = options;
  const { uniform, normal } = createDraws(seed);
  return Array.from({ length: rows }, (_, row) => {
    const score = Math.round(uniform() * 1000) / 1000;
    return {
      application_id: `${seed}-${row}`,
      ts: new Date(from + (row * days * 86_400_000) / rows).toISOString(),
      region: REGIONS[Math.floor(uniform() * REGIONS.length)] ?? "",
      email: `person${Math.floor(uniform() * 300)}@example.com`,
      income: Math.round(40_000 + shift + 9_000 * normal()),
      employed: uniform() < 0.8,
      score,
      label: uniform() < score ? 1 : 0,
    };
  });
}

export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

export function csvLines(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) =>
    names.map((name) => Object.entries(row).find(([key]) => key === name)?.[1]).join(),
  );
  return `${[names.join(), ...lines].join("\n")}\n`;
}

export function writeInto(directory: string, name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), content);
}

/** Runs `driftd init` with these words in a directory. */
export function runInit(directory: string, ...words: readonly string[]): Promise<Ended> {
  return runCommand(["init", ...words], { cwd: directory });
}
