import { parseDuration } from "../../config/quantity.ts";

/** In ms. The schema has checked how it is written; nothing lasts 0. */
export function durationOf(text: string | undefined): number {
  return text === undefined ? 0 : (parseDuration(text) ?? 0);
}
