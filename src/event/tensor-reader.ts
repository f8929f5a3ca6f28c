import { createBodyKeys } from "./body-keys.ts";
import type { BodyKeys } from "./body-keys.ts";
import { createByteTable, createSpan } from "./byte-table.ts";
import type { ByteSpan, ByteTable } from "./byte-table.ts";
import { MAX_DEPTH } from "./json-skip.ts";
import { createWire } from "./protobuf.ts";
import type { Wire } from "./protobuf.ts";
import { createTensor, createTensorBody, resetBody } from "./tensor-body.ts";
import type { Tensor, TensorBody } from "./tensor-body.ts";

/** The most tensors of one body; a body with more is undecodable. */
const MAX_TENSORS = 16_384;
/** So many cells a body may always have; more only where it has as many bytes. So a few bytes never claim much memory. */
const FREE_CELLS = 1_048_576;
/** What takes more is given back before the next body. */
const KEPT_CELLS = 262_144;
const KEPT_BYTES = 1_048_576;
/** The most dimensions of a tensor. */
export const MAX_RANK = 64;

/** What the readers of bodies work with, all of it used again from body to body. Its `body` is the result. */
export interface TensorReader {
  readonly body: TensorBody;
  /** What is being read. */
  bytes: Uint8Array;
  /** Where texts stand: `bytes`, until one had to be written anew; then a copy with the written ones behind it. */
  texts: Uint8Array;
  /** How much of `texts` is used. */
  textLength: number;
  /** Room for the copy, and for a text that is being written. */
  pool: Uint8Array;
  scratch: Uint8Array;
  /** The most cells that this body may have, and how many the tensors' arrays have room for. */
  limit: number;
  held: number;
  /** Cells of one row of all tensors together, room between rows included, while rows are read one by one. */
  strides: number;
  readonly names: TensorNames;
  /** Room for skipValue. */
  readonly open: Uint8Array;
  readonly number: Float64Array;
  readonly span: ByteSpan;
  /** The declared dimensions of the tensor being read. */
  readonly shape: Float64Array;
  rank: number;
  readonly nesting: Nesting;
  readonly keys: BodyKeys;
  readonly draft: Draft;
  readonly found: Found;
  /** By position of the V2 tensor: bytes of its data behind the JSON, HERE or NO_SIZE; and whether its texts are JSON. */
  readonly sizes: number[];
  readonly holdsJson: boolean[];
  /** Where the raw contents begin and end, in pairs. */
  readonly raw: number[];
  readonly wire: Wire;
}

/** What a JSON body has been found to hold. */
interface Found {
  request: boolean;
  response: boolean;
  isError: boolean;
  /** Outputs that are none: they may be those that a request asks for. */
  isBroken: boolean;
  /** Whether its tensors say how many rows they have. */
  hasShapes: boolean;
  /** Where raw contents begin, -1 if there are none. */
  rawAt: number;
}

/** The V2 tensor that is being read, and which of its members have been met. */
export interface Draft {
  tensor: Tensor;
  /** Position of the tensor; of V1's rows without names, that of theirs. */
  position: number;
  /** How many cells it has so far. */
  cells: number;
  /** The length of the outermost array where its data are nested; ANY_ROWS where they are flat. */
  rows: number;
  isNamed: boolean;
  hasShape: boolean;
  hasDatatype: boolean;
  hasData: boolean;
  /** How many tensors of the body have their data elsewhere. */
  waiting: number;
}

export const ANY_ROWS = -1;
/** Nested data that are not regular fit no shape. */
export const NO_ROWS = -2;
/** The tensor's data stand in the JSON. */
export const HERE = -1;
/** They stand neither there nor, so far as is known, behind it. */
export const NO_SIZE = -2;

