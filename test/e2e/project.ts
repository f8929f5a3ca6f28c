import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { buildReference } from "../../src/commands/reference/build.ts";
import { referenceId } from "../../src/reference/identity.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import { shareService } from "../services/shared.ts";
import { scoredEvents } from "./events.ts";

const RULES = {
  version: 1,
  model: "scoring",
  window: { size: "5m", pane: "1m", lateness: "5s" },
  segmentBy: ["region"],
  rules: [
    {
      alert: "FeatureDrift",
      measure: "psi",
      columns: ["amount"],
      keepFiringFor: "1m",
      alertLabels: { team: "risk" },
    },
    { alert: "SchemaBroken", measure: "invalid", above: 0.01, severity: "page" },
  ],
};

/** A cohort for every ten minutes, judged soon. */
export const LABEL_SPANS = { cohort: "10m", matureAfter: "5m", expireAfter: "2h" };

export interface ProjectOptions {
  /** Sections of driftd.yaml beside version, rules, state and http; `state` and `http` may be overridden. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Sections of the rule file that replace those of RULES. */
  readonly rules?: Readonly<Record<string, unknown>>;
}

export interface ProjectFiles {
  /** Where driftd.yaml stands. */
  readonly directory: string;
  readonly reference: string;
  readonly state: string;
  /** Writes driftd.yaml anew. */
  configure(config: ProjectOptions["config"]): void;
}

/** A directory with driftd.yaml, rules/scoring.yaml and what they need; gone with the test. */
export async function writeProject({ config, rules = {} }: ProjectOptions): Promise<ProjectFiles> {
  const directory = mkdtempSync(join(tmpdir(), "driftd-e2e-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const reference = await sharedReference();
  mkdirSync(join(directory, "rules"));
  // JSON is YAML.
  const ruleFile = { ...RULES, references: { default: { file: reference } }, ...rules };
  writeFileSync(join(directory, "rules/scoring.yaml"), JSON.stringify(ruleFile));
  const configure = (sections: ProjectOptions["config"]): void => {
    const file = { version: 1, rules: ["rules/*.yaml"], http: { host: "127.0.0.1", port: 0 }, ...sections };
    writeFileSync(join(directory, "driftd.yaml"), JSON.stringify(file));
  };
  configure(config);
  return { directory, reference, state: join(directory, "state"), configure };
}

/** The project's reference for another model, or of another content: its file. */
export function referenceFor(
  model: string,
  { reference, directory }: Pick<ProjectFiles, "reference" | "directory">,
  changes: Partial<Reference> = {},
): string {
  const { id: _id, ...content } = readReference(readFileSync(reference), reference);
  const other = { ...content, ...changes, model };
  const file = join(directory, `${model}.arrow`);
  writeFileSync(file, writeReference({ ...other, id: referenceId(other) }));
  return file;
}

/**
 * The `kafka` section for tests: a group of its own, little patience with members that were killed, and enough with those that
 * get no processor for a while.
 */
export function kafkaSection(
  brokers: readonly string[],
  group: string,
  sessionTimeout = "6s",
): Record<string, unknown> {
  // Our own broker allows less; others by default no less than this.
  const isOwn = process.env["DRIFTD_TEST_KAFKA"] === undefined;
  return { brokers: [...brokers], group, sessionTimeout: isOwn ? sessionTimeout : "6s" };
}

/** A reference of 40,000 events, as `driftd reference build` makes it; once for the whole run. */
export function sharedReference(): Promise<string> {
  return shareService("reference", async (directory) => {
    const from = Date.parse("2026-01-01T00:00:00Z");
    const events = scoredEvents({ count: 40_000, from, to: from + 80_000_000, seed: 7 });
    const source = join(directory, "events.jsonl");
    const rules = join(directory, "scoring.yaml");
    const output = join(directory, "scoring.arrow");
    writeFileSync(source, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    writeFileSync(rules, JSON.stringify({ ...RULES, references: { default: { file: output } } }));
    const silent = { write: () => {} };
    const io = {
      stdout: silent,
      stderr: silent,
      env: {},
      cwd: directory,
      signal: new AbortController().signal,
      isTerminal: false,
      pid: process.pid,
      nodeVersion: process.version,
      readProcess: () => {
        throw new Error("nobody asks");
      },
    };
    const status = await buildReference(
      { source, output, rules, fields: {}, independent: true, json: true },
      io,
    );
    if (status !== 0) throw new Error(`reference build ended with ${status}`);
    return { pids: [], address: output };
  });
}
