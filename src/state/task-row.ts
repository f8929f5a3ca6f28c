import { SEAL_BYTES, sealInPlace, unseal } from "./sealed.ts";

/** What a store keeps of a task beside its panes and entries. */
export interface TaskRow {
  readonly version: number;
  /** Of the last commit or claim; undefined before the first one. */
  readonly commitId: string | undefined;
  readonly state: Uint8Array | undefined;
}

export const UNKNOWN_TASK: TaskRow = { version: 0, commitId: undefined, state: undefined };

const HEAD_BYTES = 16;

/** version: f64; length of the commit id, whether there is a state: u32; commit id in UTF-8; state; all sealed for `place`. */
export function packTask(row: TaskRow, place: number): Uint8Array {
  const { version, commitId = "", state = new Uint8Array(0) } = row;
  const id = new TextEncoder().encode(commitId);
  const sealed = new Uint8Array(SEAL_BYTES + HEAD_BYTES + id.length + state.length);
  const view = new DataView(sealed.buffer, SEAL_BYTES);
  view.setFloat64(0, version, true);
  view.setUint32(8, id.length, true);
  view.setUint32(12, row.state === undefined ? 0 : 1, true);
  sealed.set(id, SEAL_BYTES + HEAD_BYTES);
  sealed.set(state, SEAL_BYTES + HEAD_BYTES + id.length);
  sealInPlace(sealed, place);
  return sealed;
}

/** The state is a view on `sealed`. Throws as `unseal` does. */
export function unpackTask(sealed: Uint8Array, place: number): TaskRow {
  const payload = unseal(sealed, { what: "the state of a task", place });
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const idEnd = HEAD_BYTES + view.getUint32(8, true);
  const hasState = view.getUint32(12, true) === 1;
  return {
    version: view.getFloat64(0, true),
    commitId: new TextDecoder().decode(payload.subarray(HEAD_BYTES, idEnd)),
    state: hasState ? payload.subarray(idEnd) : undefined,
  };
}
