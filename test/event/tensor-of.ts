import {
  createTensor,
  createTensorBody,
  MISSING,
  NUMBER,
  BOOLEAN,
  OTHER,
  TEXT,
} from "../../src/event/tensor-body.ts";
import type { Tensor, TensorBody } from "../../src/event/tensor-body.ts";

type Cell = number | string | boolean | bigint | null | object;

/** A tensor by its rows; a bigint is a number whose digits are kept, an object is what no column takes. */
export function tensorOf(name: string, datatype: string, rows: readonly (readonly Cell[])[]): Tensor {
  const tensor = createTensor();
  const cells = rows.flat();
  const texts = cells.map((cell) =>
    typeof cell === "string" || typeof cell === "bigint" ? String(cell) : "",
  );
  tensor.name = name;
  tensor.datatype = datatype;
  tensor.rows = rows.length;
  tensor.width = rows[0]?.length ?? 0;
  tensor.stride = tensor.width;
  tensor.states = Uint8Array.from(cells, stateOf);
  tensor.numbers = Float64Array.from(cells, (cell) =>
    stateOf(cell) === TEXT || cell === null || typeof cell === "object" ? NaN : Number(cell),
  );
  tensor.hasTexts = texts.some((text) => text !== "") || cells.includes("");
  tensor.bytes = Buffer.from(texts.join(""));
  tensor.starts = new Int32Array(cells.length).fill(-1);
  tensor.stops = new Int32Array(cells.length);
  let at = 0;
  for (const [i, text] of texts.entries()) {
    const length = Buffer.byteLength(text);
    if (typeof cells[i] === "string" || typeof cells[i] === "bigint") tensor.starts[i] = at;
    at += length;
    tensor.stops[i] = at;
  }
  return tensor;
}

function stateOf(cell: Cell): number {
  if (cell === null) return MISSING;
  if (typeof cell === "number" || typeof cell === "bigint") return NUMBER;
  if (typeof cell === "boolean") return BOOLEAN;
  return typeof cell === "string" ? TEXT : OTHER;
}

export function bodyOf(
  kind: TensorBody["kind"],
  tensors: readonly Tensor[],
  given: Partial<TensorBody> = {},
): TensorBody {
  const rows = Math.max(0, ...tensors.map((tensor) => tensor.rows));
  return { ...createTensorBody(), kind, rows, count: tensors.length, tensors: [...tensors], ...given };
}
