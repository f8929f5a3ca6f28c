import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { runCommand, type Ended } from "../command-io.ts";
import { createDraws, scoredEvents, type ScoredEvent } from "../../e2e/events.ts";

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The history begins here; the reference ends before. */
export const BEGIN = Date.parse("2026-03-01T00:00:00Z");

/** What the rule file of the tests says, beside its model and reference. */
export const RULES = {
  window: { size: "30m", pane: "1m", lateness: "5s" },
  segmentBy: ["region"],
  labels: { cohort: "1h", matureAfter: "10m", expireAfter: "1d" },
  rules: [
    { alert: "FeatureDrift", measure: "psi", columns: ["amount"], keepFiringFor: "10m", by: [] },
    { alert: "NullSpike", measure: "missing", columns: ["amount"], above: 0.2, by: [] },
    { alert: "Inaccurate", measure: "accuracy", below: 0.3, by: [] },
    { alert: "StreamSilent", measure: "freshness", above: "5m" },
  ],
};

export interface Project {
  readonly directory: string;
  /** Runs `driftd backtest` in the directory. */
  backtest(...argv: string[]): Promise<Ended>;
  write(name: string, content: unknown): string;
  lines(name: string, rows: readonly object[]): string;
}

/** A directory with driftd.yaml, a rule file and its reference of a week; gone when the file's tests are done. */
export async function openProject(): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-backtest-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, content: unknown): string => {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    // JSON is YAML.
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
    return name;
  };
  const lines = (name: string, rows: readonly object[]): string =>
    write(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  write("driftd.yaml", {
    version: 1,
    streams: {
      scored: {
        role: "inference",
        topic: "fraud.scored",
        format: "native",
        map: { model: { value: "scoring" } },
      },
      charged: { role: "labels", of: "scored", topic: "fraud.charged" },
    },
    kafka: { brokers: ["127.0.0.1:9"], group: "driftd" },
    rules: ["rules/*.yaml"],
  });
  write("rules/scoring.yaml", ruleFile(RULES));
  lines("reference.jsonl", scoredEvents({ count: 20_000, from: BEGIN - 168 * HOUR, to: BEGIN, seed: 7 }));
  const built = await runCommand(
    [
      "reference",
      "build",
      "reference.jsonl",
      "--rules",
      "rules/scoring.yaml",
      "--output",
      "scoring.arrow",
      "--independent",
    ],
    { cwd: directory },
  );
  if (built.status !== 0) throw new Error(built.err);
  return {
    directory,
    write,
    lines,
    backtest: (...argv) => runCommand(["backtest", ...argv], { cwd: directory }),
  };
}

export function ruleFile(sections: object): object {
  return { version: 1, model: "scoring", references: { default: { file: "../scoring.arrow" } }, ...sections };
}

/** Twelve hours of 1,500 events each; amounts are higher in the fifth, and missing in the ninth. */
export function twelveHours(): ScoredEvent[] {
  return Array.from({ length: 12 }, (_, hour) => {
    const from = BEGIN + hour * HOUR;
    const events = scoredEvents({
      count: 1_500,
      from,
      to: from + HOUR,
      seed: hour + 1,
      shift: hour === 4 ? 40 : 0,
    });
    return hour === 8
      ? events.map((event) => ({ ...event, features: { ...event.features, amount: null } }))
      : events;
  }).flat();
}

/** Ten minutes after each prediction what came of it: right for nine in ten, in the seventh hour for one in ten. */
export function labelsOf(events: readonly ScoredEvent[]): object[] {
  const { uniform } = createDraws(3);
  return events.map(({ id, time, prediction }) => {
    const isRight = uniform() < (time >= BEGIN + 6 * HOUR && time < BEGIN + 7 * HOUR ? 0.1 : 0.9);
    return { id, time: time + 10 * MINUTE, truth: isRight === prediction.score >= 0.5 };
  });
}

/** What --json tells, as far as the tests read it. */
export interface Told {
  readonly from: string;
  readonly to: string;
  readonly alerts: readonly {
    readonly id: string;
    readonly alert: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly explanation: string;
  }[];
  readonly models: readonly {
    readonly model: string;
    readonly allowed: number;
    readonly rules: readonly Record<string, unknown>[];
  }[];
  readonly accounting: Readonly<
    Record<string, { readonly rows: Record<string, unknown>; readonly passedOver: number }>
  >;
  readonly notes: readonly string[];
}
