import { basename } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import type { Config, FieldMap, MappedField } from "../../config/config.ts";
import { readConfig } from "../../config/config-file.ts";
import { formatFault, hasErrors } from "../../config/fault.ts";
import { resolvePath } from "../../config/path.ts";
import { deriveKeys, publicKeys } from "../../event/ids.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import type { Inferred } from "../../event/infer.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { REFERENCE_DEFAULTS } from "../../reference/options.ts";
import { writeReference } from "../../reference/reference-file.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import { readBytes, readText, writeAtomically } from "../../runtime/files.ts";
import { plural, printable } from "../text.ts";
import type { CommandIo } from "../io.ts";
import { loadRules } from "../load-rules.ts";
import { formatDuration } from "../../config/quantity.ts";
import { checkFields, inferSource, showProgress, sourceReader, stopIfTold } from "./source.ts";
import type { SourceLedger } from "./source.ts";
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
  io.stdout.write(
    options.json ? jsonSummary(options, reference, ledger) : textSummary(options, reference, ledger),
  );
  return 0;
}

function sourceFile(source: string, cwd: string): string {
  if (!source.startsWith("kafka:")) return resolvePath(cwd, source);
  const message = `${source}: references are built from files. Save the topic's records, one JSON object a line, and name that file.`;
  throw new CodedError("USAGE", message);
}

async function loadModel(path: string, name: string | undefined, io: CommandIo): Promise<Model | "faulty"> {
  const file = resolvePath(io.cwd, path);
  const message = "is no rule file, and holds none; check the path";
  const unmatched = {
    file: path,
    line: 0,
    column: 0,
    level: "error",
    code: "FILE_MISSING",
    text: "",
    message,
  } as const;
  const { loaded, faults } = await loadRules([{ path: file, unmatched }], io.cwd);
  for (const fault of faults) io.stderr.write(`${formatFault(fault)}\n`);
  if (hasErrors(faults)) return "faulty";
  const models = loaded.map(({ model }) => model);
  const found = name === undefined ? models : models.filter((model) => model.name === name);
  const [model] = found;
  if (model !== undefined && found.length === 1) return model;
  const known = models.map((one) => one.name).join(", ");
  throw new CodedError(
    "USAGE",
    `${path} describes ${known === "" ? "no model" : known}. Name one with --model.`,
  );
}

async function loadConfig(path: string, io: CommandIo): Promise<Config> {
  const file = resolvePath(io.cwd, path);
  const text = await readText(file, { what: "configuration", code: "CONFIG_NOT_FOUND" });
  const { config, faults } = readConfig({ text, file, env: io.env });
  if (config !== undefined) return config;
  throw new CodedError("CONFIG_INVALID", faults.map((fault) => formatFault(fault)).join("\n"));
}

async function loadKey(config: Config | undefined): Promise<PrivacyKeys> {
  const file = config?.privacy.keyFile;
  if (file !== undefined)
    return deriveKeys(await readBytes(file, { what: "key file", code: "CONFIG_INVALID" }));
  const message =
    "A column is declared pii, and there is no key to hash it with. Name a driftd.yaml with privacy.keyFile by --config.";
  throw new CodedError("CONFIG_INVALID", message);
}

function windowSizesOf(model: Model): number[] {
  const sizes = model.rules.filter(({ limit }) => limit.kind === "atLeast").map(({ window }) => window.size);
  return [...new Set([model.window.size, ...sizes])].toSorted((a, b) => a - b);
}

function describeGuesses({ guesses, map }: Inferred): string {
  const lines = guesses.map(({ column, as, because }) => `  ${printable(column)}: ${as} (${because})\n`);
  const hint =
    map.time === undefined
      ? "No column was taken for the event time, so nothing can be said of windows: name it with --time.\n"
      : "";
  return `What the columns were taken for:\n${lines.join("")}${hint}`;
}

function noRows(file: string, ledger: SourceLedger): CodedError {
  const reasons = Object.entries({ ...ledger.dropped, undecodable: ledger.undecodable })
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${reason}`);
  const told = `${file} has no row that could be counted (${reasons.join(", ")}).`;
  // A row that is no record names no column either.
  const isUndecodable = Object.keys(ledger.dropped).length === 0;
  const message = isUndecodable
    ? `${told} Its rows cannot be read: write one JSON object a line, or name the file by its format.`
    : `${told} Check which columns hold the time and the model: --time, --rules.`;
  return new CodedError("SOURCE_INVALID", message);
}

function textSummary(options: BuildOptions, reference: Reference, ledger: SourceLedger): string {
  const { rows, from, to, model, segments, columns, windowSizes, id } = reference;
  const dropped = Object.entries({ ...ledger.dropped, undecodable: ledger.undecodable }).filter(
    ([, n]) => n > 0,
  );
  const span = Number.isNaN(from) ? "without event time" : `${rfc3339(from)} to ${rfc3339(to)}`;
  const left = dropped.map(([reason, count]) => `, ${count} ${reason} left out`).join("");
  const windows = windowSizes.map(formatDuration).join(" and ");
  const faults = Object.entries(ledger.faults).map(
    ([column, count]) =>
      `${printable(column)}: ${plural(count, "value")} of another type, or outside its limits, left out\n`,
  );
  return (
    `${plural(rows, "row")}, ${span}${left}\n${faults.join("")}` +
    `${options.output}: model ${printable(model)}, ${plural(columns.length, "column")}, ${plural(segments.length, "segment")}, windows of ${windows}\n` +
    `sha256: ${id}\n`
  );
}

function jsonSummary(options: BuildOptions, reference: Reference, ledger: SourceLedger): string {
  const { rows, model, segments, columns, windowSizes, id } = reference;
  const summary = {
    file: options.output,
    id,
    model,
    rows,
    dropped: ledger.dropped,
    undecodable: ledger.undecodable,
    faults: ledger.faults,
    columns: columns.map(({ name, type, role }) => ({ name, type, role })),
    segments: segments.map(({ name }) => name),
    windows: windowSizes.map(formatDuration),
  };
  return `${JSON.stringify(summary)}\n`;
}

function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
