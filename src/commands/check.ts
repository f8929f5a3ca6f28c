import { faultOfFile, formatFault, hasErrors, sortFaults } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import { relativePath } from "../config/path.ts";
import { formatSize } from "../config/quantity.ts";
import { formatAge, formatCount } from "../verdict/quantities.ts";
import { describeExplanations, describeLegend } from "./check/explanation-text.ts";
import { explainRules } from "./check/explanation.ts";
import type { RuleExplanation } from "./check/explanation.ts";
import { checkJudgements } from "./check/judgement-checks.ts";
import type { CommandIo } from "./io.ts";
import { describeLearning, learningOutlook, type LearningOutlook } from "./learning-checks.ts";
import { loadProject } from "./load.ts";
import { buildOutlook, fitRules } from "./outlook.ts";
import type { FittedRules, ModelOutlook, Outlook } from "./outlook.ts";
import type { Project } from "./project.ts";
import { checkPlaces } from "./place-checks.ts";
import { describeReviews, reviewOutlooks } from "./review-outlook.ts";
import { describeRules, describeWords, WIDTH } from "./rule-table.ts";
import { checkPrometheusRules } from "./rules/rules-check.ts";
import { plural } from "./text.ts";

export interface CheckOptions {
  readonly configFile: string;
  /** Rule files, directories or globs in place of those of the configuration. */
  readonly paths: readonly string[];
  readonly json: boolean;
  /** Warnings count as findings. */
  readonly strict: boolean;
  /** Tells of every rule what the budget means for it, in place of the table. */
  readonly explain: boolean;
}

/** Says all that is wrong with the configuration, and what it will need. Exits 0, 1 (warnings, if strict) or 78. */
export async function check(
  options: CheckOptions,
  io: Pick<CommandIo, "stdout" | "env" | "cwd">,
): Promise<number> {
  const project = await loadProject({ configFile: options.configFile, paths: options.paths, io });
  const fitted = fitRules(project);
  const outlook = buildOutlook(project, fitted);
  const explanations = options.explain ? explainAll(project, { fitted, outlook, cwd: io.cwd }) : undefined;
  const places = await checkPlaces(project, { configFile: options.configFile, cwd: io.cwd });
  const judgements = checkJudgements(project, outlook.rules, io.cwd);
  const faults = [
    ...sortFaults([...project.faults, ...judgements]),
    ...places,
    ...(await checkPrometheusRules(project, { configFile: options.configFile, cwd: io.cwd })),
    ...checkNeeds({ project, outlook, configFile: options.configFile, cwd: io.cwd }),
  ];
  if (options.json) {
    const { memory, metrics, rules } = outlook;
    const ok = !hasErrors(faults);
    const reviews = reviewOutlooks(project, io.cwd);
    const told = {
      faults,
      ok,
      memory,
      metrics,
      models: outlook.models,
      rules,
      reviews,
      explanations,
      ...learningOf(project),
    };
    io.stdout.write(`${JSON.stringify(told)}\n`);
  } else {
    io.stdout.write(describeProject({ project, faults, outlook, cwd: io.cwd, explanations }));
  }
  return exitCode(faults, options.strict);
}

function exitCode(faults: readonly Fault[], strict: boolean): number {
  if (hasErrors(faults)) return 78;
  return strict && faults.length > 0 ? 1 : 0;
}

/** Whether what is needed is there to be had. */
function checkNeeds(source: {
  project: Project;
  outlook: Outlook;
  configFile: string;
  cwd: string;
}): readonly Fault[] {
  const { project, outlook, configFile, cwd } = source;
  const faults: Fault[] = [];
  for (const { model, series } of outlook.models) {
    const found = project.models.find(({ name }) => name === model);
    if (found === undefined || series <= found.maxSeries) continue;
    const message = `${model} needs ${formatCount(series)} series, and maxSeries is ${formatCount(found.maxSeries)}; raise it, or lower versions.keep or segments.top`;
    faults.push(faultOfFile(relativePath(cwd, found.file), "STATE_SIZE", message));
  }
  const { config } = project;
  if (config !== undefined && outlook.memory > config.state.max) {
    const message = `panes need ${formatSize(outlook.memory)}, and state.max is ${formatSize(config.state.max)}; raise it, or take fewer segments, versions or shorter windows`;
    faults.push(faultOfFile(configFile, "STATE_SIZE", message));
  }
  if (config !== undefined && outlook.metrics > config.metrics.maxLines) {
    const message = `/metrics needs ${formatCount(outlook.metrics)} lines, and metrics.maxLines is ${formatCount(config.metrics.maxLines)}; raise it, or write segments: firing`;
    faults.push({ ...faultOfFile(configFile, "METRIC_LINES", message), level: "warning" });
  }
  return faults;
}

