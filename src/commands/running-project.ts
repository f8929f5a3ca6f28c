import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { CodedError } from "../config/coded-error.ts";
import type { Config } from "../config/config.ts";
import { formatFault } from "../config/fault.ts";
import type { Watched } from "../daemon/pipeline.ts";
import type { FileReader, ReadFiles } from "../daemon/reload.ts";
import type { Reference } from "../reference/reference.ts";
import { fitModel } from "../rules/fitted-model.ts";
import { fitLearning } from "../rules/learning-model.ts";
import type { Model } from "../rules/model.ts";
import { listed } from "../verdict/movement.ts";
import { readBytes } from "../runtime/files.ts";
import { hasLabels } from "../engine/task-groups.ts";
import type { CommandIo } from "./io.ts";
import { loadProject } from "./load.ts";
import type { Project } from "./project.ts";
import { findRuleFiles } from "./rule-paths.ts";
import { referencesOf } from "./load-references.ts";

/** What models have learnt, by name. */
type Learnt = ReadonlyMap<string, Reference>;

const NOTHING_LEARNT: Learnt = new Map();

/**
 * Every model with its reference, which the check of the project has found, or which it has learnt; without one it goes on
 * learning. Rejects with CONFIG_INVALID where one has none.
 */
export async function fitProject(
  project: Project,
  config: Config,
  learnt: Learnt = NOTHING_LEARNT,
): Promise<Watched> {
  const models = project.models.map((model) => {
    const { reference = learnt.get(model.name), references } = referencesOf(model, project.references) ?? {};
    if (reference === undefined && model.learn !== undefined)
      return fitLearning({ model, hasLabels: hasLabels(model.name, Object.values(config.streams)) });
    if (reference === undefined) {
      throw new CodedError(
        "CONFIG_INVALID",
        `${model.file}: ${model.name} has no reference "default". Build one with: driftd reference build SOURCE --rules ${model.file} --output FILE`,
      );
    }
    const streams = Object.values(config.streams);
    return fitModel({
      model,
      reference,
      ...(references && { references }),
      hasLabels: hasLabels(model.name, streams),
    });
  });
  return { models, schemas: project.schemas, configHash: await hashProject(project, config, learnt) };
}

/** Of all that was read but secrets: 16 hexadecimal digits. */
async function hashProject({ models, references }: Project, config: Config, learnt: Learnt): Promise<string> {
  const { password: _password, ...redis } = config.state.redis ?? {};
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      { ...config, state: { ...config.state, ...(config.state.redis && { redis }) } },
      models,
      [...references.values(), ...learnt.values()].map(({ id }) => id),
    ]),
  );
  for (const { schema } of Object.values(config.streams))
    if (schema !== undefined)
      hash.update(await readBytes(schema, { what: "schema", code: "CONFIG_INVALID" }));
  return hash.digest("hex").slice(0, 16);
}

/** What the daemon was started with, and keeps until it is started again. */
export interface Started {
  readonly configFile: string;
  readonly project: Project;
  readonly config: Config;
  /** The key of ids and pii, where a file holds it. */
  readonly secret?: Uint8Array | undefined;
  /** What these models have learnt by now. */
  readonly readLearnt: (models: readonly Model[]) => Promise<Learnt>;
}

/** Reads the project again as `check` does. What cannot be taken over without a restart is refused along with the rest. */
export function createFileReader(started: Started, io: Pick<CommandIo, "env" | "cwd">): FileReader {
  const { configFile, config } = started;
  let { files } = started.project;
  let globs = config.rules;
  return {
    async fingerprint() {
      const found = await Promise.all(globs.map(findRuleFiles));
      const all = [...new Set([...files, ...found.flat()])].toSorted();
      return (await Promise.all(all.map(describeFile))).join("\n");
    },
    async read() {
      const project = await loadProject({ configFile, io });
      files = [...new Set([...started.project.files, ...project.files])];
      globs = project.config?.rules ?? globs;
      try {
        return await takeOver(project, started);
      } catch (error) {
        if (error instanceof CodedError) return { status: "refused", reasons: [error.message] };
        throw error;
      }
    },
  };
}

/** Another text for another content, as far as the file system knows; what a link leads to counts. */
async function describeFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return `${path} -`;
  const { ino, size, mtimeMs, ctimeMs } = found;
  return [path, ino, size, mtimeMs, ctimeMs].join(" ");
}

async function takeOver(project: Project, started: Started): Promise<ReadFiles> {
  const { config, faults } = project;
  const errors = faults.filter(({ level }) => level === "error").map(formatFault);
  if (config === undefined || errors.length > 0) return { status: "refused", reasons: errors };
  const changed = changedSections(started.config, config);
  if (changed.length > 0) {
    const have = changed.length === 1 ? "has" : "have";
    const reason = `${started.configFile}: ${listed(changed)} ${have} changed since driftd was started; restart driftd to take that over, or change it back: until then no other change counts either`;
    return { status: "refused", reasons: [reason] };
  }
  const { keyFile } = config.privacy;
  if (keyFile !== undefined && started.secret !== undefined) {
    const secret = await readBytes(keyFile, { what: "key file", code: "CONFIG_INVALID" });
    if (Buffer.compare(secret, started.secret) !== 0) {
      const reason = `${keyFile}: holds another key than when driftd was started; restart driftd to hash with it, or put the former key back`;
      return { status: "refused", reasons: [reason] };
    }
  }
  return {
    status: "read",
    watched: await fitProject(project, config, await started.readLearnt(project.models)),
  };
}

/** What rule files and references bring about; the rest of driftd.yaml opens ports, stores and connections. */
const TAKEN_OVER: readonly string[] = ["rules", "budget"] satisfies (keyof Config)[];

/** Sections of driftd.yaml that are not as they were and cannot be taken over, by name. */
function changedSections(before: Config, after: Config): string[] {
  const sections = new Map<string, [unknown, unknown]>();
  for (const [name, value] of Object.entries(before)) sections.set(name, [value, undefined]);
  for (const [name, value] of Object.entries(after)) sections.set(name, [sections.get(name)?.[0], value]);
  return [...sections].flatMap(([name, [was, is]]) =>
    TAKEN_OVER.includes(name) || JSON.stringify(was) === JSON.stringify(is) ? [] : [name],
  );
}
