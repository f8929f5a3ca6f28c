import { createHash } from "node:crypto";
import { RecordBatchReader, Schema, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import { CodedError } from "../config/coded-error.ts";
import { fromTable, toTable } from "./arrow-rows.ts";
import { referenceId } from "./identity.ts";
import { gridOfPlain, plainGrid } from "./plain-grid.ts";
import type { PlainGrid } from "./plain-grid.ts";
import type { Reference, ReferenceOutcome } from "./reference.ts";

/*
 * A reference file is one Arrow IPC file, so pyarrow, DuckDB and Polars open it. What is said once stands in the schema's
 * metadata: the id, a header of JSON, and a SHA-256 of the file's bytes, taken while its own digits were zeros.
 */
const FORMAT = "4";
/** The one before had no fields. */
const READ: ReadonlySet<string> = new Set(["3", FORMAT]);
const KEYS = {
  format: "driftd.format",
  id: "driftd.id",
  header: "driftd.header",
  checksum: "driftd.checksum",
} as const;
const BLANK = "0".repeat(64);

/** The labels of all traffic stand with those of the other segments. */
type Header = Omit<Reference, "id" | "columns" | "segments" | "outcome"> & {
  readonly outcome?: HeaderOutcome;
};

interface HeaderOutcome {
  /** null where nobody knows. */
  readonly delay99: number | null;
  readonly coverage: number;
  readonly residuals?: PlainGrid;
}

export function writeReference(reference: Reference): Uint8Array {
  const table = toTable(reference);
  const { id, columns: _columns, segments: _segments, outcome, ...rest } = reference;
  const header: Header = {
    ...rest,
    ...(outcome && { outcome: headerOutcome(outcome) }),
  };
  const metadata = new Map<string, string>([
    [KEYS.format, FORMAT],
    [KEYS.id, id],
    [KEYS.header, JSON.stringify(header)],
    [KEYS.checksum, BLANK],
  ]);
  const schema = new Schema(table.schema.fields, metadata);
  const bytes = tableToIPC(new Table(schema, table.batches), "file");
  return replaceText(bytes, BLANK, checksumOf(bytes));
}

/** Whether the bytes of an Arrow file are those of a reference, sound or not; else they are rows, or no Arrow at all. */
export function holdsReference(bytes: Uint8Array): boolean {
  try {
    return RecordBatchReader.from(bytes).open().schema.metadata.has(KEYS.format);
  } catch {
    // Whoever reads the rows says what is wrong with them.
    return false;
  }
}

/**
 * Reads a reference back. `file` is named in errors.
 * @throws CodedError REFERENCE_INVALID unless every byte is as it was written, and the id is that of the content.
 */
export function readReference(bytes: Uint8Array, file: string): Reference {
  try {
    return readChecked(bytes, file);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw unreadable(bytes, file, cause);
  }
}

function readChecked(bytes: Uint8Array, file: string): Reference {
  const table = tableFromIPC(bytes);
  const { metadata } = table.schema;
  const format = metadata.get(KEYS.format);
  if (format === undefined) throw unreadable(bytes, file);
  if (!READ.has(format)) {
    const message =
      Number(format) < Number(FORMAT)
        ? `${file} has format ${format}, of an earlier driftd. Build it anew.`
        : `${file} has format ${format}, which this driftd does not know. Build it anew, or take a later driftd.`;
    throw new CodedError("REFERENCE_INVALID", message);
  }
  const checksum = metadata.get(KEYS.checksum) ?? "";
  if (checksumOf(replaceText(bytes, checksum, BLANK)) !== checksum) throw damaged(file);
  const { outcome, ...header } = readHeader(metadata.get(KEYS.header) ?? "");
  const { columns, segments } = fromTable(table);
  const counts = segments[0]?.outcome?.counts;
  const reference = {
    ...header,
    columns,
    segments,
    ...(outcome === undefined || counts === undefined ? {} : { outcome: readOutcome(outcome, counts) }),
  };
  const id = referenceId(reference);
  if (id !== metadata.get(KEYS.id)) throw damaged(file);
  return { id, ...reference };
}

/** JSON has no NaN: null stands for it wherever a header has a number. */
function readHeader(json: string): Header {
  // What was written is a Header but for NaN; the id proves that it is what was written.
  const header = JSON.parse(json) as Header;
  return { ...header, from: header.from ?? Number.NaN, to: header.to ?? Number.NaN };
}

function headerOutcome({ delay99, coverage, residuals }: ReferenceOutcome): HeaderOutcome {
  return {
    delay99: Number.isNaN(delay99) ? null : delay99,
    coverage,
    ...(residuals && { residuals: plainGrid(residuals) }),
  };
}

function readOutcome(
  { delay99, coverage, residuals }: HeaderOutcome,
  counts: Float64Array,
): ReferenceOutcome {
  return {
    counts,
    delay99: delay99 ?? Number.NaN,
    coverage,
    ...(residuals && { residuals: gridOfPlain(residuals) }),
  };
}

/** Whatever names the format was a reference once, and an Arrow file that cannot be read may have been. */
function unreadable(bytes: Uint8Array, file: string, cause?: unknown): CodedError {
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes(KEYS.format) || (cause !== undefined && text.startsWith("ARROW1"))) {
    return damaged(file, cause);
  }
  const message = `${file} is no reference of driftd. Name a file that driftd reference build wrote.`;
  return new CodedError("REFERENCE_INVALID", message);
}

function damaged(file: string, cause?: unknown): CodedError {
  const message = `${file} is damaged or incomplete: its bytes are not those that were written. Copy it again, or build it anew with driftd reference build.`;
  return new CodedError("REFERENCE_INVALID", message, { cause });
}

function checksumOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The file says its metadata twice, in its schema and in its footer. Returns a copy. */
function replaceText(bytes: Uint8Array, text: string, by: string): Uint8Array {
  const copy = Buffer.from(bytes);
  if (text.length !== by.length) return copy;
  for (let at = copy.indexOf(text); at >= 0; at = copy.indexOf(text, at + by.length))
    copy.write(by, at, "latin1");
  return copy;
}
