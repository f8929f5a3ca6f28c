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

/** The members that are asked for, by the object that they stand in. */
export interface BodyKeys {
  readonly body: ByteTable;
  readonly tensor: ByteTable;
  readonly parameters: ByteTable;
  readonly contents: ByteTable;
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
    }),
    tensor: createKeys({
      name: NAME,
      shape: SHAPE,
      datatype: DATATYPE,
      data: DATA,
      contents: CONTENTS,
      parameters: PARAMETERS,
    }),
    parameters: createKeys({ binary_data_size: BINARY_SIZE, content_type: CONTENT_TYPE }),
    contents: createKeys({
      bytes_contents: BYTES_CONTENTS,
      bytesContents: BYTES_CONTENTS,
      ...codesOf(["bool", "int", "int64", "uint", "uint64", "fp32", "fp64"]),
    }),
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

function createKeys(codes: Readonly<Record<string, number>>): ByteTable {
  const table = createByteTable();
  const encoder = new TextEncoder();
  for (const [key, code] of Object.entries(codes)) addCode(table, encoder.encode(key), code);
  return table;
}
