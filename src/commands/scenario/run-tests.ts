import { formatFault, hasErrors, sortFaults } from "../../config/fault.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import type { TextStyle } from "../text.ts";
import { junitReport } from "./junit.ts";
import { loadScenarios } from "./load-scenarios.ts";
import { openProgress } from "./progress.ts";
import { describeOutcome, describeSummary, jsonReport } from "./report.ts";
import type { FileOutcome, TimedOutcome } from "./report.ts";
import { runScenario } from "./run-scenario.ts";

export interface TestOptions {
  readonly configFile: string;
  /** Rule files, test files, directories or globs; the rules of the configuration where there are none. */
  readonly paths: readonly string[];
  readonly json: boolean;
  /** Where a JUnit report goes. */
  readonly junit?: string;
  /** Tells how long scenarios take, ms from any beginning. */
  readonly clock: () => number;
}

/** Plays the scenarios of all test files. Exits 0, 1 where one went otherwise than expected, or 78 with every fault. */
export async function runTests(options: TestOptions, io: CommandIo): Promise<number> {
  const { json, junit, clock } = options;
  const { loaded, read, faults: found } = await loadScenarios({ ...options, io });
  const faults = sortFaults(found.map((fault) => ({ ...fault, file: relativePath(io.cwd, fault.file) })));
  if (hasErrors(faults)) {
    if (json) io.stdout.write(jsonLine({ ok: false, faults }));
    else io.stderr.write(`${faults.map(formatFault).join("\n")}\n`);
    return 78;
  }
  const style: TextStyle = { width: io.columns ?? 100, color: io.isTerminal };
  const progress = openProgress(io, clock);
  const files: FileOutcome[] = [];
  for (const { file, fitted, scenarios } of loaded) {
    const shown = relativePath(io.cwd, file);
    if (!json) io.stdout.write(`${shown}\n`);
    const outcomes: TimedOutcome[] = [];
    for (const scenario of scenarios) {
      const began = clock();
      const stage = { fitted, config: read?.config, progress, signal: io.signal };
      const outcome = await runScenario(scenario, stage).finally(() => progress.clear());
      const timed = { ...outcome, seconds: (clock() - began) / 1000 };
      outcomes.push(timed);
      if (!json) io.stdout.write(`${describeOutcome(timed, style)}\n`);
    }
    files.push({ file: shown, model: fitted.model.name, outcomes });
  }
  if (json) io.stdout.write(jsonLine(jsonReport(files)));
  else io.stdout.write(`\n${describeSummary(files)}\n`);
  if (junit !== undefined) {
    const role = { what: "JUnit report", code: "USAGE" } as const;
    await writeAtomically(resolvePath(io.cwd, junit), junitReport(files), role);
  }
  return files.every(({ outcomes }) => outcomes.every(({ ok }) => ok)) ? 0 : 1;
}
