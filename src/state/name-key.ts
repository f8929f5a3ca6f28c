/** One string for several names, whatever they hold: parts are prefixed by their length, so that no two lists share one. */
export function nameKey(parts: readonly (string | number)[]): string {
  let key = "";
  for (const part of parts) key += typeof part === "number" ? `#${part};` : `${part.length}:${part}`;
  return key;
}
