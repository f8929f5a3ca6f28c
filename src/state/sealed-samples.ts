import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { openBytes, packBytes } from "../counts/packed.ts";
import { isSampleLayout, SAMPLE_RECORDS } from "../window/learning-plan.ts";
import type { Store } from "./store.ts";

/**
 * The store, but that rows which are kept while a reference is learnt of them are encrypted under the key, so that whoever gets
 * hold of the store alone reads none. AES-256-GCM: what was changed, or is of another key, stays sealed.
 * @param key 32 bytes
 */
export function sealSamples(store: Store, key: Uint8Array): Store {
  return {
    ...store,
    commit: (commit) =>
      store.commit({
        ...commit,
        panes: commit.panes.map((pane) =>
          isSampleLayout(pane.layout) ? { ...pane, packed: seal(pane.packed, key) } : pane,
        ),
      }),
    async readPanes(range) {
      const panes = await store.readPanes(range);
      if (!isSampleLayout(range.layout)) return panes;
      return panes.map((pane) => ({ ...pane, packed: unseal(pane.packed, key) }));
    },
    async readJudgement(names) {
      const recorded = await store.readJudgement(names);
      return new Map(
        [...recorded].map(([name, blob]) => [
          name,
          name.startsWith(SAMPLE_RECORDS) ? unseal(blob, key) : blob,
        ]),
      );
    },
    writeJudgement: (changes) =>
      store.writeJudgement(
        new Map(
          [...changes].map(([name, blob]) => {
            const isSecret = blob !== null && name.startsWith(SAMPLE_RECORDS);
            return [name, isSecret ? seal(blob, key) : blob];
          }),
        ),
      ),
  };
}

const CIPHER = "aes-256-gcm";
const NONCE = 12;
const TAG = 16;

/** Stands where the plain bytes would, and is JSON as they are, for whoever looks whether the store is sound. */
interface Sealed {
  /** Nonce, tag and text, in base64. */
  readonly sealed: string;
}

function seal(packed: Uint8Array, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce);
  const text = Buffer.concat([cipher.update(openBytes(packed)), cipher.final()]);
  const sealed: Sealed = { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64") };
  return packBytes(new TextEncoder().encode(JSON.stringify(sealed)));
}

function unseal(packed: Uint8Array, key: Uint8Array): Uint8Array {
  // Written by `seal`, or plain by a daemon that had no key.
  const { sealed } = JSON.parse(new TextDecoder().decode(openBytes(packed))) as Partial<Sealed>;
  if (sealed === undefined) return packed;
  const bytes = Buffer.from(sealed, "base64");
  const cipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE));
  cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  try {
    return packBytes(Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]));
  } catch {
    // Of another key, or changed since: left as it is, which only matters to whoever still wants to read it, and says so.
    return packed;
  }
}
