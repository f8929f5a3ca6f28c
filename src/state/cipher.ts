import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const SALT = 16;
const NONCE = 12;
const TAG = 16;

/** Encrypts and decrypts under one key. AES-256-GCM: what was changed, or is of another key, stays closed. */
export interface Cipher {
  /** Salt, nonce, tag and text. */
  close(plain: Uint8Array): Uint8Array;
  /** Undefined where it is of another key, or is not as it was closed. */
  open(closed: Uint8Array): Uint8Array | undefined;
}

/**
 * Every cipher has a key of its own, made of the given one and 16 random bytes, and counts its nonces: so many are closed in a
 * year that random nonces of 96 bits would come twice (NIST SP 800-38D, 8.3).
 * @param key 32 bytes
 */
export function createCipher(key: Uint8Array): Cipher {
  const salt = randomBytes(SALT);
  const own = deriveKey(key, salt);
  let other = { salt, key: own };
  let count = 0;
  return {
    close(plain) {
      const nonce = Buffer.alloc(NONCE);
      nonce.writeUIntLE((count += 1), 0, 6);
      const cipher = createCipheriv(CIPHER, own, nonce);
      const text = cipher.update(plain);
      cipher.final();
      return Buffer.concat([salt, nonce, cipher.getAuthTag(), text]);
    },
    open(closed) {
      if (closed.length < SALT + NONCE + TAG) return undefined;
      const bytes = Buffer.from(closed.buffer, closed.byteOffset, closed.length);
      const of = bytes.subarray(0, SALT);
      if (!of.equals(other.salt)) other = { salt: Buffer.from(of), key: deriveKey(key, of) };
      const text = SALT + NONCE + TAG;
      const cipher = createDecipheriv(CIPHER, other.key, bytes.subarray(SALT, SALT + NONCE));
      cipher.setAuthTag(bytes.subarray(SALT + NONCE, text));
      try {
        const plain = cipher.update(bytes.subarray(text));
        cipher.final();
        return plain;
      } catch {
        // Which of both it is cannot be told; whoever asked says what follows.
        return undefined;
      }
    },
  };
}

function deriveKey(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(salt).digest();
}
