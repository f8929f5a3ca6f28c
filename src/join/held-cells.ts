/** Rows of one piece of memory: more are taken piece by piece, so that nothing is copied and none stays that was needed once. */
const PIECE = 1 << 12;

/** The cells of halves that wait, `width` numbers each. The place of one that no longer waits is taken by the next. */
export class HeldCells {
  readonly width: number;
  private readonly pieces: Float64Array[] = [];
  private readonly free: number[] = [];
  private used = 0;

  constructor(width: number) {
    this.width = width;
  }

  /** Keeps a copy of a half's cells; answers its row. */
  hold(cells: Float64Array): number {
    const row = this.free.pop() ?? this.used++;
    const piece = Math.floor(row / PIECE);
    if (piece === this.pieces.length) this.pieces.push(new Float64Array(PIECE * this.width));
    this.pieces[piece].set(cells, (row % PIECE) * this.width);
    return row;
  }

  /** Copies the cells of a row, to the place of an entry's own. */
  read(row: number, into: Float64Array, entry = 0): void {
    const cells = this.pieces[Math.floor(row / PIECE)];
    const from = (row % PIECE) * this.width;
    const to = entry * this.width;
    for (let i = 0; i < this.width; i++) into[to + i] = cells[from + i];
  }

  /** The half of this row no longer waits. */
  release(row: number): void {
    this.free.push(row);
  }

  /** Nothing waits here any more. What was not needed since the last time goes back. */
  clear(): void {
    this.pieces.length = Math.min(this.pieces.length, Math.ceil(this.used / PIECE));
    this.free.length = 0;
    this.used = 0;
  }
}