function learningOf({ models }: Project): { readonly learning?: readonly LearningOutlook[] } {
  const learning = models.flatMap((model) => learningOutlook(model) ?? []);
  return learning.length === 0 ? {} : { learning };
}

interface Described {
  readonly project: Project;
  readonly faults: readonly Fault[];
  readonly outlook: Outlook;
  readonly cwd: string;
  /** In place of the table of rules, where they were asked for. */
  readonly explanations: readonly RuleExplanation[] | undefined;
}

function explainAll(
  { documents }: Project,
  { fitted, outlook, cwd }: { fitted: readonly FittedRules[]; outlook: Outlook; cwd: string },
): readonly RuleExplanation[] {
  return fitted.flatMap((one) => {
    const document = documents.get(one.fitted.model.name);
    return document === undefined ? [] : explainRules(one, { outlooks: outlook.rules, document, cwd });
  });
}

function describeProject(described: Described): string {
  const { faults, outlook } = described;
  const lines = faults.map(formatFault);
  for (const model of outlook.models) {
    if (lines.length > 0) lines.push("");
    lines.push(describeModel(model));
    lines.push(...rulesOf(described, model.model));
    const reviews = reviewOutlooks(described.project, described.cwd).filter(
      (one) => one.model === model.model,
    );
    if (reviews.length > 0) lines.push("", ...describeReviews(reviews, { indent: "  ", width: WIDTH }));
  }
  for (const learning of learningOf(described.project).learning ?? [])
    lines.push(...(lines.length > 0 ? [""] : []), describeLearning(learning));
  const words = wordsOf(described);
  if (words.length > 0) lines.push("", ...words);
  if (lines.length > 0) lines.push("");
  lines.push(...describeRedis(described), summary(described));
  return `${lines.join("\n")}\n`;
}

/** None where nothing has been said in them. */
function wordsOf({ outlook, explanations }: Described): string[] {
  if (explanations === undefined) return describeWords(outlook.rules);
  return explanations.length === 0 ? [] : describeLegend(WIDTH);
}

function rulesOf({ outlook, explanations }: Described, model: string): string[] {
  if (explanations === undefined) return describeRules(outlook.rules.filter((rule) => rule.model === model));
  return describeExplanations(
    explanations.filter((rule) => rule.model === model),
    WIDTH,
  );
}

function describeModel(outlook: ModelOutlook): string {
  const { model, series, panes, hours, days, memory, metrics, predictions, requests } = outlook;
  const labels =
    predictions === undefined
      ? ""
      : `; besides, ${describeKept(predictions, `every prediction of the last ${formatAge(predictions.expireAfter / 1000)}`)}`;
  const halves =
    requests === undefined
      ? ""
      : `; ${describeKept(requests, `every request of the last ${formatAge(requests.age / 1000)}`)}, and the cells of those that wait`;
  return `${model}: ${formatCount(series)} series in ${formatCount(panes)} panes, ${formatCount(hours)} hours and ${formatCount(days)} days, at most ${formatSize(memory)} of state, ${formatCount(metrics)} metric lines while nothing fires${labels}${halves}`;
}

function describeKept(
  { bytes, most }: { readonly bytes: number; readonly most?: number },
  each: string,
): string {
  if (most === undefined) return `${bytes} B for ${each}`;
  return `${bytes} B of Redis for ${each}, of at most ${formatCount(most)} a partition (${formatSize(bytes * most)})`;
}

/** What the machine of the store must have; nothing where it is driftd's own. */
function describeRedis({ project, outlook }: Described): string[] {
  if (project.config?.state.redis === undefined) return [];
  const kept = outlook.models.flatMap(({ predictions, requests }) =>
    [predictions ?? [], requests ?? []].flat(),
  );
  const entries = kept.reduce((sum, { bytes, most = 0 }) => sum + bytes * most, 0);
  const besides = entries === 0 ? "" : ` and ${formatSize(entries)} for entries of every partition`;
  return [
    `Redis needs up to ${formatSize(outlook.memory)} for panes${besides}, with appendonly yes and maxmemory-policy noeviction.`,
  ];
}

function summary({ project, faults, cwd }: Described): string {
  const errors = faults.filter(({ level }) => level === "error").length;
  const warnings = faults.length - errors;
  const faulty = new Set(faults.flatMap(({ level, file }) => (level === "error" ? [file] : [])));
  const sound = project.models.filter(({ file }) => !faulty.has(relativePath(cwd, file)));
  const models = plural(sound.length, "model");
  if (faults.length === 0) return `All is well: ${models}.`;
  const found = [
    ...(errors > 0 ? [plural(errors, "error")] : []),
    ...(warnings > 0 ? [plural(warnings, "warning")] : []),
  ];
  return `${found.join(", ")}; ${models} without error.`;
}
