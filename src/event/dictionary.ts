import { addCode, clearTable, createByteTable, createSpan, findCode, spanText } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";
import { LEARN_LIMIT } from "./batch.ts";
import type { ColumnPlan } from "./batch.ts";
import { cellOfSpan, createDistinctHash } from "./distinct-cell.ts";
import { hashCategory } from "./ids.ts";
import type { SipHash } from "./ids.ts";

/** A longer value is neither learnt nor cached: one free-text column must not fill the memory. Bytes. */
const LONGEST_KEPT = 256;
/** How many hashed values a pii column remembers before it starts anew. */
const PII_CACHE = 65_536;

/** A category column's values and their codes. */
export interface Dictionary {
  /** In order of code; grows while `learn`. */
  readonly categories: string[];
  /** The code of a value that is not known and not learnt; of a `distinct` column the first one, which its cell is added to. */
  readonly unseen: number;
  readonly distinct: SipHash | undefined;
  readonly learn: boolean;
  /** By the value's UTF-8. With pii: a bounded cache from the plain value to the code of its hash. */
  readonly codes: ByteTable;
  /** With pii: by the keyed hash that stands for the value. */
  readonly hashed: Map<string, number> | undefined;
  /** Codes of values that came as strings, a bounded cache. */
  readonly texts: Map<string, number>;
  readonly key: Uint8Array;
  readonly span: ByteSpan;
}

/** @param key the secret for `pii` columns, 32 bytes */
export function createDictionary(plan: ColumnPlan, key: Uint8Array): Dictionary {
  const learn = plan.learn === true;
  const dictionary: Dictionary = {
    categories: [...plan.categories],
    unseen: learn ? LEARN_LIMIT : plan.categories.length,
    distinct: plan.distinct === true ? createDistinctHash() : undefined,
    learn,
    codes: createByteTable(),
    hashed: plan.pii ? new Map(plan.categories.map((name, code) => [name, code])) : undefined,
    texts: new Map(),
    key,
    span: createSpan(),
  };
  if (dictionary.hashed === undefined) {
    const encoder = new TextEncoder();
    for (const [code, name] of plan.categories.entries())
      addCode(dictionary.codes, encoder.encode(name), code);
  }
  return dictionary;
}

/** The code of the value whose UTF-8 the span holds (its hash must be set). */
export function codeOfBytes(dictionary: Dictionary, span: ByteSpan): number {
  const code = findCode(dictionary.codes, span);
  return code >= 0 ? code : codeOfNewBytes(dictionary, span);
}

function codeOfNewBytes(dictionary: Dictionary, span: ByteSpan): number {
  if (dictionary.hashed !== undefined) return codeOfSecret(dictionary, span, dictionary.hashed);
  if (!dictionary.learn || dictionary.categories.length >= LEARN_LIMIT) return codeOfUnseen(dictionary, span);
  if (span.stop - span.start > LONGEST_KEPT) return codeOfUnseen(dictionary, span);
  const bytes = span.bytes.subarray(span.start, span.stop);
  const code = dictionary.categories.push(decodeText(bytes)) - 1;
  addCode(dictionary.codes, bytes, code);
  return code;
}

function codeOfSecret(dictionary: Dictionary, span: ByteSpan, hashed: Map<string, number>): number {
  const bytes = span.bytes.subarray(span.start, span.stop);
  const name = hashCategory(dictionary.key, bytes);
  let code = hashed.get(name);
  if (code === undefined && dictionary.learn && dictionary.categories.length < LEARN_LIMIT) {
    code = dictionary.categories.push(name) - 1;
    hashed.set(name, code);
  }
  if (code === undefined) {
    // The hash that stands for the value is all that is known of it from here on.
    spanText(dictionary.span, name);
    code = codeOfUnseen(dictionary, dictionary.span);
  }
  if (bytes.length <= LONGEST_KEPT) {
    if (dictionary.codes.count >= PII_CACHE) clearTable(dictionary.codes);
    addCode(dictionary.codes, bytes, code);
  }
  return code;
}

function codeOfUnseen({ unseen, distinct }: Dictionary, span: ByteSpan): number {
  return distinct === undefined ? unseen : unseen + cellOfSpan(distinct, span);
}

/** The code of a value that is a string already (columnar files). */
export function codeOfText(dictionary: Dictionary, text: string): number {
  spanText(dictionary.span, text);
  return codeOfBytes(dictionary, dictionary.span);
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
