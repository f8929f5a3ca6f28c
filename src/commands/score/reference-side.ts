import type { MappedField } from "../../config/config.ts";
import { CodedError } from "../../config/coded-error.ts";
import { publicKeys } from "../../event/ids.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { REFERENCE_DEFAULTS } from "../../reference/options.ts";
import type { Reference } from "../../reference/reference.ts";
import { readBytes } from "../../runtime/files.ts";
import type { CommandIo } from "../io.ts";
import { lostRows } from "../reference/lost-rows.ts";
import { checkFields, inferSource, showProgress, sourceReader } from "../reference/source.ts";
import type { InferredSource, SourceLedger } from "../reference/source.ts";

/** What the window is held against. */
export interface ReferenceSide {
  readonly reference: Reference;
  /** How its rows were read; absent where the file was a reference already. */
  readonly source?: InferredSource;
}

export interface SideOptions {
  readonly file: string;
  /** By field of the event: the column that holds it, as named on the command line. */
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** Those of them that the file may lack. */
  readonly optional?: readonly MappedField[];
  /** The column whose groups are compared. */
  readonly segment?: string;
  /** Whether a window is also counted in ten runs of its rows (chunk-counts.ts). */
  readonly inChunks?: boolean;
}

/** Arrow files may be references; no other file can. */
const ARROW = /\.(arrows?|feather)$/i;

/**
 * Reads a reference file, or makes a reference of a file of rows. Only a time that was named makes windows: guessing one
 * would decide what is significant.
 */
export async function openReference(options: SideOptions, io: CommandIo): Promise<ReferenceSide> {
  const { file, fields } = options;
  if (ARROW.test(file)) {
    // Arrow's library takes a tenth of a second to load, which no other file should cost.
    const { holdsReference, readReference } = await import("../../reference/reference-file.ts");
    const bytes = await readBytes(file, { what: "reference", code: "SOURCE_INVALID" });
    if (holdsReference(bytes)) return { reference: readReference(bytes, file) };
  }
  const source = await inferSource(file, { fields, needsAnswer: true, columns: {}, segmentBy: [] });
  checkFields(fields, source, file);
  const { time, ...timeless } = source.map;
  const isTimed = fields.time !== undefined && time !== undefined;
  const model = "rows";
  const plan = { model, needsId: false, columns: source.columns };
  const map = { ...timeless, ...(isTimed ? { time } : {}), model: { value: model } };
  const read = sourceReader({
    file,
    plan,
    format: source.format,
    map,
    key: publicKeys(),
    signal: io.signal,
  });
  const builder = new ReferenceBuilder({
    plan,
    segmentBy: [],
    top: REFERENCE_DEFAULTS.top,
    windowSizes: isTimed ? REFERENCE_DEFAULTS.windowSizes : [],
    independent: !isTimed,
  });
  const ledger = await read((batch, rows) => {
    builder.observe(batch);
    showProgress(io, `reading ${rows} rows of the reference`);
  });
  requireRows(file, ledger);
  requireScores(options, ledger);
  await read((batch, rows) => {
    builder.count(batch);
    showProgress(io, `counting ${rows} rows of the reference`);
  });
  showProgress(io, "");
  return { reference: builder.finish(), source };
}

/** @throws CodedError USAGE where the score that was named has not one number */
function requireScores({ file, fields: { score } }: SideOptions, { faults, sound }: SourceLedger): void {
  if (score === undefined || (faults.get("prediction.score") ?? 0) < sound) return;
  const message = `--score ${score}: not one of its values in ${file} is a number. Name the column of the predicted probability.`;
  throw new CodedError("USAGE", message);
}

/** @throws CodedError SOURCE_INVALID where no row could be used */
export function requireRows(file: string, ledger: SourceLedger): void {
  if (ledger.sound > 0) return;
  // A row that is no record names no column either.
  const advice =
    Object.keys(ledger.dropped).length === 0
      ? "Its rows cannot be read: write one JSON object a line, or name the file by its format"
      : "Check its format, and which column holds the time (--time), as 2026-01-31T12:00:00Z or as a number since 1970";
  const message = `${file} has no row that could be counted (${lostRows(ledger).join(", ")}). ${advice}.`;
  throw new CodedError("SOURCE_INVALID", message);
}
