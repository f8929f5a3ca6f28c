import { basename } from "node:path";
import type { FieldMap, MappedField } from "../../config/config.ts";
import { resolvePath } from "../../config/path.ts";
import type { EventPlan } from "../../event/batch.ts";
import { publicKeys } from "../../event/ids.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { FieldTally } from "../../reference/field-tally.ts";
import { REFERENCE_DEFAULTS } from "../../reference/options.ts";
import type { ReferenceOptions } from "../../reference/options.ts";
import { writeReference } from "../../reference/reference-file.ts";
import { askedSeasons } from "../../rules/asked-seasons.ts";
import type { Model } from "../../rules/model.ts";
import { writeAtomically } from "../../runtime/files.ts";
import { MEASURES } from "../../statistics/measures.ts";
import type { CommandIo } from "../io.ts";
import { loadConfig, loadKey, loadModel, sourceFile } from "./build-inputs.ts";
import { describeGuesses, jsonSummary, noRows, textSummary } from "./build-summary.ts";
import { requireOutcome } from "./label-summary.ts";
import { readLabelled } from "./labelled-source.ts";
import { leaveTruth } from "./labels.ts";
import type { LabelColumns } from "./labels.ts";
import { checkFields, inferSource, showProgress, sourceReader, stopIfTold } from "./source.ts";
import type { ReadSource, SourceLedger } from "./source.ts";
import { answersOfServer, fieldsOf, mapInFile, modelStream, placesInFile } from "./stream-map.ts";

export interface BuildOptions {
  readonly source: string;
  readonly output: string;
  /** The rule file whose columns, segments and windows are taken. */
  readonly rules?: string;
  /** driftd.yaml, for the key of hashed columns and the map of the model's stream. */
  readonly config?: string;
  /** Name of the model; else the rule file's, else that of the source file. */
  readonly model?: string;
  /** By field of the event: the column that holds it. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** A file that holds the truth of the predictions apart from them, and which of its columns are what. */
  readonly labels?: { readonly source: string; readonly fields: LabelColumns };
  readonly independent: boolean;
  readonly json: boolean;
}

/** Builds a reference from a file and writes it. Exits 0, or 78 with every fault of the rule file. */
export async function buildReference(options: BuildOptions, io: CommandIo): Promise<number> {
  const file = sourceFile(options.source, io.cwd);
  const rules = options.rules === undefined ? undefined : await loadModel(options.rules, options.model, io);
  if (rules === "faulty") return 78;
  const name = options.model ?? rules?.name ?? basename(file).replace(/\..*$/, "");
  const config = options.config === undefined ? undefined : await loadConfig(options.config, io);
  const isNamed = rules !== undefined || options.model !== undefined;
  const stream = modelStream(config, { model: name, isNamed, file });
  const declaredMap = mapInFile(stream);
  const places = placesInFile(stream, file);
  const guessed = await inferSource(file, {
    fields: { ...fieldsOf(places ?? declaredMap), ...options.fields },
    preferred: fieldsOf(answersOfServer(stream)),
    isComplete: places !== undefined,
    columns: rules?.columns ?? {},
    segmentBy: rules?.segmentBy.flat() ?? [],
  });
  checkFields(options.fields, guessed);
  const inferred = options.labels === undefined ? guessed : leaveTruth(guessed);
  if (!options.json) io.stdout.write(describeGuesses(inferred));
  const pii = inferred.columns.some((column) => column.pii);
  const key = pii ? await loadKey(config) : publicKeys();
  const plan = { model: name, needsId: false, columns: inferred.columns };
  // A source that was not asked about its models is of one model, whatever its columns are called.
  const oneModel: FieldMap = rules === undefined ? { model: { value: name } } : {};
  const chosen = Object.entries(inferred.map).filter(([field]) => Object.hasOwn(options.fields, field));
  const map = { ...inferred.map, ...oneModel, ...declaredMap, ...Object.fromEntries(chosen) };
  const fields = new FieldTally(config?.privacy.floor);
  const predictions = { file, plan, format: inferred.format, map, key, signal: io.signal, fields };
  const labelled = await (options.labels &&
    readLabelled(
      { ...options.labels, config, predictions, stream, times: rules?.labels, isTold: !options.json },
      io,
    ));
  const read = labelled?.read ?? sourceReader(predictions);
  const builder = new ReferenceBuilder({
    plan: labelled?.plan ?? plan,
    ...(labelled && { labels: labelled.report.maturity }),
    ...askedOptions(rules, plan),
    ...(config && { floor: config.privacy.floor }),
    independent: options.independent,
    fields,
    ...(pii ? { keyId: key.keyId } : {}),
  });
  const ledger = await countRows({ builder, read, file }, io);
  const reference = builder.finish();
  if (labelled !== undefined) requireOutcome(reference, labelled.report);
  await stopIfTold(io.signal, file);
  const output = resolvePath(io.cwd, options.output);
  await writeAtomically(output, writeReference(reference), { what: "reference", code: "REFERENCE_INVALID" });
  const built = { output: options.output, reference, ledger, ...(labelled && { labels: labelled.report }) };
  io.stdout.write(options.json ? jsonSummary(built) : textSummary(built));
  return 0;
}

/** What the rule file asks of a reference; without one, what is usual. */
function askedOptions(
  rules: Model | undefined,
  { columns }: EventPlan,
): Omit<ReferenceOptions, "plan" | "independent"> {
  if (rules === undefined) {
    return { segmentBy: [], top: REFERENCE_DEFAULTS.top, windowSizes: REFERENCE_DEFAULTS.windowSizes };
  }
  return {
    segmentBy: rules.segmentBy,
    top: rules.segments.top,
    windowSizes: windowSizesOf(rules),
    cohort: rules.labels.cohort,
    seasons: askedSeasons({ model: rules, columns, measures: MEASURES }),
  };
}

/** Reads the rows twice: what there is decides what is counted. */
async function countRows(
  { builder, read, file }: { builder: ReferenceBuilder; read: ReadSource; file: string },
  io: CommandIo,
): Promise<SourceLedger> {
  const ledger = await read((batch, rows) => {
    builder.observe(batch);
    showProgress(io, `reading ${rows} rows`);
  });
  if (ledger.sound === 0) throw noRows(file, ledger);
  await stopIfTold(io.signal, file);
  await read((batch, rows) => {
    builder.count(batch);
    showProgress(io, `counting ${rows} rows`);
  });
  showProgress(io, "");
  await stopIfTold(io.signal, file);
  return ledger;
}

function windowSizesOf(model: Model): number[] {
  const sizes = model.rules.filter(({ limit }) => limit.kind === "atLeast").map(({ window }) => window.size);
  return [...new Set([model.window.size, ...sizes])].toSorted((a, b) => a - b);
}
