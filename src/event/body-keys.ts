import { addCode, createByteTable } from "./byte-table.ts";
import type { ByteTable } from "./byte-table.ts";

// What the members of a JSON body are: the codes of BodyKeys.
export const ID = 0;
export const MODEL = 1;
export const VERSION = 2;
export const ERROR = 3;
export const INSTANCES = 4;
export const PREDICTIONS = 5;
export const INPUTS = 6;
export const OUTPUTS = 7;
export const RAW_CONTENTS = 8;
export const NAME = 9;
export const SHAPE = 10;
export const DATATYPE = 11;
export const DATA = 12;
export const CONTENTS = 13;
export const PARAMETERS = 14;
export const BINARY_SIZE = 15;
export const CONTENT_TYPE = 16;
export const BYTES_CONTENTS = 17;
export const OTHER_CONTENTS = 18;
/** Known, so that what comes after it is expected, and skipped. */
const SKIPPED = 19;

/** The keys of an object's members. */
export interface Keys {
  /** Entries by key. */
  readonly table: ByteTable;
  /** By entry: the key as it stands in JSON, with its closing quote. */
  readonly patterns: readonly Uint8Array[];
  readonly codes: readonly number[];
  /** By entry: the one that came after it last time, -1 if none did. Objects repeat the order of their members. */
  readonly successors: Int32Array;
  /** The one that came first last time. */
  first: number;
}

/** The members that are asked for, by the object that they stand in. */
export interface BodyKeys {
  readonly body: Keys;
  readonly tensor: Keys;
  readonly parameters: Keys;
  readonly contents: Keys;
  /** Of objects whose keys are all names. */
  readonly none: Keys;
}

/** protobuf's own JSON writes the fields of the Open Inference Protocol in camel case; both stand here. */
export function createBodyKeys(): BodyKeys {
  return {
    body: createKeys({
      id: ID,
      model_name: MODEL,
      modelName: MODEL,
      model_version: VERSION,
      modelVersion: VERSION,
      error: ERROR,
      instances: INSTANCES,
      predictions: PREDICTIONS,
      inputs: INPUTS,
      outputs: OUTPUTS,
      raw_input_contents: RAW_CONTENTS,
      rawInputContents: RAW_CONTENTS,
      raw_output_contents: RAW_CONTENTS,
      rawOutputContents: RAW_CONTENTS,
      parameters: SKIPPED,
    }),
    tensor: createKeys({
      name: NAME,
      shape: SHAPE,
      datatype: DATATYPE,
      data: DATA,
      contents: CONTENTS,
      parameters: PARAMETERS,
    }),
    parameters: createKeys({
      binary_data_size: BINARY_SIZE,
      content_type: CONTENT_TYPE,
      binary_data: SKIPPED,
    }),
    contents: createKeys({
      bytes_contents: BYTES_CONTENTS,
      bytesContents: BYTES_CONTENTS,
      ...codesOf(["bool", "int", "int64", "uint", "uint64", "fp32", "fp64"]),
    }),
    none: createKeys({}),
  };
}

function codesOf(types: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    types.flatMap((type) => [
      [`${type}_contents`, OTHER_CONTENTS],
      [`${type}Contents`, OTHER_CONTENTS],
    ]),
  );
}

function createKeys(codes: Readonly<Record<string, number>>): Keys {
  const table = createByteTable();
  const keys = Object.keys(codes).map((key) => new TextEncoder().encode(key));
  for (const [entry, key] of keys.entries()) addCode(table, key, entry);
  return {
    table,
    patterns: keys.map((key) => Uint8Array.of(...key, 0x22)),
    codes: Object.values(codes),
    successors: new Int32Array(keys.length).fill(-1),
    first: -1,
  };
}
