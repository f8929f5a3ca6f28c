import * as fc from "fast-check";
import { expect, it } from "vitest";
import { DECIMAL_ROOM, writeDecimal } from "../../src/event/decimal.ts";

function decimal(value: bigint): string {
  const into = new Uint8Array(DECIMAL_ROOM + 2).fill(0x78);
  const stop = writeDecimal(Number(value >> 32n), Number(value & 0xffffffffn), into, 1);
  return Buffer.from(into.subarray(1, stop)).toString();
}

it("writes every whole number of 64 bits as BigInt does", () => {
  const edges = [
    0n,
    1n,
    9n,
    10n,
    9_999n,
    10_000n,
    2n ** 53n,
    10n ** 19n,
    2n ** 63n,
    2n ** 64n - 1n,
    10_000n ** 4n,
  ];
  for (const value of edges) expect(decimal(value)).toBe(String(value));
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.integer({ min: 0, max: 63 }),
      (value, shift) => {
        expect(decimal(value >> BigInt(shift))).toBe(String(value >> BigInt(shift)));
      },
    ),
    { numRuns: 1_000 },
  );
});
