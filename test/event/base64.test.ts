import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "../../src/event/base64.ts";

function decode(text: string): string | undefined {
  const into = new Uint8Array(text.length + 2);
  const length = decodeBase64(Buffer.from(`<${text}>`, "latin1"), 1, text.length + 1, into);
  return length < 0 ? undefined : Buffer.from(into.subarray(0, length)).toString("hex");
}

describe("decodeBase64", () => {
  it("reads what Buffer writes, padded or not, in either alphabet", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const hex = Buffer.from(bytes).toString("hex");
        const text = Buffer.from(bytes).toString("base64");
        expect(
          [text, text.replaceAll("=", ""), Buffer.from(bytes).toString("base64url")].map(decode),
        ).toEqual([hex, hex, hex]);
      }),
    );
  });

  it.each(["A", "AAAAA", "A===", "AA=", "AAA==", "AA=A", "AA==AAAA", "AA\n=", "é", "AA A", "="])(
    "refuses %j",
    (text) => {
      expect(decode(text)).toBeUndefined();
    },
  );
});
