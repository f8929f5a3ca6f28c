import { array, assert, boolean, constantFrom, jsonValue, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { saysLines, splitItems } from "../../src/stream/http-items.ts";

const LIMITS = { isLines: false, most: 1_000 };

function items(text: string, options: Partial<typeof LIMITS> = {}): string[] | undefined {
  const found = splitItems(Buffer.from(text), { ...LIMITS, ...options });
  return found?.map((item) => Buffer.from(item).toString());
}

describe("splitItems", () => {
  it.each([
    ["an object", '{"a":[1,2]}', ['{"a":[1,2]}']],
    ["an object of several lines", '{\n "a": 1\n}\n', ['{\n "a": 1\n}']],
    ["an array", ' [{"a":1}, {"b":"],[\\""} ,3]\n', ['{"a":1}', '{"b":"],[\\""}', "3"]],
    ["an array in an array", "[[1,2],[3]]", ["[1,2]", "[3]"]],
    ["an empty array", "[ \n ]", []],
    ["nothing", " \n", []],
    ["JSON lines", '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ["lines of which one is broken", '{"a":1}\n{"b":\n{"c":3}', ['{"a":1}', '{"b":', '{"c":3}']],
    ["an item that is no JSON", '[{"a":NaN},{"b":1}]', ['{"a":NaN}', '{"b":1}']],
    ["an item that is missing", "[1,,2]", ["1", "", "2"]],
    ["a value that never ends", '[{"a":1},{"b":', ['[{"a":1},{"b":']],
    ["a text that never ends", '{"a":"\\"}', ['{"a":"\\"}']],
    ["a byte order mark", '\uFEFF{"a":1}', ['{"a":1}']],
    ["a number", "17", ["17"]],
    ["a text", '"a b"', ['"a b"']],
    ["no JSON at all", "id=7&x=8", ["id=7&x=8"]],
    ["zero bytes", "\0\0\0", ["\0\0\0"]],
    ["a line of zero bytes, as a disk leaves it", '{"a":1}\n\0\0\n{"b":2}', ['{"a":1}', "\0\0", '{"b":2}']],
    ["a sequence of texts", '\x1E{"a":1}\n\x1E{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ])("tells %s by its bytes", (_, body, expected) => {
    expect(items(body)).toEqual(expected);
  });

  it("takes every line for an item where the content type says so", () => {
    expect(items('[1,2]\n{"a":\n', { isLines: true })).toEqual(["[1,2]", '{"a":']);
    expect(saysLines("application/x-ndjson; charset=utf-8")).toBe(true);
    expect(saysLines("application/json")).toBe(false);
  });

  it("refuses more items than it may have", () => {
    expect(items("[1,2,3]", { most: 3 })).toHaveLength(3);
    expect(items("[1,2,3,4]", { most: 3 })).toBeUndefined();
    expect(items("1\n2\n3\n4", { most: 3 })).toBeUndefined();
  });

  it("cuts what JSON.stringify writes where it must be cut", () => {
    assert(
      property(array(jsonValue(), { minLength: 1 }), constantFrom(0, 2), (values, indent) => {
        expect(items(JSON.stringify(values, null, indent))?.map((item) => JSON.parse(item))).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });

  it("throws on no bytes whatever", () => {
    assert(
      property(uint8Array({ maxLength: 60 }), boolean(), (bytes, isLines) => {
        expect(splitItems(bytes, { isLines, most: 1_000 })).toBeDefined();
      }),
    );
  });
});
