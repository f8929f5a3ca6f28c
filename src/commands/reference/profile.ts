import type { Config, FieldMap, MappedField } from "../../config/config.ts";
import { publicKeys } from "../../event/ids.ts";
import type { PrivacyKeys } from "../../event/ids.ts";
import { columnsOnGrid } from "../../reference/grid-match.ts";
import { FieldTally } from "../../reference/field-tally.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import type { CommandIo } from "../io.ts";
import { describeGuesses } from "./build-summary.ts";
import { countSource } from "./count-source.ts";
import { requireOutcome } from "./label-summary.ts";
import { readLabelled } from "./labelled-source.ts";
import type { LabelReport } from "./labelled-source.ts";
import { leaveTruth } from "./labels.ts";
import type { LabelColumns } from "./labels.ts";
import { checkFields, inferSource, sourceReader } from "./source.ts";
import type { SourceLedger } from "./source.ts";
import { answersOfServer, fieldsOf, mapInFile, modelStream, placesInFile } from "./stream-map.ts";

export interface ProfileOptions {
  /** Absolute. */
  readonly file: string;
  /** Of the model. */
  readonly name: string;
  /** Whether somebody said that name; else it is that of the file. */
  readonly isNamed: boolean;
  readonly rules: Model | undefined;
  readonly config: Config | undefined;
  /** By field of the event: the column that holds it. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** A file that holds the truth of the predictions apart from them, and which of its columns are what. */
  readonly labels?: { readonly source: string; readonly fields: LabelColumns } | undefined;
  readonly independent: boolean;
  /** Counts on the bins of this reference. */
  readonly grid?: Reference | undefined;
  /** Asked where a column is pii. */
  readonly readKey: () => Promise<PrivacyKeys>;
}

/** What a file of events said, and what became of its rows. */
export interface Profile {
  readonly reference: Reference;
  readonly ledger: SourceLedger;
  /** Where labels came apart from their predictions. */
  readonly labels?: LabelReport;
}

/**
 * Finds out how the file is decoded, by what is declared and else by guessing, and makes a reference of its rows.
 * @throws CodedError USAGE where a column that was named is not there, SOURCE_INVALID where nothing can be counted
 */
export async function profileFile(
  options: ProfileOptions,
  { io, isTold }: { readonly io: CommandIo; readonly isTold: boolean },
): Promise<Profile> {
  const { file, name, isNamed, rules, config, independent, grid } = options;
  const stream = modelStream(config, { model: name, isNamed, file });
  const declaredMap = mapInFile(stream);
  const places = placesInFile(stream, file);
  const declared = {
    fields: { ...fieldsOf(places ?? declaredMap), ...options.fields },
    preferred: fieldsOf(answersOfServer(stream)),
    isComplete: places !== undefined,
    columns: { ...typesOf(grid), ...rules?.columns },
    segmentBy: (grid ?? rules)?.segmentBy.flat() ?? [],
  };
  const guessed = await inferSource(file, declared, stream === undefined ? undefined : name);
  checkFields(options.fields, guessed);
  const inferred = options.labels === undefined ? guessed : leaveTruth(guessed);
  if (isTold) io.stdout.write(describeGuesses(inferred));
  const pii = inferred.columns.some((column) => column.pii);
  const key = pii ? await options.readKey() : publicKeys();
  const columns = grid === undefined ? inferred.columns : columnsOnGrid(grid, inferred.columns);
  const plan = { model: name, needsId: false, columns };
  // A source that was not asked about its models is of one model, whatever its columns are called.
  const oneModel: FieldMap = rules === undefined ? { model: { value: name } } : {};
  const chosen = Object.entries(inferred.map).filter(([field]) => Object.hasOwn(options.fields, field));
  const map = { ...inferred.map, ...oneModel, ...declaredMap, ...Object.fromEntries(chosen) };
  const fields = new FieldTally(config?.privacy.floor);
  const predictions = { file, plan, format: inferred.format, map, key, signal: io.signal, fields };
  const labelled = await (options.labels &&
    readLabelled({ ...options.labels, config, predictions, stream, times: rules?.labels, isTold }, io));
  const read = labelled?.read ?? sourceReader(predictions);
  const counted = await countSource(
    {
      file,
      read,
      plan: labelled?.plan ?? plan,
      rules,
      fields,
      ...(config && { floor: config.privacy.floor }),
      ...(pii ? { keyId: key.keyId } : {}),
      ...(labelled && { labels: labelled.report.maturity }),
      independent,
      ...(grid && { grid }),
    },
    io,
  );
  if (labelled === undefined) return counted;
  requireOutcome(counted.reference, labelled.report);
  return { ...counted, labels: labelled.report };
}

/** What another reference knows of columns need not be guessed again. */
function typesOf(grid: Reference | undefined): Model["columns"] {
  const known = (grid?.columns ?? []).filter(({ role }) => role !== "output");
  return Object.fromEntries(known.map(({ name, type, pii }) => [name, { type, pii }]));
}
