import { existsSync } from "node:fs";
import { formatFault, hasErrors } from "../../config/fault.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import type { Replay } from "../replay/replay.ts";
import { compareEpisodes } from "./difference.ts";
import { collectFindings, type Findings } from "./findings.ts";
import { readHistory } from "./history.ts";
import { loadIncidents, type Incident } from "./incident-file.ts";
import { matchIncidents } from "./incident-match.ts";
import { checkCoverage, notesOf } from "./coverage.ts";
import { openProgress } from "./progress.ts";
import { hasFindings, type Report } from "./report.ts";
import { reportJson } from "./report-json.ts";
import { reportText } from "./report-text.ts";
import { fitCarried, loadRuleSet } from "./rule-set.ts";
import { planHistories } from "./source-arguments.ts";
import { readSpan, type Span } from "./span.ts";

export interface BacktestOptions {
  readonly sources: readonly string[];
  readonly configFile: string;
  /** Rule files in place of those of the configuration. */
  readonly rules: readonly string[];
  /** Rule files to compare with. */
  readonly against: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly incidents?: string;
  readonly json: boolean;
}

/**
 * `driftd backtest`: what the daemon would have said of recorded history. Exits 0, 1 where an incident was missed or two rule sets
 * differ, or 78 where a file that it was given has errors, which it has told.
 */
export async function backtest(options: BacktestOptions, io: CommandIo): Promise<number> {
  const began = performance.now();
  const span = readSpan(options);
  const project = await loadRuleSet({ configFile: options.configFile, paths: options.rules, io });
  if (project === undefined) return 78;
  const { config } = project;
  const plans = planHistories({
    sources: options.sources,
    streams: Object.values(config.streams),
    cwd: io.cwd,
    exists: existsSync,
  });
  const streams = plans.map(({ stream }) => stream);
  const models = fitCarried(project, streams);
  const isCompared = options.against.length > 0;
  const other = isCompared
    ? await loadRuleSet({ configFile: options.configFile, paths: options.against, io })
    : undefined;
  if (isCompared && other === undefined) return 78;
  const otherModels = other && fitCarried(other, streams);
  const incidents = await readIncidents(options.incidents, [...models, ...(otherModels ?? [])], io);
  if (incidents === undefined) return 78;

  const progress = openProgress(io);
  const [replay, otherReplay] = await readHistory({
    config,
    plans,
    schemas: project.schemas,
    ruleSets: otherModels === undefined ? [models] : [models, otherModels],
    span,
    signal: io.signal,
    onProgress: (rows, reached) => progress.show(rows, reached),
  }).finally(() => progress.clear());
  checkCoverage(replay, { plans, span });
  const findings = collectFindings(replay, models, span);
  const due = incidents.filter(({ from, to }) => from < findings.to && to > findings.from);
  const outside = incidents.filter((incident) => !due.includes(incident)).map(({ name }) => name);
  const report: Report = {
    findings,
    ...compare(findings, { replay: otherReplay, models: otherModels, span }, due),
    ...(due.length > 0 && { incidents: matchIncidents(due, findings.episodes, models) }),
    notes: [
      ...notesOf(replay, { plans, streams: Object.values(config.streams), models }),
      ...(outside.length > 0
        ? [`Incidents outside of the span were not looked for: ${outside.join(", ")}.`]
        : []),
    ],
    seconds: (performance.now() - began) / 1000,
  };
  const style = { width: io.columns ?? 120, color: io.isTerminal && !io.env["NO_COLOR"] };
  io.stdout.write(options.json ? jsonLine(reportJson(report)) : reportText(report, style));
  return hasFindings(report) ? 1 : 0;
}

interface Other {
  readonly replay: Replay | undefined;
  readonly models: readonly FittedModel[] | undefined;
  readonly span: Span;
}

/** What the second rule set made of it, where there is one. */
function compare(
  first: Findings,
  { replay, models, span }: Other,
  incidents: readonly Incident[],
): Pick<Report, "against" | "incidentsAgainst"> {
  if (replay === undefined || models === undefined) return {};
  const findings = collectFindings(replay, models, span);
  return {
    against: { findings, difference: compareEpisodes(first.episodes, findings.episodes) },
    ...(incidents.length > 0 && { incidentsAgainst: matchIncidents(incidents, findings.episodes, models) }),
  };
}

/** None where none were given; undefined where the file has errors, which have been told. */
async function readIncidents(
  file: string | undefined,
  models: readonly FittedModel[],
  io: Pick<CommandIo, "cwd" | "stderr">,
): Promise<readonly Incident[] | undefined> {
  if (file === undefined) return [];
  const names = [...new Set(models.map(({ model }) => model.name))];
  const { incidents, faults } = await loadIncidents(resolvePath(io.cwd, file), names);
  for (const fault of faults) {
    io.stderr.write(`${formatFault({ ...fault, file: relativePath(io.cwd, fault.file) })}\n`);
  }
  return hasErrors(faults) ? undefined : incidents;
}
