import type { StreamConfig } from "../config/config.ts";
import { isServerFormat } from "../config/streams-section.ts";
import { explainJson } from "./unreadable.ts";
import type { Unreadable } from "./unreadable.ts";
import { explainServerBody } from "./unreadable-body.ts";

/** Longer records are not looked at again: that would take longer than decoding a thousand others. Bytes. */
const LONGEST = 262_144;

/**
 * What is wrong with a record that was found to be undecodable; undefined where that would take too long to say. Only for the few
 * that somebody is told of.
 */
export function explainUnreadable(value: Uint8Array, format: StreamConfig["format"]): Unreadable | undefined {
  if (value.every((byte) => byte <= 0x20 && byte !== 0)) return "empty";
  if (value[0] === 0x1f && value[1] === 0x8b) return "gzip";
  if (value.length > LONGEST) return undefined;
  return isServerFormat(format) ? explainServerBody(value) : explainJson(value);
}
