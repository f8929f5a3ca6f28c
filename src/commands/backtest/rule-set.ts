import { CodedError } from "../../config/coded-error.ts";
import type { Config, StreamConfig } from "../../config/config.ts";
import { formatFault, hasErrors } from "../../config/fault.ts";
import { fitModel, type FittedModel } from "../../rules/fitted-model.ts";
import { groupStreams, hasLabels } from "../../engine/task-groups.ts";
import type { CommandIo } from "../io.ts";
import { loadProject } from "../load.ts";
import type { Project } from "../project.ts";
import { referencesOf } from "../load-references.ts";

/** A configuration with one set of rules; `undefined` where it has errors, which have been told. */
export async function loadRuleSet(options: {
  readonly configFile: string;
  /** Rule files in place of those of the configuration; none: its own. */
  readonly paths: readonly string[];
  readonly io: Pick<CommandIo, "env" | "cwd" | "stderr">;
}): Promise<(Project & { readonly config: Config }) | undefined> {
  const { configFile, paths, io } = options;
  const project = await loadProject({ configFile, paths, io });
  for (const fault of project.faults) io.stderr.write(`${formatFault(fault)}\n`);
  if (hasErrors(project.faults)) return undefined;
  const { config } = project;
  if (config !== undefined) return { ...project, config };
  // Rule files alone are enough for others.
  throw new CodedError(
    "CONFIG_NOT_FOUND",
    `${configFile}: there is no such file, and it must say how the streams are read. Name yours with --config FILE, or begin with: driftd init SOURCE`,
  );
}

/**
 * The models whose events the streams carry, each fitted to its reference. Where no labels are read there are none to judge.
 * @throws CodedError CONFIG_INVALID where no rule file describes any model of the streams
 */
export function fitCarried(project: Project, streams: readonly StreamConfig[]): readonly FittedModel[] {
  const names = project.models.map(({ name }) => name);
  const carried = new Set(
    groupStreams(streams, names).flatMap((group) => group.streams.flatMap(({ models }) => models)),
  );
  const models = project.models.filter(({ name }) => carried.has(name));
  if (models.length === 0) {
    const which = streams.map(({ name }) => name).join(", ");
    const known =
      names.length === 0 ? "there is no rule file at all" : `the rule files describe ${names.join(", ")}`;
    const message = `No rule file describes a model of ${which}: ${known}. Write one with: driftd init SOURCE`;
    throw new CodedError("CONFIG_INVALID", message);
  }
  return models.map((model) => {
    const found = referencesOf(model, project.references);
    if (found === undefined && model.learn !== undefined) {
      const message = `${model.name} learns its reference of the stream, and history is held against one that is there. Take what a daemon has learnt (driftd reference export ${model.name} --output FILE) or build one (driftd reference build SOURCE --rules ${model.file} --output FILE), and write file: FILE in place of learn.`;
      throw new CodedError("CONFIG_INVALID", message);
    }
    // The check of the project has found one for each.
    if (found === undefined) throw new Error(`no reference of ${model.name}`);
    return fitModel({ model, ...found, hasLabels: hasLabels(model.name, streams) });
  });
}
