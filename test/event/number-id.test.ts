import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSpan, setSpan } from "../../src/event/byte-table.ts";
import { createIdDigits, normalizeId } from "../../src/event/number-id.ts";

function normalized(text: string, as: "hex" | "decimal"): string | undefined {
  const span = createSpan();
  const bytes = Buffer.from(`<${text}>`);
  setSpan(span, bytes, 1, bytes.length - 1);
  if (!normalizeId(span, as, createIdDigits())) return undefined;
  return Buffer.from(span.bytes.subarray(span.start, span.stop)).toString();
}

describe("normalizeId", () => {
  it("makes one text of what is written in hex and in decimal", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
        const hex = id.toString(16);
        expect(normalized(hex, "hex")).toBe(String(id));
        expect(normalized(hex.padStart(16, "0").toUpperCase(), "hex")).toBe(String(id));
        expect(normalized(hex.padStart(32, "0"), "hex")).toBe(String(id));
        expect(normalized(String(id), "decimal")).toBe(String(id));
        expect(normalized(`000${String(id)}`, "decimal")).toBe(String(id));
      }),
    );
  });

  it.each(["", "0x1f", "12g4", "-1", "11112222333344445", "0g", " 1"])("refuses %j as hex", (text) => {
    expect(normalized(text, "hex")).toBeUndefined();
  });

  it.each([
    "",
    "-1",
    "1.0",
    "1e3",
    "ff",
    "18446744073709551616",
    "99999999999999999999",
    "184467440737095516150",
  ])("refuses %j as decimal", (text) => {
    expect(normalized(text, "decimal")).toBeUndefined();
  });

  it("takes the greatest and the least", () => {
    expect(normalized("18446744073709551615", "decimal")).toBe("18446744073709551615");
    expect(normalized("ffffffffffffffff", "hex")).toBe("18446744073709551615");
    expect(normalized("0", "hex")).toBe("0");
    expect(normalized("0000", "decimal")).toBe("0");
    expect(normalized("0".repeat(32), "hex")).toBe("0");
  });
});
