import { describe, expect, it } from "vitest";
import { inferEvents } from "../../src/event/infer.ts";
import type { Declared } from "../../src/event/infer.ts";
import { MANY_CLASSES } from "../../src/event/infer-labels.ts";
import type { RecordBatch, TableBatch } from "../../src/event/records.ts";
import { sampleOf } from "../../src/event/sample.ts";

const NOTHING: Declared = { fields: {}, columns: {}, segmentBy: [] };

function table(columns: Record<string, unknown[]>): TableBatch {
  const count = Object.values(columns)[0]?.length ?? 0;
  return { kind: "table", stream: "s", partition: 0, count, firstOffset: 0, columns, end: count };
}

function lines(records: readonly unknown[]): RecordBatch {
  const values = records.map((record) =>
    new TextEncoder().encode(typeof record === "string" ? record : JSON.stringify(record)),
  );
  const count = values.length;
  const none = values.map(() => null);
  return {
    kind: "records",
    stream: "s",
    partition: 0,
    count,
    offsets: Float64Array.from(values.keys()),
    timestamps: new Float64Array(count).fill(Number.NaN),
    values,
    keys: none,
    headers: values.map(() => undefined),
    end: count,
  };
}

function typesOf(inferred: ReturnType<typeof inferEvents>): Record<string, string> {
  return Object.fromEntries(inferred.columns.map(({ name, role, type }) => [name, `${role} ${type}`]));
}

