import { createHash } from "node:crypto";
import { Schema, Table, tableFromIPC, tableToIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../src/config/coded-error.ts";
import { referenceId } from "../../src/reference/identity.ts";
import { readReference, writeReference } from "../../src/reference/reference-file.ts";
import { build, plan, random } from "./plain-rows.ts";

const PLAN = plan(
  { name: "amount", type: "number" },
  { name: "region", type: "category" },
  { name: "known", type: "boolean" },
  { name: "prediction.score", type: "number", role: "output" },
  { name: "truth", type: "number", role: "truth" },
);

function reference(rows: number, timed = true) {
  const next = random(5);
  const events = Array.from({ length: rows }, (_, i) => ({
    ...(timed ? { time: Date.UTC(2024, 0, 1) + i * 20_000 } : {}),
    amount: next() < 0.1 ? undefined : 1000 * next() ** 2,
    region: ["eu", "us", "\u{1F30D},é"][Math.floor(3 * next())],
    known: next() < 0.5,
    "prediction.score": next(),
    truth: Number(next() < 0.5),
  }));
  return build(PLAN, events, { segmentBy: [["region"]], keyId: "k1" });
}

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("a reference file", () => {
  const written = reference(400);
  const bytes = writeReference(written);

  it("reads back to the bit", () => {
    expect(readReference(bytes, "m.arrow")).toEqual(written);
  });

  it("holds what has no number: no times, no rows", () => {
    for (const odd of [reference(100, false), reference(0)]) {
      expect(readReference(writeReference(odd), "m.arrow")).toEqual(odd);
    }
  });

  it("is the same bytes for the same content", () => {
    expect(writeReference(reference(400))).toEqual(bytes);
  });

  it("is an Arrow table of one row per segment and column, without raw rows", () => {
    const table = tableFromIPC(bytes);
    expect(table.numRows).toBe(written.segments.length * written.columns.length);
    expect(table.schema.metadata.get("driftd.id")).toBe(written.id);
    expect(table.getChild("segment")?.get(0)).toBe("all");
  });

  it("refuses a flipped bit anywhere, and every truncation", () => {
    const step = Math.ceil(bytes.length / 400);
    for (let at = 0; at < bytes.length; at += step) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << (at & 7);
      expect(errorOf(() => readReference(flipped, "m.arrow"))).toMatchObject({ code: "REFERENCE_INVALID" });
    }
    for (const length of [0, 1, 100, bytes.length >> 1, bytes.length - 8, bytes.length - 1]) {
      const error = errorOf(() => readReference(bytes.subarray(0, length), "m.arrow"));
      expect(error).toBeInstanceOf(CodedError);
      expect(error).toMatchObject({ code: "REFERENCE_INVALID" });
    }
  });

  it("says which file is damaged and what to do", () => {
    const flipped = bytes.slice();
    flipped[bytes.length >> 1] ^= 1;
    expect(() => readReference(flipped, "models/m.arrow")).toThrow(
      /models\/m\.arrow is damaged.*build it anew with driftd reference build/,
    );
  });

  it("tells a file of another kind from a damaged one", () => {
    const rows = new TextEncoder().encode("time,amount\n1,2\n");
    expect(() => readReference(rows, "rows.csv")).toThrow(
      /^rows\.csv is no reference of driftd\. Name a file/,
    );
  });

  it.each([
    ["1", "m.arrow has format 1, of an earlier driftd. Build it anew."],
    ["99", "m.arrow has format 99, which this driftd does not know. Build it anew, or take a later driftd."],
  ])("of format %s says whether to build it anew", (format, message) => {
    const table = tableFromIPC(writeReference(written));
    const metadata = new Map(table.schema.metadata).set("driftd.format", format);
    const other = new Table(new Schema(table.schema.fields, metadata), table.batches);
    expect(errorOf(() => readReference(tableToIPC(other, "file"), "m.arrow"))).toMatchObject({
      code: "REFERENCE_INVALID",
      message,
    });
  });

  it("of the format before, which had no fields, reads as it was written", () => {
    const table = tableFromIPC(writeReference(written));
    const metadata = new Map(table.schema.metadata).set("driftd.format", "3");
    const checksum = metadata.get("driftd.checksum") ?? "";
    metadata.set("driftd.checksum", "0".repeat(64));
    const blank = tableToIPC(new Table(new Schema(table.schema.fields, metadata), table.batches), "file");
    const digest = createHash("sha256").update(blank).digest("hex");
    expect(digest).not.toBe(checksum);
    const text = Buffer.from(blank).toString("latin1").replaceAll("0".repeat(64), digest);
    expect(readReference(Buffer.from(text, "latin1"), "m.arrow")).toEqual(written);
  });

  it("keeps what fields its records had", () => {
    const field = { name: "a", pointer: "/features/a", parent: "/features", counts: [1, 2], absent: 3 };
    const fields = {
      layout: "0123456789abcdef",
      sampled: 6,
      fields: [{ ...field, values: ["x", "é"], rest: 1 }],
    };
    const { id: _id, ...content } = { ...written, fields };
    const id = referenceId(content);
    expect(id).not.toBe(written.id);
    expect(readReference(writeReference({ id, ...content }), "m.arrow")).toEqual({ id, ...content });
  });

  it("refuses content under the id of another", () => {
    const forged = writeReference({ ...written, rows: written.rows + 1 });
    expect(() => readReference(forged, "m.arrow")).toThrow(/damaged/);
  });
});
