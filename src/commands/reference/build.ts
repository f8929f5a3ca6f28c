import { basename } from "node:path";
import type { FieldMap, MappedField } from "../../config/config.ts";
import { resolvePath } from "../../config/path.ts";
import { publicKeys } from "../../event/ids.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { REFERENCE_DEFAULTS } from "../../reference/options.ts";
import { writeReference } from "../../reference/reference-file.ts";
import type { Model } from "../../rules/model.ts";
import { writeAtomically } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { loadConfig, loadKey, loadModel, sourceFile } from "./build-inputs.ts";
import { describeGuesses, jsonSummary, noRows, textSummary } from "./build-summary.ts";
import { checkFields, inferSource, showProgress, sourceReader, stopIfTold } from "./source.ts";
import { fieldsOf, streamMap } from "./stream-map.ts";

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
  const declaredMap = streamMap(config, { model: name, isNamed, file });
  const inferred = await inferSource(file, {
    fields: { ...fieldsOf(declaredMap), ...options.fields },
    columns: rules?.columns ?? {},
    segmentBy: rules?.segmentBy.flat() ?? [],
  });
  checkFields(options.fields, inferred);
  if (!options.json) io.stdout.write(describeGuesses(inferred));
  const pii = inferred.columns.some((column) => column.pii);
  const key = pii ? await loadKey(config) : publicKeys();
  const plan = { model: name, needsId: false, columns: inferred.columns };
  // A source that was not asked about its models is of one model, whatever its columns are called.
  const oneModel: FieldMap = rules === undefined ? { model: { value: name } } : {};
  const map = { ...inferred.map, ...oneModel, ...declaredMap };
  const read = sourceReader({ file, plan, format: inferred.format, map, key, signal: io.signal });
  const builder = new ReferenceBuilder({
    plan,
    segmentBy: rules?.segmentBy ?? [],
    top: rules?.segments.top ?? REFERENCE_DEFAULTS.top,
    windowSizes: rules === undefined ? REFERENCE_DEFAULTS.windowSizes : windowSizesOf(rules),
    ...(rules === undefined ? {} : { cohort: rules.labels.cohort }),
    independent: options.independent,
    ...(pii ? { keyId: key.keyId } : {}),
  });
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
  const reference = builder.finish();
  await stopIfTold(io.signal, file);
  const output = resolvePath(io.cwd, options.output);
  await writeAtomically(output, writeReference(reference), { what: "reference", code: "REFERENCE_INVALID" });
  const built = { output: options.output, reference, ledger };
  io.stdout.write(options.json ? jsonSummary(built) : textSummary(built));
  return 0;
}

function windowSizesOf(model: Model): number[] {
  const sizes = model.rules.filter(({ limit }) => limit.kind === "atLeast").map(({ window }) => window.size);
  return [...new Set([model.window.size, ...sizes])].toSorted((a, b) => a - b);
}
