/** A piece of a text table. Most cells are never asked for as text, and then the piece is decoded once for all of them. */
export interface TextPiece {
  readonly bytes: Uint8Array;
  readonly isAscii: boolean;
  text?: string;
}

/** A column of a text table (csv) as runs of UTF-8: numbers and categories are read from them without a text per cell. */
export interface TextCells {
  readonly piece: TextPiece;
  /** Row by row and in it field by field: where the cell begins, and where it stops. */
  readonly spans: Int32Array;
  readonly fields: number;
  /** Which of the row's fields is this column. */
  readonly field: number;
}

/** The cells of the rows from `from` to before `to`. */
export function sliceCells(cells: TextCells, from: number, to: number): TextCells {
  const width = 2 * cells.fields;
  return { ...cells, spans: cells.spans.subarray(from * width, to * width) };
}

export function textOfCell({ piece, spans, fields, field }: TextCells, row: number): string {
  const at = 2 * (row * fields + field);
  const start = spans[at];
  const stop = spans[at + 1];
  if (!piece.isAscii) return UTF8.decode(piece.bytes.subarray(start, stop));
  piece.text ??= LATIN1.decode(piece.bytes);
  return piece.text.slice(start, stop);
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** Every byte is one character, so that positions stay. */
const LATIN1 = new TextDecoder("latin1");
