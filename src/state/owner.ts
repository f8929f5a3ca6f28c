import { randomUUID } from "node:crypto";
import { CodedError } from "../config/coded-error.ts";
import type { Clock } from "../runtime/clock.ts";
import { rowKey } from "./lmdb-keys.ts";
import type { LmdbRows } from "./lmdb-rows.ts";
import { placeOf, readJson, seal, unseal, writeJson } from "./sealed.ts";

/**
 * The row that names a store's owner. The socket (owner-socket.ts) keeps out a second process on this host; the row
 * keeps out one on another host that shares the directory, and stops an owner that was pushed aside.
 */
export interface OwnerRow {
  /** Throws STATE_LOCKED if somebody else has taken the store over. Only inside a transaction. */
  assert(): void;
  /** Says once more that this owner lives. */
  beat(): void;
  /** Gives the store up, for the next owner to take at once. */
  release(): void;
}

/** An owner on another host that was silent for this long is gone; ms. */
const SILENT_AFTER = 30_000;

const KEY = rowKey("owner");
const PLACE = placeOf(KEY);

export function takeOwnerRow(rows: LmdbRows, options: { clock: Clock; path: string; self: Owner }): OwnerRow {
  const { clock, path } = options;
  const self = { token: randomUUID(), ...options.self };
  let mine: Uint8Array = new Uint8Array(0);
  const write = (): void => {
    const row = seal(writeJson({ ...self, seen: clock.tick().now }), PLACE);
    rows.put(KEY, row);
    mine = row;
  };
  const assert = (): void => {
    const there = rows.peek(KEY);
    if (there === undefined || Buffer.compare(there, mine) !== 0) throw locked(path, readOwner(there));
  };
  rows.transact(() => {
    refuseOther(rows.peek(KEY), { path, host: self.host, now: clock.tick().now });
    write();
  });
  return {
    assert,
    beat: () =>
      rows.transact(() => {
        assert();
        write();
      }),
    release: () =>
      rows.transact(() => {
        assert();
        rows.remove(KEY);
      }),
  };
}

/** Throws STATE_LOCKED where a row says that an owner on another host is alive. */
export function refuseOther(
  sealed: Uint8Array | undefined,
  { path, host, now }: { path: string; host: string | undefined; now: number },
): void {
  const other = readOwner(sealed);
  if (other !== undefined && other.host !== host && now - other.seen < SILENT_AFTER)
    throw locked(path, other);
}

/** Who uses a store, as far as it is known. */
export interface Owner {
  readonly pid?: number;
  readonly host?: string;
}

export function locked(path: string, owner: Owner | undefined): CodedError {
  const process = owner?.pid === undefined ? "another process" : `process ${owner.pid}`;
  const host = owner?.host === undefined ? "" : ` on ${owner.host}`;
  return new CodedError(
    "STATE_LOCKED",
    `The state store ${path} is in use by ${process}${host}. Stop it, or give this daemon a state.path of its own. A store whose owner died on another host is free after ${SILENT_AFTER / 1000} s.`,
  );
}

function readOwner(sealed: Uint8Array | undefined): (Owner & { seen: number }) | undefined {
  if (sealed === undefined) return undefined;
  // Only this module writes the row, and the seal has been checked.
  return readJson(unseal(sealed, { what: "the owner row", place: PLACE })) as Owner & { seen: number };
}
