/**
 * What is known of an id within an age: of each side's first half its event time, what it held, and its state. Fields of an
 * entry; `input` and `output` are where the two sides' three begin.
 */
export const MEETING = { input: 0, output: 3, time: 0, content: 1, state: 2, width: 6 } as const;

/** States of a half are a kind and four times the rows of its record, where it is the first of several. */
export const NONE = 0;
export const OPEN = 1;
export const DONE = 2;
/** A call that failed, and whose request is not there yet. */
export const FAILED_CALL = 3;

export function kindOf(state: number): number {
  return state % 4;
}

export function rowsOf(state: number): number {
  return Math.floor(state / 4);
}

export function stateOf(kind: number, rows: number): number {
  return kind + 4 * rows;
}
