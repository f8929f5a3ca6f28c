import type { Counts } from "../e2e/counter.ts";

const SHOWN = 30;

/** Where two recounts differ, a line each, the first of them only: "place: stored, recounted". */
export function differences(stored: Counts, recounted: Counts): string[] {
  const found: string[] = [];
  for (const place of new Set([...stored.keys(), ...recounted.keys()])) {
    const [ours = 0, theirs = 0] = [stored.get(place), recounted.get(place)];
    if (ours !== theirs) found.push(`${place}: ${ours} stored, ${theirs} in the topic`);
  }
  found.sort();
  if (found.length <= SHOWN) return found;
  return [...found.slice(0, SHOWN), `... and ${found.length - SHOWN} more places`];
}
