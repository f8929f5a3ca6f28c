import { CodedError } from "../config/coded-error.ts";
import { createCipher } from "./cipher.ts";
import type { Journal } from "./journal.ts";

/**
 * The journal, but that its entries are encrypted: records stand in it as they came.
 * @param key 32 bytes
 */
export function sealJournal(journal: Journal, key: Uint8Array): Journal {
  const cipher = createCipher(key);
  return {
    append: (bytes) => journal.append(cipher.close(bytes)),
    *entries() {
      for (const { position, bytes } of journal.entries()) {
        const plain = cipher.open(bytes);
        if (plain === undefined) throw new CodedError("STATE_UNFIT", OTHER_KEY);
        yield { position, bytes: plain };
      }
    },
    release: (position) => journal.release(position),
    size: () => journal.size(),
  };
}

const OTHER_KEY =
  "The state directory's journal holds records that were acknowledged and may not have been counted yet, encrypted under another " +
  "key. Start driftd once more with the privacy.keyFile that it had, and stop it (SIGTERM): then nothing is left in the journal. " +
  "To lose those records, delete journal-* from the state directory.";
