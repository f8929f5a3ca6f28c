import { describe, expect, it } from "vitest";
import { inferEvents } from "../../src/event/infer.ts";
import { sampleOf } from "../../src/event/sample.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";

const tick = { now: NOW };
const time = new Date(NOW).toISOString();
const COLUMNS = [
  columnOf({ name: "x" }),
  columnOf({ name: "prediction.confidence", role: "output" }),
  columnOf({ name: "prediction.entropy", role: "output" }),
];

function event(probabilities: unknown): object {
  return { time, model: "m", features: { x: 1 }, prediction: { probabilities } };
}

function decode(values: readonly (object | string)[]): unknown[][] {
  const [batch] = decoderOf([planOf(COLUMNS)]).decode(recordsOf(values), tick).batches;
  return values.map((_, row) => cellsOf(batch, row));
}

describe("the largest probability and the entropy", () => {
  it("are taken of an object or a list", () => {
    const rows = decode([
      event({ cat: 0.5, 'd"og': 0.25, cow: 0.25 }),
      event([0.5, 0.5]),
      event({ only: 1, never: 0 }),
      `{"time":"${time}","features":{"x":1},"prediction":{"probabilities": { "a" : 2.5e-1 , "b" : 0.75 } }}`,
    ]);
    expect(rows.slice(0, 3)).toEqual([
      [1, 0.5, 1.5],
      [1, 0.5, 1],
      [1, 1, 0],
    ]);
    expect(rows[3]?.[1]).toBe(0.75);
    expect(rows[3]?.[2]).toBeCloseTo(0.8112781244591328, 12);
  });

  it("are missing where there are none, whatever the record before had", () => {
    const { prediction: _prediction, ...without } = event([]) as Record<string, unknown>;
    expect(decode([event([0.5, 0.5]), without, event(null)]).slice(1)).toEqual([
      [1, undefined, undefined],
      [1, undefined, undefined],
    ]);
  });

  it.each([
    ["do not add up", [0.5, 0.2]],
    ["are none", {}],
    ["are no numbers", { a: "0.5", b: 0.5 }],
    ["hold another object", { a: { b: 1 } }],
    ["lie outside of 0 to 1", [1.5, -0.5]],
    ["are beyond all numbers", '{"time":"T","features":{"x":1},"prediction":{"probabilities":[1e400]}}'],
    ["are a text", "high"],
    ["are a number", 1],
  ])("are faults where probabilities %s", (_, given) => {
    const isRecord = typeof given === "string" && given.startsWith("{");
    const [cells] = decode([isRecord ? given.replace("T", time) : event(given)]);
    expect(cells).toEqual([1, "fault", "fault"]);
  });

  it("cost the record nothing where it breaks off, nor where nobody asks", () => {
    const broken = `{"time":"${time}","prediction":{"probabilities":[0.5,`;
    const decoder = decoderOf([planOf(COLUMNS)]);
    expect(decoder.decode(recordsOf([broken]), tick).ledger).toMatchObject({ decoded: 0, undecodable: 1 });
    const unasked = decoderOf([planOf([columnOf({ name: "x" })])]);
    const [batch] = unasked.decode(recordsOf([event("high")]), tick).batches;
    expect(cellsOf(batch, 0)).toEqual([1]);
  });

  it("stand where the map says, and one of them may be asked for alone", () => {
    const stream = streamOf({
      format: "json",
      map: { time: { pointer: "/t" }, features: { pointer: "" }, probabilities: { pointer: "/out/p" } },
    });
    const [, , entropy] = COLUMNS;
    const decoder = decoderOf([planOf([entropy])], stream);
    const [batch] = decoder.decode(recordsOf([{ t: time, out: { p: [0.5, 0.25, 0.25] } }]), tick).batches;
    expect(cellsOf(batch, 0)).toEqual([1.5]);
  });
});

describe("a sample of records with probabilities", () => {
  const inferred = (records: readonly object[], fields = {}) =>
    inferEvents(sampleOf([recordsOf(records)]), { fields, columns: {}, segmentBy: [] });
  const namesOf = ({ columns }: ReturnType<typeof inferred>): string[] =>
    columns.filter(({ role }) => role !== "probability").map(({ name }) => name);
  const classesOf = ({ columns }: ReturnType<typeof inferred>): string[] =>
    columns.filter(({ role }) => role === "probability").map(({ name }) => name);

  it("has both columns, and one of each class that is no series", () => {
    const native = inferred([event({ cat: 0.5, dog: 0.5 }), event({ cat: 0.25, dog: 0.75 })]);
    expect(namesOf(native)).toEqual(["prediction.confidence", "prediction.entropy", "x"]);
    expect(classesOf(native)).toEqual(["prediction.probabilities.cat", "prediction.probabilities.dog"]);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, k) => [`c${k}`, 1 / 300]));
    expect(classesOf(inferred([event(many)]))).toEqual([]);
    expect(native.map.probabilities).toEqual({ pointer: "/prediction/probabilities" });
    const plain = inferred([{ time, x: 1, probabilities: [0.5, 0.5] }]);
    expect(namesOf(plain)).toEqual(["prediction.confidence", "prediction.entropy", "x"]);
    const named = inferred([{ time, x: 1, out: { p: { a: 0.5, b: 0.5 } } }], { probabilities: "out.p" });
    expect(named.map.probabilities).toEqual({ pointer: "/out/p" });
  });

  it("has neither where there are none", () => {
    expect(namesOf(inferred([{ time, x: 1, probability: 0.5 }]))).toEqual(["prediction.score", "x"]);
  });
});
