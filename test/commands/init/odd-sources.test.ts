import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Float64, Table, TimestampMillisecond, Utf8, tableToIPC, vectorFromArray } from "apache-arrow";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { writeParquet } from "../../e2e/parquet.ts";
import { runCommand } from "../command-io.ts";
import { csvLines, jsonLines, loans, runInit, workplace, writeInto } from "./init-files.ts";

const ROWS = loans({ rows: 1_200, days: 5 });

function parquet(): Buffer {
  return writeParquet([
    { name: "application_id", type: "text", values: ROWS.map(({ application_id }) => application_id) },
    { name: "region", type: "text", values: ROWS.map(({ region }) => region) },
    { name: "income", type: "double", values: ROWS.map(({ income }) => income) },
    { name: "score", type: "double", values: ROWS.map(({ score }) => score) },
    { name: "scored_at", type: "int64", values: ROWS.map(({ ts }) => Date.parse(ts)) },
  ]);
}

function arrow(): Uint8Array {
  return tableToIPC(
    new Table({
      region: vectorFromArray(
        ROWS.map(({ region }) => region),
        new Utf8(),
      ),
      income: vectorFromArray(
        ROWS.map(({ income }) => income),
        new Float64(),
      ),
      event_time: vectorFromArray(
        ROWS.map(({ ts }) => Date.parse(ts)),
        new TimestampMillisecond(),
      ),
    }),
    "file",
  );
}

const NATIVE = ROWS.map(({ application_id, ts, region, income, score }) => ({
  id: application_id,
  time: ts,
  model: "loans",
  version: "v7",
  segment: { region },
  features: { income },
  prediction: { score },
}));

const NESTED = ROWS.map(({ application_id, ts, income, score, email }) => ({
  meta: { application_id, ts, user: { email } },
  input: { income, odd: [1, 2], "a/b~c": 1 },
  output: { score },
}));

const CLOUD_EVENTS = ROWS.map(({ application_id, ts, region, income, score }) => ({
  specversion: "1.0",
  id: application_id,
  time: ts,
  source: "/scoring",
  type: "com.example.scored",
  data: { region, income, score },
}));

const WIDE = ROWS.map(({ ts }, row) => ({
  ts,
  ...Object.fromEntries(
    Array.from({ length: 200 }, (_, column) => [`feature ${column}`, (row * 7 + column) % 13]),
  ),
}));

/** More segments than there is room for. */
const REGIONS = ROWS.map(({ ts }, row) => ({
  ts,
  region: `r${row % 19}`,
  ...Object.fromEntries(Array.from({ length: 40 }, (_, column) => [`f${column}`, (row * 7 + column) % 13])),
}));

const MIXED = ROWS.map((row, at) => ({
  ...row,
  nothing: null,
  mixed: at % 2 === 0 ? "a" : at,
  rare: at === 7 ? 1 : undefined,
  "yes: [no], # {x}": at % 3,
  null: at % 5,
}));

/** Sources that init makes a sound project of, and what it says of them. */
const SOUND: readonly (readonly [name: string, content: () => string | Uint8Array, said: string])[] = [
  ["loans.csv", () => csvLines(ROWS), "income: number (all values are numbers)"],
  ["loans.jsonl.gz", () => gzipSync(jsonLines(ROWS)), "ts: time"],
  ["loans.parquet", parquet, "scored_at: time"],
  ["loans.pq", parquet, "scored_at: time"],
  ["loans.csv.gz", () => gzipSync(csvLines(ROWS)), "ts: time"],
  ["LOANS.CSV", () => csvLines(ROWS), "ts: time"],
  ["loans.json", () => jsonLines(ROWS), "ts: time"],
  ["loans.feather", arrow, "event_time: time"],
  ["loans.arrow", arrow, "event_time: time"],
  ["native.jsonl", () => jsonLines(NATIVE), "Model loans (by model)"],
  ["nested.jsonl", () => jsonLines(NESTED), "meta.ts: time"],
  ["events.jsonl", () => jsonLines(CLOUD_EVENTS), "data.score: score"],
  ["wide.jsonl", () => jsonLines(WIDE), "feature 199: number"],
  ["regions.jsonl", () => jsonLines(REGIONS), "region: category"],
  ["mixed.jsonl", () => jsonLines(MIXED), "mixed: left out (its values are of several types, or lists)"],
  ["one-row.jsonl", () => jsonLines(ROWS.slice(0, 1)), "1 row"],
  ["one-hour.jsonl", () => jsonLines(loans({ rows: 5_000, days: 1 / 24 })), "severity info only"],
  [
    "no-time.csv",
    () => csvLines(ROWS.map(({ ts: _ts, ...row }) => row)),
    "EDIT: no column was taken for the event time",
  ],
  [
    "no-time.jsonl",
    () => jsonLines(ROWS.map(({ ts: _ts, ...row }) => row)),
    "EDIT: no column was taken for the event time",
  ],
  [
    "no-id.csv",
    () => csvLines(ROWS.map(({ application_id: _id, ...row }) => row)),
    "no id and time by which labels could name them",
  ],
  [
    "no-answer.jsonl",
    () => jsonLines(ROWS.map(({ ts, income }) => ({ ts, income }))),
    "No column was taken for what the model answered",
  ],
  [
    "classes.jsonl",
    () =>
      jsonLines(
        ROWS.map(({ ts, application_id, income }, at) => ({
          ts,
          application_id,
          income,
          prediction: ["a", "b", "c"][at % 3],
          label: ["a", "b", "c"][at % 3],
        })),
      ),
    "prediction: decision",
  ],
  [
    "values.jsonl",
    () =>
      jsonLines(
        ROWS.map(({ ts, application_id, income, score }) => ({
          ts,
          application_id,
          score_in: score,
          prediction: income,
          actual: income + score,
        })),
      ),
    "prediction: value",
  ],
  [
    "cars.csv",
    () => csvLines(ROWS.map(({ ts, income }, at) => ({ ts, income, model: `car ${at % 60}` }))),
    "model: category",
  ],
];

