import { CodedError } from "../config/coded-error.ts";
import { readConfig } from "../config/config-file.ts";
import type { ReadConfig } from "../config/config-file.ts";
import type { Config } from "../config/config.ts";
import { faultOfFile, sortFaults } from "../config/fault.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import { relativePath, resolvePath } from "../config/path.ts";
import { deriveKeys } from "../event/ids.ts";
import { readBytes, readText } from "../runtime/files.ts";
import type { CommandIo } from "./io.ts";
import { checkLearners } from "./learning-checks.ts";
import { loadReferences } from "./load-references.ts";
import { loadRules } from "./load-rules.ts";
import type { RulePath } from "./load-rules.ts";
import { loadSchemas } from "./load-schemas.ts";
import { checkProject, divideBudget } from "./project.ts";
import type { Project } from "./project.ts";

/** Loading says all that is wrong beside what it could read, and never rejects for what stands in the files. */
interface Loaded {
  readonly read?: ReadConfig;
  readonly faults: readonly Fault[];
}

/**
 * Reads driftd.yaml, the rule files (`paths` in place of its globs, where given) and their references, and checks them
 * against each other. Where `paths` are given, there need not be a driftd.yaml.
 */
export async function loadProject(options: {
  configFile: string;
  paths?: readonly string[];
  io: Pick<CommandIo, "env" | "cwd">;
}): Promise<Project> {
  const { io, paths = [] } = options;
  const file = resolvePath(io.cwd, options.configFile);
  const { read, faults: configFaults } = await loadConfig({ file, env: io.env, needed: paths.length === 0 });
  const config = read?.config;
  const rules = await loadRules(paths.length > 0 ? givenPaths(paths, io.cwd) : configuredPaths(read), io.cwd);
  const { keyId, faults: keyFaults } = await loadKeyId(read);
  const references = await loadReferences(rules.loaded, {
    ...(keyId !== undefined && { keyId }),
    ...(config && { floor: config.privacy.floor }),
    cwd: io.cwd,
  });
  const { schemas, faults: schemaFaults } = await loadSchemas(read);
  const faults = [
    ...configFaults,
    ...rules.faults,
    ...keyFaults,
    ...schemaFaults,
    ...references.faults,
    ...checkLearners(rules.loaded, config),
    ...checkProject({ read, loaded: rules.loaded, references: references.references }),
  ];
  return {
    ...(config && { config }),
    models: divideBudget(
      rules.loaded.map(({ model }) => model),
      config?.budget,
    ),
    documents: new Map(rules.loaded.map(({ model, document }) => [model.name, document])),
    references: references.references,
    schemas,
    faults: sortFaults(faults.map((fault) => ({ ...fault, file: relativePath(io.cwd, fault.file) }))),
    files: [
      file,
      ...rules.files,
      ...rules.loaded.flatMap(({ model }) => Object.values(model.references).map((given) => given.file)),
      ...namedFiles(config),
    ],
  };
}

/** The configuration and its models as their files say it, with what is wrong there: references need not be at hand. */
export async function loadModels(options: {
  configFile: string;
  io: Pick<CommandIo, "env" | "cwd">;
}): Promise<Pick<Project, "config" | "models" | "faults">> {
  const { io } = options;
  const file = resolvePath(io.cwd, options.configFile);
  const { read, faults } = await loadConfig({ file, env: io.env, needed: true });
  const rules = await loadRules(configuredPaths(read), io.cwd);
  const found = [...faults, ...rules.faults];
  return {
    ...(read?.config && { config: read.config }),
    models: rules.loaded.map(({ model }) => model),
    faults: sortFaults(found.map((fault) => ({ ...fault, file: relativePath(io.cwd, fault.file) }))),
  };
}

async function loadConfig(source: { file: string; env: CommandIo["env"]; needed: boolean }): Promise<Loaded> {
  const { file, env, needed } = source;
  try {
    const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
    const read = readConfig({ text, file, env });
    return { read, faults: read.faults };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { faults: needed ? [faultOfFile(file, "FILE_MISSING", error.message)] : [] };
  }
}

function givenPaths(paths: readonly string[], cwd: string): RulePath[] {
  return paths.map((path) => ({
    path: resolvePath(cwd, path),
    unmatched: faultOfFile(path, "FILE_MISSING", "no rule file is there; check the path"),
  }));
}

function configuredPaths(read: ReadConfig | undefined): RulePath[] {
  if (read === undefined) return [];
  const message = "fits no rule file; write a path from this file's directory, such as rules/*.yaml";
  return read.rules.map((path, position) => ({
    path,
    unmatched: faultAt(read.document, { path: ["rules", position], code: "NO_MATCH", message }),
  }));
}

/** What driftd.yaml names besides. */
function namedFiles(config: Config | undefined): string[] {
  const schemas = Object.values(config?.streams ?? {}).map(({ schema }) => schema);
  return [config?.privacy.keyFile, ...schemas].filter((file) => file !== undefined);
}

const SHORTEST_KEY = 16;

/** Names the key under which pii is hashed. Where it cannot be read here it may still be where driftd runs: a warning. */
async function loadKeyId(read: ReadConfig | undefined): Promise<{ keyId?: string; faults: Fault[] }> {
  const file = read?.config?.privacy.keyFile;
  if (read === undefined || file === undefined) return { faults: [] };
  const place = { path: ["privacy", "keyFile"], code: "SECRET" } as const;
  try {
    const secret = await readBytes(file, { what: "key file", code: "CONFIG_INVALID" });
    if (secret.length >= SHORTEST_KEY) return { keyId: deriveKeys(secret).keyId, faults: [] };
    const message = `holds ${secret.length} bytes; make a key with: head -c 32 /dev/urandom > FILE`;
    return { faults: [faultAt(read.document, { ...place, message })] };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const message = "cannot be read here, so that hashed columns are not checked; run needs it";
    return { faults: [faultAt(read.document, { ...place, level: "warning", message })] };
  }
}
