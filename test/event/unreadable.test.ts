import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { explainUnreadable } from "../../src/event/unreadable-record.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

it.each<[string, Uint8Array | string, string]>([
  ["nothing", "", "empty"],
  ["blanks", " \n", "empty"],
  ["gzip", gzipSync('{"a":1}'), "gzip"],
  ["what a schema registry's serializer writes", Uint8Array.of(0, 0, 0, 0, 7, 123, 125), "framed"],
  ["bytes of Latin-1", Uint8Array.of(0x7b, 0x22, 0xe4, 0x22, 0x3a, 0x31, 0x7d), "utf8"],
  ["bare NaN", String.raw`{"a":"\"NaN","b":NaN,"c":-Infinity}`, "nan"],
  ["NaN in a text alone", '{"a":"NaN",}', "json"],
  ["half a record", '{"a":', "json"],
  ["a list", "[1,2]", "object"],
  ["a text", '"a"', "object"],
  ["what is too deep", `{"a":${"[".repeat(600)}${"]".repeat(600)}}`, "depth"],
])("says what is wrong with %s", (_, value, why) => {
  const bytes = typeof value === "string" ? bytesOf(value) : value;
  expect(explainUnreadable(bytes, "json")).toBe(why);
  // And it is what the decoder takes for undecodable.
  const decoder = decoderOf([planOf([columnOf({ name: "x" })])]);
  const decoded = decoder.decode(recordsOf([Buffer.from(bytes)]), { now: NOW });
  expect(decoded.ledger.undecodable).toBe(1);
  expect(decoded.explain?.(decoded.refused.offsets[0])).toBe(why);
});

const tensor = { name: "x", datatype: "FP64", shape: [2, 1], data: [1, 2] };

it.each<[string, unknown, string]>([
  ["half a body", '{"inputs":[', "json"],
  ["protobuf", "\u000a\u0003abc", "binary"],
  ["a list", [], "object"],
  ["another service's words", { hello: 1 }, "body"],
  ["data that do not fit", { inputs: [{ ...tensor, shape: [3] }] }, "shape"],
  ["a shape that is none", { inputs: [{ ...tensor, shape: [-1] }] }, "shape"],
  ["an unknown datatype", { outputs: [{ ...tensor, datatype: "FP128" }] }, "datatype"],
  ["instances that are none", { instances: 7 }, "tensor"],
  ["inputs that are a number", { inputs: 7 }, "tensor"],
  ["a CloudEvent without data", { specversion: "1.0", id: "a" }, "envelope"],
  ["a CloudEvent around it", { specversion: "1.0", data: { inputs: [{ ...tensor, shape: [3] }] } }, "shape"],
  [
    "a packed CloudEvent",
    { specversion: "1.0", data_base64: Buffer.from('{"hello":1}').toString("base64") },
    "body",
  ],
])("says of a model server's record what is wrong with %s", (_, value, why) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  expect(explainUnreadable(bytesOf(text), "kserve")).toBe(why);
});

it("takes NaN in tensors for what it is, and looks on", () => {
  const text = JSON.stringify({ inputs: [{ ...tensor, shape: [3] }] }).replace("[1,2]", "[1,NaN]");
  expect(explainUnreadable(bytesOf(text), "oip-v2")).toBe("shape");
});

it("does not look at very long records again", () => {
  expect(explainUnreadable(new Uint8Array(300_000).fill(0x78), "json")).toBeUndefined();
});

it("never throws, whatever the bytes", () => {
  let state = 9;
  const draw = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const sound = bytesOf(JSON.stringify({ specversion: "1.0", data: { inputs: [tensor] } }));
  for (let i = 0; i < 500; i++) {
    const bytes = i % 2 === 0 ? Uint8Array.from({ length: draw(50) }, () => draw(256)) : sound.slice();
    for (let k = draw(4); k >= 0; k--) bytes[draw(bytes.length)] = draw(256);
    for (const format of ["json", "kserve"] as const)
      expect(typeof explainUnreadable(bytes, format)).toBe("string");
  }
});
