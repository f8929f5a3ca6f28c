import type { Journal, JournalEntry } from "./journal.ts";

/** A journal that ends with the process. */
export function createMemoryJournal(): Journal {
  let kept: JournalEntry[] = [];
  let position = 0;
  return {
    async append(bytes) {
      kept.push({ position: (position += 1), bytes: new Uint8Array(bytes) });
      return position;
    },
    entries: () => [...kept],
    release(through) {
      kept = kept.filter((entry) => entry.position > through);
    },
    size: () => kept.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}
