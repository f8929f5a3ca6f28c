import { describe, expect, it } from "vitest";
import { DROP_REASONS } from "../../src/event/reason.ts";
import type { EventBatch } from "../../src/event/batch.ts";
import type { FieldSource, StreamConfig } from "../../src/config/config.ts";
import type { RecordBatch } from "../../src/event/records.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

const plan = planOf([columnOf({ name: "x" })], { needsId: true });
const time = { time: new Date(NOW).toISOString() };

function decodeWith(id: FieldSource, value: object, given: Partial<RecordBatch> = {}): EventBatch {
  const map = { id, time: { pointer: "/time" }, features: { pointer: "" } };
  const stream: StreamConfig = streamOf({ format: "json", map });
  const decoded = decoderOf([plan], stream).decode(recordsOf([{ ...time, ...value }], given), { now: NOW });
  return decoded.batches[0];
}

const idOf = (batch: EventBatch): string => `${batch.idHigh[0]}:${batch.idLow[0]}`;
const reasonOf = (batch: EventBatch): string | undefined => DROP_REASONS[batch.reason[0] - 1];

describe("ids that are 64-bit numbers", () => {
  it("are one id in hex and in decimal, in a header, a text and a number", () => {
    const decimal = decodeWith({ pointer: "/id", as: "decimal" }, { id: "13871337133713371337" });
    const headers = [{ "X-BentoML-Request-ID": Buffer.from("c080e3a12eabb0c9") }];
    const hex = decodeWith({ header: "X-BentoML-Request-ID", as: "hex" }, {}, { headers });
    expect(idOf(hex)).toBe(idOf(decimal));
    expect(reasonOf(hex)).toBeUndefined();
    expect(idOf(decodeWith({ key: true, as: "decimal" }, {}, { keys: [Buffer.from("7")] }))).toBe(
      idOf(decodeWith({ pointer: "/id", as: "hex" }, { id: "0000000000000007" })),
    );
    expect(idOf(decodeWith({ pointer: "/id", as: "decimal" }, { id: 1234 }))).toBe(
      idOf(decodeWith({ pointer: "/id", as: "hex" }, { id: "4d2" })),
    );
  });

  it("are the plain text where the other side says nothing of them", () => {
    const plain = decodeWith({ pointer: "/id" }, { id: "13871337133713371337" });
    expect(idOf(plain)).toBe(idOf(decodeWith({ pointer: "/id", as: "hex" }, { id: "c080e3a12eabb0c9" })));
  });

  it("are invalid where they are no such numbers", () => {
    expect(reasonOf(decodeWith({ pointer: "/id", as: "hex" }, { id: "not hex" }))).toBe("invalid");
    expect(reasonOf(decodeWith({ pointer: "/id", as: "decimal" }, { id: "c080e3a12eabb0c9" }))).toBe(
      "invalid",
    );
    expect(reasonOf(decodeWith({ pointer: "/id", as: "decimal" }, {}))).toBe("invalid");
  });
});
