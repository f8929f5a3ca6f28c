import { openBytes, packBytes } from "../counts/packed.ts";
import { createCipher, type Cipher } from "./cipher.ts";
import { isSampleLayout, SAMPLE_RECORDS } from "../window/learning-plan.ts";
import type { Store } from "./store.ts";

/**
 * The store, but that rows which are kept while a reference is learnt of them are encrypted under the key, so that whoever gets
 * hold of the store alone reads none.
 * @param key 32 bytes
 */
export function sealSamples(store: Store, key: Uint8Array): Store {
  const cipher = createCipher(key);
  return {
    ...store,
    commit: (commit) =>
      store.commit({
        ...commit,
        panes: commit.panes.map((pane) =>
          isSampleLayout(pane.layout) ? { ...pane, packed: seal(pane.packed, cipher) } : pane,
        ),
      }),
    async readPanes(range) {
      const panes = await store.readPanes(range);
      if (!isSampleLayout(range.layout)) return panes;
      return panes.map((pane) => ({ ...pane, packed: unseal(pane.packed, cipher) }));
    },
    async readJudgement(names) {
      const recorded = await store.readJudgement(names);
      return new Map(
        [...recorded].map(([name, blob]) => [
          name,
          name.startsWith(SAMPLE_RECORDS) ? unseal(blob, cipher) : blob,
        ]),
      );
    },
    writeJudgement: (changes) =>
      store.writeJudgement(
        new Map(
          [...changes].map(([name, blob]) => {
            const isSecret = blob !== null && name.startsWith(SAMPLE_RECORDS);
            return [name, isSecret ? seal(blob, cipher) : blob];
          }),
        ),
      ),
  };
}

/** Stands where the plain bytes would, and is JSON as they are, for whoever looks whether the store is sound. */
interface Sealed {
  /** What the cipher made of it, in base64. */
  readonly sealed: string;
}

function seal(packed: Uint8Array, cipher: Cipher): Uint8Array {
  const sealed: Sealed = { sealed: Buffer.from(cipher.close(openBytes(packed))).toString("base64") };
  return packBytes(new TextEncoder().encode(JSON.stringify(sealed)));
}

function unseal(packed: Uint8Array, cipher: Cipher): Uint8Array {
  // Written by `seal`, or plain by a daemon that had no key.
  const { sealed } = JSON.parse(new TextDecoder().decode(openBytes(packed))) as Partial<Sealed>;
  if (sealed === undefined) return packed;
  const plain = cipher.open(Buffer.from(sealed, "base64"));
  // Of another key, or changed since: left as it is, which only matters to whoever still wants to read it, and says so.
  return plain === undefined ? packed : packBytes(plain);
}
