import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { findAnswers } from "../../../src/commands/init/server-answers.ts";
import { readServerMessage } from "../../../src/commands/init/server-message.ts";
import { runCommand } from "../command-io.ts";
import { jsonLines, loans, runInit, workplace, writeInto } from "./init-files.ts";

const ROWS = loans({ rows: 3_000, days: 5 });

/** Requests and responses as KServe's logger sends them; every fiftieth has no answer. */
const KSERVE = ROWS.flatMap(({ application_id: id, ts: time, income, score }, at) => {
  const event = {
    specversion: "1.0",
    id,
    time,
    source: "/",
    inferenceservicename: "loans",
    component: "predictor",
  };
  const type = "org.kubeflow.serving.inference";
  const request = { ...event, type: `${type}.request`, data: { instances: [[income, at % 7]] } };
  const answer = Buffer.from(JSON.stringify({ predictions: [score] })).toString("base64");
  const response = { ...event, type: `${type}.response`, data_base64: answer };
  return at % 50 === 0 ? [request] : at % 2 === 0 ? [request, response] : [response, request];
});

const OIP = ROWS.flatMap(({ application_id: id, income, score, label }) => [
  { id, inputs: [{ name: "income", shape: [2, 1], datatype: "FP64", data: [income, income + 1] }] },
  {
    id,
    model_name: "loans",
    outputs: [
      { name: "label", shape: [2], datatype: "INT64", data: [label, 1 - label] },
      {
        name: "proba",
        shape: [2, 2],
        datatype: "FP64",
        data: [
          [1 - score, score],
          [score, 1 - score],
        ],
      },
    ],
  },
]);

function configIn(directory: string): { streams: Record<string, unknown> } {
  // What init has just written.
  return parse(readFileSync(join(directory, "driftd.yaml"), "utf8")) as { streams: Record<string, unknown> };
}

it("learns from the requests and responses that KServe's logger sends", async () => {
  const directory = workplace();
  writeInto(directory, "logged.jsonl", jsonLines(KSERVE));
  const { status, out, err } = await runInit(directory, "logged.jsonl");
  expect({ status, err }).toEqual({ status: 0, err: "" });
  const said = out.replaceAll(/\s+/g, " ");
  expect(said).toContain("2,940 pairs were put together by id, with predictions as the score; 60 requests");
  expect(said).toContain("instances-0: number");
  expect(configIn(directory).streams).toEqual({
    loans: { role: "inference", http: true, format: "kserve", map: { score: "/predictions" } },
  });
  const checked = await runCommand(["check"], { cwd: directory });
  expect(checked.out).not.toMatch(/ {2}error {2}/);
  expect(await runCommand(["test"], { cwd: directory })).toMatchObject({ status: 0 });
});

it("learns from bodies of the Open Inference Protocol, which come by two streams", async () => {
  const directory = workplace();
  writeInto(directory, "bodies.jsonl", jsonLines(OIP));
  const { status, out } = await runInit(directory, "bodies.jsonl");
  expect(status).toBe(0);
  expect(out.replaceAll(/\s+/g, " ")).toContain(
    "3,000 pairs were put together by id, with proba-1 as the score and label as the decision.",
  );
  expect(configIn(directory).streams).toEqual({
    loans: { role: "inputs", topic: "loans", format: "oip-v2" },
    "loans-responses": {
      role: "outputs",
      of: "loans",
      topic: "loans-responses",
      format: "oip-v2",
      map: { score: "/proba-1", decision: "/label" },
    },
  });
  const checked = await runCommand(["check"], { cwd: directory });
  expect(checked.out).not.toMatch(/ {2}error {2}/);
});

it("says where no request meets its response", async () => {
  const directory = workplace();
  writeInto(directory, "requests.jsonl", jsonLines(OIP.filter((body) => "inputs" in body)));
  const { status, err } = await runInit(directory, "requests.jsonl");
  expect(status).toBe(78);
  expect(err).toContain("none met its other half: 3,000 stand alone");
});

it("calls columns as the decoders of servers do", () => {
  const rowsOf = (record: object): unknown => readServerMessage({ id: "1", ...record })?.rows;
  expect(
    rowsOf({
      instances: [
        [1, 2],
        [3, 4],
      ],
    }),
  ).toEqual([
    { "instances-0": 1, "instances-1": 2 },
    { "instances-0": 3, "instances-1": 4 },
  ]);
  expect(rowsOf({ instances: [{ age: 3, size: [1, 2] }] })).toEqual([{ age: 3, "size-0": 1, "size-1": 2 }]);
  expect(rowsOf({ predictions: [0.5] })).toEqual([{ predictions: 0.5 }]);
  expect(rowsOf({ inputs: [{ name: "x", shape: [1, 2], data: [[5, 6]] }] })).toEqual([
    { "x-0": 5, "x-1": 6 },
  ]);
  expect(rowsOf({ inputs: [{ name: "x", shape: [0, 2], data: [] }] })).toBeUndefined();
  expect(rowsOf({ inputs: [{ name: "x", shape: [2], data: [1, 2, 3] }] })).toBeUndefined();
  expect(rowsOf({ amount: 3 })).toBeUndefined();
  expect(readServerMessage({ instances: [[1]] })).toBeUndefined();
});

it("takes columns of responses for answers as driftd does while it runs", () => {
  expect(findAnswers([{ p: 0.5 }])).toEqual({ score: "p" });
  expect(findAnswers([{ y: 1.5 }, { y: -3 }])).toEqual({ value: "y" });
  expect(findAnswers([{ label: "a", proba: 0.5 }])).toEqual({ score: "proba", decision: "label" });
  expect(findAnswers([{ "p-0": 0.25, "p-1": 0.75 }])).toEqual({ score: "p-1" });
  expect(findAnswers([{ "p-0": 0.25, "p-1": 0.25, "p-2": 0.5, class: 2 }])).toEqual({ decision: "class" });
  expect(findAnswers([{ a: 0.5, b: 0.25 }])).toEqual({});
});