describe("inferEvents", () => {
  it("says which fields hold nothing, and how many it did not look at", () => {
    const wide = Object.fromEntries(Array.from({ length: 2_003 }, (_, i) => [`c${i}`, i]));
    const inferred = inferEvents(
      sampleOf([lines([{ features: wide, note: null, home: { street: "" } }])]),
      NOTHING,
    );
    expect(inferred.columns).toHaveLength(2_000);
    expect(inferred.guesses.slice(-3)).toEqual([
      { column: "note", as: "left out", because: "no value in the first 1 rows" },
      { column: "home.street", as: "left out", because: "no value in the first 1 rows" },
      expect.objectContaining({ column: "3 more fields", as: "left out" }),
    ]);
    const sometimes = inferEvents(
      sampleOf([
        lines([
          { x: null, a: 1 },
          { x: { b: 2 }, a: null },
        ]),
      ]),
      NOTHING,
    );
    expect(sometimes.guesses.map(({ because }) => because).join()).not.toContain("no value");
  });

  it("takes a table's columns for what their names and values say", () => {
    const sample = sampleOf([
      table({
        date: [978_307_260_000, 978_307_320_000],
        distance: [551, 1n],
        origin: ["ABQ", null],
        late: [true, false],
        probability: [0.2, 1],
        label: [true, false],
        comment: [undefined, null],
        tags: [["a"], ["b"]],
      }),
    ]);
    const inferred = inferEvents(sample, NOTHING);
    expect(inferred.map).toEqual({
      time: { pointer: "/date" },
      score: { pointer: "/probability" },
      truth: { pointer: "/label" },
    });
    expect(typesOf(inferred)).toEqual({
      distance: "feature number",
      origin: "feature category",
      late: "feature boolean",
      "prediction.score": "output number",
      truth: "truth number",
    });
    expect(inferred.columns.find(({ name }) => name === "origin")?.learn).toBe(true);
    const reasons = Object.fromEntries(
      inferred.guesses.map(({ column, as, because }) => [column, `${as}: ${because}`]),
    );
    expect(reasons["tags"]).toBe("left out: its values are of several types, or lists");
    expect(reasons["date"]).toBe("time: its name and its values");
  });

  it("does not take a column for the time, or the score, whose values are none", () => {
    const inferred = inferEvents(sampleOf([table({ time: [5, 70], score: [3, 700] })]), NOTHING);
    expect(inferred.map).toEqual({});
    expect(typesOf(inferred)).toEqual({ time: "feature number", score: "feature number" });
  });

  it("takes for the time what the decoder takes for one", () => {
    const timeOf = (texts: string[], isText: boolean) =>
      inferEvents(sampleOf([table({ time: texts })], { isText }), NOTHING).map.time;
    expect(timeOf(["2026-01-31T12:00:00+01:00", "2026-01-31 12:00:00"], true)).toBeDefined();
    expect(timeOf(["2026-01-31"], true)).toBeUndefined();
    expect(timeOf(["2026-01-31 12:00"], true)).toBeUndefined();
    expect(timeOf(["1769860800"], true)).toBeDefined();
    expect(timeOf(["1769860800"], false)).toBeUndefined();
  });

  it("takes numerals for numbers in csv only, as the decoder does", () => {
    const texts = table({ code: ["16", "21"], flag: ["true", "false"] });
    expect(typesOf(inferEvents(sampleOf([texts], { isText: true }), NOTHING))).toEqual({
      code: "feature number",
      flag: "feature boolean",
    });
    expect(typesOf(inferEvents(sampleOf([texts]), NOTHING))).toEqual({
      code: "feature category",
      flag: "feature category",
    });
  });

  it("takes numbers for numbers beside texts that say there is none, in csv only", () => {
    const columns = {
      r: ["1.5", "NA", "2"],
      python: ["nan", "0.5", "inf"],
      sql: ["\\N", "7", "null"],
      score: ["0.25", "NaN", "1"],
      none: ["NA", "NA", "NA"],
      hex: ["0x10", "1", "2"],
    };
    expect(typesOf(inferEvents(sampleOf([table(columns)], { isText: true }), NOTHING))).toEqual({
      r: "feature number",
      python: "feature number",
      sql: "feature number",
      "prediction.score": "output number",
      none: "feature category",
      hex: "feature category",
    });
    expect(typesOf(inferEvents(sampleOf([table({ r: columns.r })]), NOTHING))).toEqual({
      r: "feature category",
    });
  });

  it("leaves out free text and ids under other names", () => {
    const text = Array.from({ length: 2_001 }, (_, i) => `text ${i}`);
    expect(inferEvents(sampleOf([table({ session: text })]), NOTHING).columns).toEqual([]);
  });

  it("knows the native layout", () => {
    const event = {
      id: "a",
      time: "2024-05-01T00:00:00Z",
      version: "v2",
      segment: { region: "eu" },
      features: { amount: 3, score: 700 },
      prediction: { score: 0.4, decision: "no" },
      meta: { host: "h" },
    };
    const inferred = inferEvents(sampleOf([lines([event, "{broken", 7])]), NOTHING);
    expect(inferred.format).toBe("native");
    expect(typesOf(inferred)).toEqual({
      region: "segment category",
      amount: "feature number",
      score: "feature number",
      "prediction.score": "output number",
      "prediction.decision": "output category",
    });
    expect(inferred.map.features).toEqual({ pointer: "/features" });
  });

  it("finds the object that holds the features of any other JSON", () => {
    const inferred = inferEvents(
      sampleOf([lines([{ ts: 1_714_521_600, x: { "a/b": 1, c: "u" }, p: 0.5 }])]),
      NOTHING,
    );
    expect(inferred.format).toBe("json");
    expect(inferred.map).toEqual({ time: { pointer: "/ts" }, features: { pointer: "/x" } });
    expect(typesOf(inferred)).toEqual({ "a/b": "feature number", c: "feature category" });
  });

  it("lets what is declared win", () => {
    const inferred = inferEvents(
      sampleOf([table({ at: ["2024-05-01T00:00:00Z"], code: [12], zone: [3], p: [7] })]),
      {
        fields: { time: "at", value: "p" },
        columns: { code: { type: "category", pii: true } },
        segmentBy: ["zone"],
      },
    );
    expect(inferred.map).toEqual({ time: { pointer: "/at" }, value: { pointer: "/p" } });
    expect(typesOf(inferred)).toEqual({
      "prediction.value": "output number",
      code: "feature category",
      zone: "feature category",
    });
    expect(inferred.columns.find(({ name }) => name === "code")?.pii).toBe(true);
  });

  it.each([
    ["names", ["a", "b", "c"]],
    ["numbers", [0, 1, 2]],
  ])(
    "holds a truth of many classes, %s, against the decision and never against a score",
    (_what, classes) => {
      const rows = { score: [0.2, 0.5, 0.9], decision: classes, truth: classes };
      const guessed = inferEvents(sampleOf([table(rows)]), NOTHING);
      expect(Object.keys(guessed.map)).toEqual(["truth", "decision"]);
      expect(typesOf(guessed)).toMatchObject({ score: "feature number" });
      const said = inferEvents(sampleOf([table(rows)]), { ...NOTHING, fields: { score: "score" } });
      expect(Object.keys(said.map)).toEqual(["score", "decision"]);
      expect(said.guesses).toContainEqual({ column: "truth", as: "left out", because: MANY_CLASSES });
      const { decision: _none, ...alone } = rows;
      expect(Object.keys(inferEvents(sampleOf([table(alone)]), NOTHING).map)).toEqual(["score"]);
    },
  );

  it.each([[[0, 1, 0]], [[true, false, true]], [["yes", "no", "yes"]]])(
    "holds a truth of two classes against a score: %j",
    (truth) => {
      const inferred = inferEvents(sampleOf([table({ score: [0.2, 0.5, 0.9], truth })]), NOTHING);
      expect(Object.keys(inferred.map)).toEqual(["score", "truth"]);
    },
  );

  it("takes a truth beside no answer for a column, where it needs one", () => {
    const needing = { ...NOTHING, needsAnswer: true };
    const rows = { x: [1, 2], target: [0, 1] };
    const typed = (columns: Record<string, unknown[]>, declared: Declared) =>
      typesOf(inferEvents(sampleOf([table(columns)]), declared))["target"];
    expect(typed(rows, needing)).toBe("feature number");
    expect(typed(rows, NOTHING)).toBeUndefined();
    expect(typed({ ...rows, score: [0.5, 0.25] }, needing)).toBeUndefined();
    expect(typed(rows, { ...needing, fields: { truth: "target" } })).toBeUndefined();
  });

  it("takes whole numbers for decisions, where no number is what the name promises", () => {
    const event = { time: 1_714_521_600, features: { amount: 3 }, prediction: { decision: 1 } };
    expect(typesOf(inferEvents(sampleOf([lines([event])]), NOTHING))).toMatchObject({
      "prediction.decision": "output category",
    });
    const regression = inferEvents(sampleOf([table({ prediction: [3, 4], decision: [0.5, 1] })]), NOTHING);
    expect(typesOf(regression)).toEqual({ "prediction.value": "output number", decision: "feature number" });
    const bits = table({ prediction: [0, 1, 1], predicted_probability: [0.2, 0.9, 0.7] });
    expect(typesOf(inferEvents(sampleOf([bits]), NOTHING))).toEqual({
      "prediction.decision": "output category",
      "prediction.score": "output number",
    });
  });

  it("follows declared fields however deep they stand, and into lists", () => {
    const record = { a: { b: { c: { d: { x: 1, y: "u" } } } }, l: [{ x: 2 }, 0.5], who: { region: "eu" } };
    const read = (fields: Declared["fields"]) => {
      const paths = Object.values(fields).map((field) => field.split("."));
      return inferEvents(sampleOf([lines([record])], { paths }), { ...NOTHING, fields });
    };
    const deep = read({ features: "a.b.c.d", segment: "who" });
    expect(typesOf(deep)).toEqual({
      x: "feature number",
      y: "feature category",
      region: "segment category",
    });
    expect(deep.map.features).toEqual({ pointer: "/a/b/c/d" });
    expect(typesOf(read({ features: "l.0", score: "l.1" }))).toEqual({
      "prediction.score": "output number",
      x: "feature number",
    });
  });

  it("keeps a declared column that has no value yet", () => {
    const declared: Declared = { ...NOTHING, columns: { empty: { type: "number" } } };
    const sample = sampleOf([lines([{ features: { empty: null, other: null, a: 1 } }])]);
    const inferred = inferEvents(sample, declared);
    expect(typesOf(inferred)).toEqual({ a: "feature number", empty: "feature number" });
    expect(inferred.guesses).toContainEqual({
      column: "other",
      as: "left out",
      because: "no value in the first 1 rows",
      isFeature: true,
    });
  });
});
