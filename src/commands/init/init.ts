import { randomBytes } from "node:crypto";
import { relative } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import type { Config, FieldMap, MappedField } from "../../config/config.ts";
import { readConfig } from "../../config/config-file.ts";
import { formatFault, hasErrors } from "../../config/fault.ts";
import { relativePath, resolvePath } from "../../config/path.ts";
import { deriveKeys } from "../../event/ids.ts";
import { writeReference } from "../../reference/reference-file.ts";
import { readBytes, readText } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { loadProject } from "../load.ts";
import { buildOutlook } from "../outlook.ts";
import { describeReference } from "../reference/description.ts";
import { profileFile } from "../reference/profile.ts";
import type { Profile } from "../reference/profile.ts";
import { schemaText } from "../reference/schema.ts";
import { describeLabels } from "../reference/label-summary.ts";
import { leaveTruth } from "../reference/labels.ts";
import { readHead, stopIfTold } from "../reference/source.ts";
import type { Origin } from "./config-text.ts";
import { draftProject } from "./draft.ts";
import type { Draft, Existing, Places } from "./draft.ts";
import { exists, refuseExisting, writeFiles } from "./files.ts";
import type { NewFile } from "./files.ts";
import { findLabels } from "./found-labels.ts";
import type { FoundLabels, NamedLabels } from "./found-labels.ts";
import { guessProject } from "./guess.ts";
import type { Guess } from "./guess.ts";
import { notesOn } from "./notes.ts";
import { findStream, originName, originOf } from "./origin.ts";
import { reportJson, reportText } from "./report.ts";
import { openServerEvents } from "./server-events.ts";
import type { ServerEvents } from "./server-events.ts";
import { scenarioText } from "./scenario-text.ts";
import { openSample } from "./topic-sample.ts";

export interface InitOptions {
  /** A file, or kafka:TOPIC. */
  readonly source: string;
  readonly model?: string;
  /** The project's directory. */
  readonly output: string;
  readonly brokers: readonly string[];
  /** By field of the event: the column that holds it, where somebody said so. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** A file that holds the truth of the predictions apart from them. */
  readonly labels?: NamedLabels;
  readonly force: boolean;
  readonly json: boolean;
}

const CONFIG = "driftd.yaml";
/** Where nobody knows how wide the terminal is. */
const WIDTH = 100;

/**
 * Writes all files of a project for a model never seen before: driftd.yaml, a schema of its records, its reference, its rules and
 * their scenarios. Exits 0; nothing is written where anything is wrong.
 */
export async function initProject(options: InitOptions, io: CommandIo): Promise<number> {
  const directory = resolvePath(io.cwd, options.output);
  const origin = originOf(options.source, { brokers: options.brokers, cwd: io.cwd });
  const existing = await readExisting({ directory, origin, options }, io);
  const sample = await openSample(origin, existing?.config, io);
  let server: ServerEvents | undefined;
  try {
    server = await openServerEvents(sample.file, io);
    const file = server?.file ?? sample.file;
    const head = await readHead(file);
    const guessed = guessProject(head, {
      stream: server === undefined ? existing?.stream : undefined,
      fields: options.fields,
      name: options.model,
      fallback: originName(origin),
    });
    const labels = options.labels && (await findLabels(options.labels, guessed, io));
    const guess = labels === undefined ? guessed : { ...guessed, inferred: leaveTruth(guessed.inferred) };
    const buildLine = (places: Places): string => buildLineOf(places, { origin, labels, directory });
    const draft = draftProject({
      fields: options.fields,
      guess,
      labels,
      server,
      origin: sample.origin,
      directory,
      existing,
      buildLine,
      env: io.env,
    });
    const paths = [...(draft.configText === undefined ? [] : [CONFIG]), ...Object.values(draft.places)];
    if (!options.force) await refuseExisting(paths, directory, io.cwd);
    const key = await openKey(draft.config);
    const profile = await profileDraft({ draft, guess, labels, file, key: key.bytes }, io);
    const files = [...newFiles(draft, profile), ...key.files];
    await stopIfTold(io.signal, options.source);
    await writeFiles(files, directory);
    const name = (path: string): string => relativePath(io.cwd, resolvePath(directory, path));
    const report = {
      guess,
      described: describeReference(profile.reference),
      ledger: profile.ledger,
      window: draft.window,
      written: files.map(({ path }) => name(path)),
      kept: draft.configText === undefined ? [name(CONFIG)] : [],
      labels: profile.labels && describeLabels(profile.labels, profile.reference),
      notes: [
        ...notesOn(guess, {
          secrets: key.files,
          isServer: server !== undefined,
          hasLabels: labels !== undefined,
        }),
        ...sample.notes,
        ...(server?.notes ?? []),
        ...(await findFaults(directory, io)),
      ],
      next: nextLines(relative(io.cwd, directory)),
    };
    io.stdout.write(options.json ? reportJson(report) : reportText(report, io.columns ?? WIDTH));
    return 0;
  } finally {
    await server?.close();
    await sample.close();
  }
}

