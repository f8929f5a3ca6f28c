import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf, columnOf, decoderOf, planOf, recordsOf, streamOf, NOW } from "./records-of.ts";

const KEYS = ["a", "b", "é", "", 'q"\\', "x", "__proto__", "0"];
const time = { map: { time: { value: new Date(NOW).toISOString() } } };

/** Two plans over the same records: one takes texts, the other numbers, of the same members. */
const texts = planOf(KEYS.map((name) => columnOf({ name, type: "category", learn: true })));
const numbers = planOf([
  ...KEYS.map((name) => columnOf({ name })),
  columnOf({ name: "flag", type: "boolean" }),
  columnOf({ name: "prediction.score", role: "output" }),
  columnOf({ name: "prediction.value", role: "output" }),
]);
const deep = { score: { pointer: "/x/a" }, value: { pointer: "/x/0" } };
const decoders = {
  texts: decoderOf([texts], streamOf({ format: "json", map: { ...time.map, ...deep } })),
  numbers: decoderOf([numbers], streamOf({ format: "json", map: { ...time.map, ...deep } })),
};

type Cell = number | string | undefined;

function numberCell(value: unknown): Cell {
  if (value === null || value === undefined) return undefined;
  return typeof value === "number" ? value : "fault";
}

function textCell(value: unknown): Cell {
  if (value === null || value === undefined) return undefined;
  // Whole numbers are the category of their text.
  if (Number.isInteger(value)) return String(value);
  // UTF-8 has no lone surrogates: they are U+FFFD.
  return typeof value === "string" ? Buffer.from(value).toString() : "fault";
}

/** JSON.parse keeps 53 bits of a whole number, categories all its digits. */
function rounded(cell: Cell): Cell {
  return typeof cell === "string" && /^-?[0-9]{16,}$/.test(cell) ? String(Number(cell)) : cell;
}

function flagCell(value: unknown): Cell {
  if (value === null || value === undefined) return undefined;
  return typeof value === "boolean" ? String(value) : "fault";
}

function member(value: unknown, name: string, inArray: boolean): unknown {
  if (typeof value !== "object" || value === null || (Array.isArray(value) && !inArray)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** What has no members, and no elements where they are asked for, has a fault in the place of each. */
function cellBelow(holder: unknown, name: string): Cell {
  if (holder === null || holder === undefined) return undefined;
  const isHolder = typeof holder === "object" && (!Array.isArray(holder) || name === "0");
  return isHolder ? numberCell(member(holder, name, true)) : "fault";
}

/** What JSON.parse makes of the bytes; undefined if it is no object, or not UTF-8. */
function parse(bytes: Uint8Array): object | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The cells of both decoders, and what JSON.parse says that they should be; undefined where undecodable. */
function readBoth(bytes: Uint8Array): { actual: unknown; expected: unknown } {
  const value = parse(bytes);
  const batch = recordsOf([bytes]);
  const asNumbers = decoders.numbers.decode(batch, { now: NOW });
  const asTexts = decoders.texts.decode(batch, { now: NOW });
  const x = member(value, "x", false);
  return {
    actual: [asNumbers, asTexts].map(({ ledger, batches }) =>
      ledger.decoded === 1 && ledger.undecodable === 0 ? cellsOf(batches[0], 0).map(rounded) : undefined,
    ),
    expected:
      value === undefined
        ? [undefined, undefined]
        : [
            [
              ...KEYS.map((name) => numberCell(member(value, name, false))),
              flagCell(member(value, "flag", false)),
              cellBelow(x, "a"),
              cellBelow(x, "0"),
            ],
            KEYS.map((name) => rounded(textCell(member(value, name, false)))),
          ],
  };
}

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const leaf = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  text,
  fc.boolean(),
  fc.constant(null),
);
const { value: tree } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS, "flag"), text), tie("value"), { maxKeys: 6 }),
  ),
}));
const record = fc.dictionary(fc.oneof(fc.constantFrom(...KEYS, "flag"), text), tree, { maxKeys: 8 });

