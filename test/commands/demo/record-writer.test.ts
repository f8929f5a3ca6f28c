import { describe, expect, it } from "vitest";
import {
  beginRecord,
  openRecordWriter,
  takeBatch,
  writeDecimal,
  writeInteger,
  writeText,
} from "../../../src/commands/demo/record-writer.ts";

describe("record writer", () => {
  it("writes numbers as JSON reads them", () => {
    const writer = openRecordWriter("s");
    const integers = [0, 7, 10, 99, 100, -5, 980_989_200_000, Number.MAX_SAFE_INTEGER];
    for (const value of integers) {
      beginRecord(writer, 0);
      writeInteger(writer, value);
    }
    const decimals = [0, 0.5, 0.21894, 0.99996, 0.00004, 12.3456];
    for (const value of decimals) {
      beginRecord(writer, 0);
      writeDecimal(writer, value, 4);
    }
    const written = takeBatch(writer).values.map((value) => JSON.parse(String(value)));
    expect(written).toEqual([...integers, 0, 0.5, 0.2189, 1, 0, 12.3456]);
  });

  it("grows with the batch and begins again after it", () => {
    const writer = openRecordWriter("s");
    for (let i = 0; i < 5000; i++) {
      beginRecord(writer, i);
      writeText(writer, `"${"x".repeat(200)}${i}"`);
    }
    const first = takeBatch(writer);
    expect(first.count).toBe(5000);
    expect(JSON.parse(String(first.values[4321]))).toBe(`${"x".repeat(200)}4321`);
    expect(first.timestamps[4321]).toBe(4321);
    beginRecord(writer, 9);
    writeText(writer, "true");
    const second = takeBatch(writer);
    expect(second.offsets[0]).toBe(5000);
    expect(String(second.values[0])).toBe("true");
    expect(takeBatch(writer).count).toBe(0);
  });
});