/** Whose scenarios are run: one for each way in which a reference can know little. */
const TRIED: ReadonlySet<string> = new Set([
  "loans.csv",
  "one-row.jsonl",
  "one-hour.jsonl",
  "no-time.csv",
  "values.jsonl",
]);

it.each(SOUND)("makes a sound project of %s", async (name, content, said) => {
  const directory = workplace();
  writeInto(directory, name, content());
  const { status, out, err } = await runInit(directory, name, "--output", "project");
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out.replaceAll(/\s+/g, " ")).toContain(said);
  const project = join(directory, "project");
  const checked = await runCommand(["check"], { cwd: project });
  expect(checked.out).not.toMatch(/ {2}error {2}/);
  expect(checked.status).toBe(0);
  if (!TRIED.has(name)) return;
  const tested = await runCommand(["test"], { cwd: project });
  expect(tested).toMatchObject({ status: 0, out: expect.stringContaining("All is well") });
});

it("says what to do with a file that it cannot learn from", async () => {
  const tensors = { id: "1", inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] };
  const kserve = {
    specversion: "1.0",
    id: "1",
    type: "org.kubeflow.serving.inference.request",
    data: { instances: [[1, 2]] },
  };
  const cases: readonly (readonly [string, string, string])[] = [
    ["empty.jsonl", "", "has no rows"],
    ["empty.csv", "a,b\n", "has no rows"],
    ["texts.jsonl", "hello\nworld\n", "has no column that can be measured"],
    [
      "nulls.jsonl",
      jsonLines([{ a: null, b: null }]),
      "has no column that can be measured. a: left out (no value in the first 1 rows)",
    ],
    ["oip.jsonl", jsonLines([tensors]), "none met its other half: 1 stand alone"],
    ["kserve.jsonl", jsonLines([kserve]), "none met its other half: 1 stand alone"],
    [
      "twice.jsonl",
      jsonLines(ROWS.map((row) => ({ ...row, "prediction.score": row.income }))),
      "two columns that would both be prediction.score",
    ],
    ["not.parquet", "PAR1", "is no Parquet file"],
  ];
  for (const [name, content, said] of cases) {
    const directory = workplace();
    writeInto(directory, name, content);
    const { status, err } = await runInit(directory, name);
    expect({ name, status }).toEqual({ name, status: 78 });
    expect(err).toContain(said);
    expect(existsSync(join(directory, "driftd.yaml"))).toBe(false);
  }
});

it("leaves the place of the time open where a stream of JSON must name it", async () => {
  const directory = workplace();
  writeInto(directory, "rows.jsonl", jsonLines(ROWS.map(({ income, score }) => ({ income, score }))));
  await runInit(directory, "rows.jsonl");
  const text = readFileSync(join(directory, "driftd.yaml"), "utf8");
  expect(text).toContain("# EDIT THIS: no field looked like an event time");
  expect(parse(text).streams.rows.map.time).toBe("/time");
});

it("splits native events by their segments, and leaves their usual places out of the map", async () => {
  const directory = workplace();
  writeInto(directory, "native.jsonl", jsonLines(NATIVE));
  await runInit(directory, "native.jsonl");
  expect(parse(readFileSync(join(directory, "driftd.yaml"), "utf8")).streams.loans).toEqual({
    role: "inference",
    file: "native.jsonl",
    format: "native",
    schema: "schemas/loans.json",
  });
  expect(parse(readFileSync(join(directory, "rules/loans.yaml"), "utf8")).segmentBy).toEqual(["region"]);
});