/** A record's text with members repeated, spaces strewn and characters escaped, which JSON.stringify never does. */
const looseText = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...KEYS, "flag", "other"), tree), { maxLength: 8 }),
    fc.constantFrom("", " ", "\n\t\r "),
    fc.boolean(),
  )
  .map(([members, space, escaped]) => {
    const quote = (value: unknown) => {
      const json = JSON.stringify(value) ?? "null";
      return escaped
        ? json
            .replaceAll(/[é-￿]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
            .replaceAll("a", "\\u0061")
        : json;
    };
    return `${space}{${members.map(([key, value]) => `${space}${quote(key)}${space}:${space}${quote(value)}${space}`).join(",")}}${space}`;
  });

describe("walkRecord", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(record, (value) => {
        const { actual, expected } = readBoth(Buffer.from(JSON.stringify(value)));
        expect(actual).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads repeated members, spaces and escapes as JSON.parse does", () => {
    fc.assert(
      fc.property(looseText, (json) => {
        const { actual, expected } = readBoth(Buffer.from(json));
        expect(actual).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("accepts mutated JSON exactly when JSON.parse does", () => {
    const bytes = fc.oneof(
      fc.constantFrom(...Buffer.from('{}[]",:\\u0019-+.eEtfn \n')),
      fc.integer({ min: 0, max: 255 }),
    );
    const edit = fc.record({
      at: fc.nat(),
      byte: bytes,
      kind: fc.constantFrom("replace", "insert", "delete", "cut"),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          looseText,
          record.map((value) => JSON.stringify(value)),
        ),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (json, edits) => {
          const mutated = [...Buffer.from(json)];
          for (const { at, byte, kind } of edits) {
            const position = at % (mutated.length + 1);
            if (kind === "cut") mutated.splice(position);
            else mutated.splice(position, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [byte]));
          }
          const { actual, expected } = readBoth(Uint8Array.from(mutated));
          expect(actual).toEqual(expected);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("takes any bytes without throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const { actual, expected } = readBoth(bytes);
        expect(actual).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    "{}",
    " {} ",
    '{"a":1e400}',
    '{"a":-1e400}',
    '{"a":-0}',
    '{"z":[[],{},[{"a":[]}]]}',
    '{"a":{"b":1}}',
    '{"\\u0061":7}',
    '{"a":1,"a":null}',
    '{"a":"s","a":2}',
    '{"a":2,"a":"s"}',
    '{"x":{"a":1},"x":{}}',
    '{"x":{"a":1},"x":3}',
    '{"x":[5,6]}',
    '{"x":[5],"x":{"a":"s"}}',
  ])("reads %j as JSON.parse does", (json) => {
    const { actual, expected } = readBoth(Buffer.from(json));
    expect(actual).toEqual(expected);
  });

  it("reads lone surrogates as U+FFFD, so that a stored category is found again", () => {
    const values = ["\\ud800", "\\udc00\\ud800", "\\ud83d\\ude00", "\\ud83dx", "\\ufffd"];
    const records = recordsOf(values.map((value) => `{"a":"${value}"}`));
    const [batch] = decoders.texts.decode(records, { now: NOW }).batches;
    const seen = values.map((_, row) => cellsOf(batch, row)[0]);
    expect(seen).toEqual(["\ufffd", "\ufffd\ufffd", "😀", "\ufffdx", "\ufffd"]);
  });

  it("finds a fault in every column whose holder is no object, and none where there is no holder", () => {
    const plan = planOf(["a", "b"].map((name) => columnOf({ name })));
    const map = { ...time.map, features: { pointer: "/f" } };
    const decoder = decoderOf([plan], streamOf({ format: "json", map }));
    const read = (features: unknown): unknown =>
      cellsOf(decoder.decode(recordsOf([JSON.stringify({ f: features })]), { now: NOW }).batches[0], 0);
    expect(read({ a: 1, b: 2 })).toEqual([1, 2]);
    for (const wrong of [[1, 2], [], "1,2", 12, true]) expect(read(wrong)).toEqual(["fault", "fault"]);
    expect(read(null)).toEqual([undefined, undefined]);
    expect(read(undefined)).toEqual([undefined, undefined]);
  });

  it("skips 5,000 unknown members, and still finds the known ones in any order", () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`unknown${i}`, i]));
    const records = [{ ...many, a: 1 }, { a: 2, ...many, b: 3 }, { b: 4, a: 5 }, { "": 6 }];
    const decoded = decoders.numbers.decode(recordsOf(records), { now: NOW });
    const seen = [0, 1, 2, 3].map((row) => cellsOf(decoded.batches[0], row).slice(0, 4));
    expect(seen).toEqual([
      [1, undefined, undefined, undefined],
      [2, 3, undefined, undefined],
      [5, 4, undefined, undefined],
      [undefined, undefined, undefined, 6],
    ]);
  });

  it("leaves no trace of a record that broke off", () => {
    const decoded = decoders.numbers.decode(recordsOf(['{"a":1,"b":2,"é":"x"', "{}"]), { now: NOW });
    expect(decoded.rows).toBe(1);
    expect(decoded.batches[0].faults).toBe(0);
    expect(cellsOf(decoded.batches[0], 0).every((cell) => cell === undefined)).toBe(true);
  });
});