/** Names of tensors as bytes: most bodies of a stream name the same ones, and then no string is made. */
export interface TensorNames {
  /** By position of the tensor: the UTF-8 of its name. */
  readonly labels: Uint8Array[];
  /** The name as it stands in JSON, with its closing quote; what cannot stand there if it would need escapes. */
  readonly patterns: Uint8Array[];
  /** How many of the labels, from the first on, are known to differ from each other. */
  known: number;
  /** Positions by label, of the first `indexed` tensors. */
  readonly table: ByteTable;
  indexed: number;
  readonly met: MetNames;
}

/** Names that earlier bodies had, in the order in which they were met: a request and its response take turns. */
export interface MetNames {
  /** Their places by label. */
  readonly table: ByteTable;
  readonly labels: Uint8Array[];
  readonly patterns: Uint8Array[];
  readonly texts: string[];
}

/** How the last value read into cells was nested. */
export interface Nesting {
  /** Position after the last cell. */
  end: number;
  /** How many arrays stood in one another; 0: the value was no array. */
  depth: number;
  /** How many arrays stand around the cells. */
  cellDepth: number;
  /** Whether all arrays of one depth are equally long, and all cells stand at the same depth. */
  isRegular: boolean;
  /** By depth, the length of the first array that was closed there. */
  readonly lengths: Int32Array;
  readonly counts: Int32Array;
}

export function createTensorReader(): TensorReader {
  const none = new Uint8Array(0);
  return {
    body: createTensorBody(),
    bytes: none,
    texts: none,
    textLength: 0,
    pool: none,
    scratch: none,
    limit: FREE_CELLS,
    held: 0,
    strides: 0,
    names: {
      labels: [],
      patterns: [],
      known: 0,
      table: createByteTable(),
      indexed: 0,
      met: { table: createByteTable(), labels: [], patterns: [], texts: [] },
    },
    open: new Uint8Array(MAX_DEPTH),
    number: new Float64Array(1),
    span: createSpan(),
    shape: new Float64Array(MAX_RANK),
    rank: 0,
    nesting: {
      end: 0,
      depth: 0,
      cellDepth: -1,
      isRegular: true,
      lengths: new Int32Array(MAX_DEPTH),
      counts: new Int32Array(MAX_DEPTH),
    },
    keys: createBodyKeys(),
    draft: createDraft(),
    found: { request: false, response: false, isError: false, isBroken: false, hasShapes: false, rawAt: -1 },
    sizes: [],
    holdsJson: [],
    raw: [],
    wire: createWire(),
  };
}

function createDraft(): Draft {
  return {
    tensor: createTensor(),
    position: 0,
    cells: 0,
    rows: ANY_ROWS,
    isNamed: false,
    hasShape: false,
    hasDatatype: false,
    hasData: false,
    waiting: 0,
  };
}

/** Begins a body; the result of the last one is gone. */
export function startBody(reader: TensorReader, bytes: Uint8Array): void {
  const { body, names } = reader;
  if (reader.held > KEPT_CELLS) {
    body.tensors.length = 0;
    names.labels.length = 0;
    names.patterns.length = 0;
    names.known = 0;
    names.indexed = -1;
    reader.held = 0;
  }
  if (reader.pool.length + reader.scratch.length > KEPT_BYTES) {
    reader.pool = new Uint8Array(0);
    reader.scratch = new Uint8Array(0);
  }
  resetBody(body);
  reader.bytes = bytes;
  reader.texts = bytes;
  reader.textLength = bytes.length;
  reader.limit = Math.max(FREE_CELLS, bytes.length);
}

/** The next tensor, without cells; its name is still that of an earlier body. undefined beyond MAX_TENSORS. */
export function addTensor(reader: TensorReader): Tensor | undefined {
  const { body } = reader;
  const at = body.count;
  if (at === MAX_TENSORS) return undefined;
  if (at === body.tensors.length) body.tensors.push(createTensor());
  body.count = at + 1;
  const tensor = body.tensors[at];
  tensor.datatype = "";
  tensor.rows = 0;
  tensor.width = 0;
  tensor.stride = 0;
  tensor.hasTexts = false;
  return tensor;
}
