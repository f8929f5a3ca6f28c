import { expect, it } from "vitest";
import { cutId, readShownId } from "../../src/event/shown-id.ts";

const RANK = "0123456789abcdef";

function spanOf(text: string) {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, stop: bytes.length, hash: 0 };
}

it("tells ids whole, and of very long ones the beginning and the hash", () => {
  for (const id of ["7", "ö".repeat(1_024), `${"a".repeat(100)}-1`])
    expect(readShownId(spanOf(id), RANK)).toBe(id);
  expect(readShownId(spanOf("ö".repeat(5_000)), RANK)).toBe(`${"ö".repeat(1_024)}…${RANK}`);
  expect(readShownId(spanOf("b".repeat(1_025)), RANK)).toBe(`${"b".repeat(1_024)}…${RANK}`);
});

it("cuts no character in two", () => {
  expect(cutId("abcd", RANK, 4)).toBe("abcd");
  expect(cutId("abcde", RANK, 4)).toBe(`abcd…${RANK}`);
  expect(cutId("abc😀e", RANK, 4)).toBe(`abc…${RANK}`);
});