/**
 * Its driftd.yaml, where the directory has one: a second model joins the first. Overwritten is, by --force, what does not carry the
 * source, and what carries nothing else where fields are named anew.
 */
async function readExisting(
  { directory, origin, options }: { directory: string; origin: Origin; options: InitOptions },
  io: CommandIo,
): Promise<Existing | undefined> {
  const file = resolvePath(directory, CONFIG);
  if (!(await exists(file))) return undefined;
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config === undefined || hasErrors(faults)) {
    if (options.force) return undefined;
    const told = faults
      .map((fault) => formatFault({ ...fault, file: relativePath(io.cwd, fault.file) }))
      .join("\n");
    throw new CodedError("CONFIG_INVALID", `${told}\nMend it, or overwrite it with --force.`);
  }
  const stream = findStream(config, origin, options.model);
  const isAlone = Object.values(config.streams).filter(({ role }) => role !== "labels").length === 1;
  const isRenewed = stream === undefined || (isAlone && Object.keys(options.fields).length > 0);
  return options.force && isRenewed ? undefined : { config, stream };
}

/** The key of hashed columns: one that is there is used, since another one would make other references worthless. */
async function openKey({
  directory,
  privacy,
}: Config): Promise<{ readonly bytes?: Uint8Array; readonly files: readonly NewFile[] }> {
  if (privacy.keyFile === undefined) return { files: [] };
  if (await exists(privacy.keyFile)) {
    return {
      bytes: await readBytes(privacy.keyFile, { what: "key file", code: "CONFIG_INVALID" }),
      files: [],
    };
  }
  const bytes = randomBytes(32);
  return {
    bytes,
    files: [{ path: relativePath(directory, privacy.keyFile), content: bytes, isSecret: true }],
  };
}

/** The reference, by the very code of `reference build`, so that the same command line builds it again. */
function profileDraft(
  source: {
    draft: Draft;
    guess: Guess;
    labels: FoundLabels | undefined;
    file: string;
    key: Uint8Array | undefined;
  },
  io: CommandIo,
): Promise<Profile> {
  const { draft, guess, labels, file, key } = source;
  const { config, model } = draft;
  const carrying = Object.values(config.streams).filter(
    (stream) => stream.role === "inference" && isOf(stream.map, model.name),
  );
  const [stream] = carrying.length === 1 ? carrying : carrying.filter((one) => one.file === file);
  // A place that was made up holds no time.
  const { time: _time, ...timeless } = stream?.map ?? {};
  const own = stream && { ...stream, map: guess.map.time === undefined ? timeless : stream.map };
  return profileFile(
    {
      file,
      name: model.name,
      isNamed: true,
      rules: model,
      config: own === undefined ? config : { ...config, streams: { [own.name]: own } },
      fields: {},
      labels: labels && { source: labels.file, fields: labels.columns },
      independent: false,
      readKey: async () => {
        if (key === undefined) throw new Error("a column is hashed, and no key was made");
        return deriveKeys(key);
      },
    },
    { io, isTold: false },
  );
}

function isOf({ model }: FieldMap, name: string): boolean {
  return model === undefined || !("value" in model) || model.value === name;
}

function newFiles(draft: Draft, { reference }: Profile): NewFile[] {
  const { places, config, model, window, configText } = draft;
  const file = model.references["default"]?.file ?? "";
  const references = new Map([[file, reference]]);
  const project = { config, models: [model], references, schemas: new Map(), faults: [], files: [] };
  const { rules } = buildOutlook(project);
  // Of requests and responses there are two kinds of records.
  const schema = draft.hasSchema ? schemaText(reference) : undefined;
  return [
    ...(configText === undefined ? [] : [{ path: CONFIG, content: configText }]),
    ...(schema === undefined ? [] : [{ path: places.schema, content: schema }]),
    { path: places.reference, content: writeReference(reference) },
    { path: places.rules, content: draft.rulesText(reference.id) },
    {
      path: places.scenarios,
      content: scenarioText({ reference, described: describeReference(reference), rules, window }),
    },
  ];
}

/** What `driftd check` finds in what stands on disk now. */
async function findFaults(directory: string, { env, cwd }: CommandIo): Promise<string[]> {
  const { faults } = await loadProject({ configFile: resolvePath(directory, CONFIG), io: { env, cwd } });
  return faults.map((fault) => `driftd check says: ${formatFault(fault)}`);
}

function buildLineOf(
  places: Places,
  { origin, labels, directory }: { origin: Origin; labels: FoundLabels | undefined; directory: string },
): string {
  const source = origin.kind === "topic" ? "SAVED-RECORDS.jsonl" : relative(directory, origin.file);
  const told = labels === undefined ? "" : ` --labels ${relative(directory, labels.file)}`;
  return `driftd reference build ${source}${told} --rules ${places.rules} --config ${CONFIG} --output ${places.reference}`;
}

function nextLines(directory: string): string[] {
  const lines = [
    "driftd check     # what is wrong, and what each rule can see",
    "driftd test      # the scenarios",
    "driftd run       # watch",
  ];
  return directory === "" ? lines : [`cd ${directory}`, ...lines];
}
