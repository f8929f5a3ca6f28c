/** What was admitted before, then what is seen for the first time, up to `keep`; a lower `keep` takes nobody's place away. */
export function admitInOrder(
  admitted: readonly string[],
  seen: readonly string[],
  keep: number,
): readonly string[] {
  return [...new Set([...admitted, ...seen])].slice(0, Math.max(keep, admitted.length));
}
