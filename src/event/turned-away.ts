import { headerBytes } from "./records.ts";
import type { RecordHeaders } from "./records.ts";

/** Why a request was turned away unread: there was no room for it, or it was too large to be a record. */
export type TurnedAwayWhy = "overflow" | "oversize";

/** What a topic says of such a request, in a record without a value, so that it is counted with those that were read. */
export const TURNED_AWAY = "driftd-turned-away";

/** Why, as the headers of a record without a value say; undefined where they do not. */
export function turnedAwayWhy(headers: RecordHeaders | undefined): TurnedAwayWhy | undefined {
  const value = headers?.[TURNED_AWAY];
  if (typeof value !== "string" && !(value instanceof Uint8Array)) return undefined;
  const why = Buffer.from(headerBytes(value)).toString("latin1");
  return why === "overflow" || why === "oversize" ? why : undefined;
}
