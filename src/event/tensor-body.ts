import { createSpan, setSpan } from "./byte-table.ts";
import type { ByteSpan } from "./byte-table.ts";

/** What stands in a cell of a tensor. */
export const MISSING = 0;
export const NUMBER = 1;
export const BOOLEAN = 2;
export const TEXT = 3;
/** A value that no column can take: an object, bytes that are not UTF-8. */
export const OTHER = 4;

const NO_BYTES = new Uint8Array(0);
const NO_SPANS = new Int32Array(0);
const FIRST_CELLS = 16;

/** A request to a model server, or what it answered, as tensors. One is reused from body to body. */
export interface TensorBody {
  kind: "request" | "response" | "error";
  /** Texts of UTF-8, empty where the body has none. */
  readonly id: ByteSpan;
  readonly model: ByteSpan;
  readonly version: ByteSpan;
  /** How many inferences the body is; 0 is a legal batch. */
  rows: number;
  /** How many of `tensors` are meaningful. */
  count: number;
  /** In the body's order. The objects and their arrays are those of earlier bodies. */
  readonly tensors: Tensor[];
}

/**
 * The cells of one tensor, row-major: cell i of a row stands at `row * stride + i`, for i from 0 to width - 1. Dimensions
 * after the first are flattened into the row. Arrays may be longer than the cells are; they are replaced as they grow.
 */
export interface Tensor {
  /** The key, where rows are objects; `instances` or `predictions` for rows without names. */
  name: string;
  /** As Open Inference Protocol V2 calls it (FP32, INT64, BYTES...); "" in V1, which has none. */
  datatype: string;
  /** Its own number of rows: that of the body, or 1 where `stride` is 0, or any where it has no cells. */
  rows: number;
  /** Cells of a row; 0 where the tensor has no cells. */
  width: number;
  /** At least `width`; 0 where the tensor has one row beside others with several: then that row is every row's. */
  stride: number;
  /** MISSING, NUMBER, BOOLEAN, TEXT or OTHER. */
  states: Uint8Array;
  /** NaN unless NUMBER or BOOLEAN (0, 1); a NUMBER may be NaN or infinite, as it was sent. */
  numbers: Float64Array;
  /** Whether any cell has a text; only then `starts`, `stops` and `bytes` mean something (see textStart). */
  hasTexts: boolean;
  /** Where the cell's text stands in `bytes`, -1 if it has none. A TEXT has one, without escapes; and a whole NUMBER beyond 2^53, whose digits are rounded in `numbers`. */
  starts: Int32Array;
  stops: Int32Array;
  bytes: Uint8Array;
}

export function createTensorBody(): TensorBody {
  const [id, model, version] = [createSpan(), createSpan(), createSpan()];
  return { kind: "request", id, model, version, rows: 0, count: 0, tensors: [] };
}

/** Where the cell's text begins in `tensor.bytes`, -1 if it has none; it ends before tensor.stops[cell]. */
export function textStart(tensor: Tensor, cell: number): number {
  return tensor.hasTexts ? tensor.starts[cell] : -1;
}

export function resetBody(body: TensorBody): void {
  body.kind = "request";
  setSpan(body.id, NO_BYTES, 0, 0);
  setSpan(body.model, NO_BYTES, 0, 0);
  setSpan(body.version, NO_BYTES, 0, 0);
  body.rows = 0;
  body.count = 0;
}

/** A tensor without cells and without a name. */
export function createTensor(): Tensor {
  return {
    name: "",
    datatype: "",
    rows: 0,
    width: 0,
    stride: 0,
    states: new Uint8Array(FIRST_CELLS),
    numbers: new Float64Array(FIRST_CELLS),
    hasTexts: false,
    starts: NO_SPANS,
    stops: NO_SPANS,
    bytes: NO_BYTES,
  };
}
