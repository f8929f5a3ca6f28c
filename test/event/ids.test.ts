import { createHmac, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSpan, setSpan } from "../../src/event/byte-table.ts";
import { createDecoder } from "../../src/event/decoder.ts";
import { createSipHash, deriveKeys, hashCategory, hashId, publicKeys } from "../../src/event/ids.ts";
import { cellsOf, columnOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

function sipHash(key: Uint8Array, bytes: Uint8Array): string {
  const sip = createSipHash(key);
  const span = createSpan();
  setSpan(span, bytes, 0, bytes.length);
  hashId(sip, span);
  return sip.high.toString(16).padStart(8, "0") + sip.low.toString(16).padStart(8, "0");
}

describe("hashId", () => {
  // The vectors of the reference implementation: key 00 01 .. 0f, message 00 01 .. of the length.
  it.each([
    [0, "726fdb47dd0e0e31"],
    [1, "74f839c593dc67fd"],
    [2, "0d6c8009d9a94f5a"],
    [3, "85676696d7fb7e2d"],
    [4, "cf2794e0277187b7"],
    [5, "18765564cd99a68d"],
    [6, "cbc9466e58fee3ce"],
    [7, "ab0200f58b01d137"],
    [8, "93f5f5799a932462"],
    [9, "9e0082df0ba9e4b0"],
    [15, "a129ca6149be45e5"],
    [63, "958a324ceb064572"],
  ])("is SipHash-2-4 of %d bytes", (length, expected) => {
    const key = Uint8Array.from({ length: 16 }, (_, i) => i);
    expect(
      sipHash(
        key,
        Uint8Array.from({ length }, (_, i) => i),
      ),
    ).toBe(expected);
  });
});

describe("deriveKeys", () => {
  it("is HKDF-SHA-256", () => {
    const secret = Buffer.from("a secret of any length");
    const keys = deriveKeys(secret);
    const pii = hkdfSync("sha256", secret, "", "driftd pii category", 32);
    expect(Buffer.from(keys.pii)).toEqual(Buffer.from(pii));
    const id = hkdfSync("sha256", secret, "", "driftd event id", 16);
    expect(Buffer.from(keys.id)).toEqual(Buffer.from(id));
    expect(keys.keyId).toMatch(/^[0-9a-f]{16}$/);
    expect(deriveKeys(Buffer.from("another")).keyId).not.toBe(keys.keyId);
  });
});

describe("a pii column", () => {
  const key = publicKeys();
  const name = (text: string) => hashCategory(key.pii, Buffer.from(text));

  it("holds keyed hashes of its values", () => {
    expect(name("4111")).toBe(createHmac("sha256", key.pii).update("4111").digest("hex").slice(0, 32));
    const plan = planOf([
      columnOf({ name: "card", type: "category", pii: true, categories: [name("4111"), name("ä")] }),
    ]);
    const decoder = createDecoder({
      stream: streamOf(),
      plans: [plan],
      key,
      limits: { maxRecordBytes: 1_000 },
    });
    const values = ["ä", "4111", "\\u00e4", "4112", "4111", name("4111")];
    const records = recordsOf(values.map((value) => `{"features":{"card":"${value}"}}`));
    const [batch] = decoder.decode(records, { now: NOW }).batches;
    const seen = values.map((_, row) => cellsOf(batch, row)[0]);
    expect(seen).toEqual([name("ä"), name("4111"), name("ä"), "unseen", name("4111"), "unseen"]);
  });

  it("learns hashes, never values", () => {
    const plan = planOf([columnOf({ name: "card", type: "category", pii: true, learn: true })]);
    const decoder = createDecoder({
      stream: streamOf(),
      plans: [plan],
      key,
      limits: { maxRecordBytes: 1_000 },
    });
    const [batch] = decoder.decode(
      recordsOf([{ features: { card: "4111" } }, { features: { card: "4111" } }]),
      { now: NOW },
    ).batches;
    const [column] = batch.columns;
    expect(column.type === "category" ? column.categories : []).toEqual([name("4111")]);
  });
});
