import { describe, expect, it } from "vitest";
import { NOW } from "./records-of.ts";
import { decode, event, halves, shown, v2 } from "./server-sent.ts";

describe("auto", () => {
  const auto = { format: "auto", component: "predictor" } as const;

  it("tells each record's format", () => {
    const structured = {
      specversion: "1.0",
      type: "org.kubeflow.serving.inference.request",
      source: "s",
      id: "a",
      inferenceservicename: "m",
      data: v2(1),
    };
    const seldon = {
      "Ce-Type": "io.seldon.serving.inference.response",
      "Ce-Id": "a",
      "Ce-Modelid": "m",
      "Ce-Endpoint": "m",
    };
    const answer = {
      id: "uuid",
      model_version: "1",
      outputs: [{ name: "p", datatype: "FP32", shape: [1, 1], data: [0.5] }],
    };
    const decoded = decode(
      [
        { value: v2(1), headers: event("request") },
        { value: structured },
        { value: structured, headers: { "content-type": "application/cloudevents+json" } },
        { value: v2(1), headers: { "mlserver-model": "m", "mlserver-version": "7" }, key: "a" },
        { value: answer, headers: seldon, key: "a" },
        { value: { ...v2(1), id: "a" } },
        { value: { ...answer, id: "a" } },
      ],
      halves("m"),
      auto,
    );
    expect(decoded.ledger).toMatchObject({ decoded: 7 });
    expect(new Set(shown(decoded).map((row) => Reflect.get(row, "id"))).size).toBe(1);
    expect(shown(decoded).map((row) => [Reflect.get(row, "half"), Reflect.get(row, "version")])).toEqual([
      ["input", ""],
      ["input", ""],
      ["input", ""],
      ["input", "7"],
      ["output", "1"],
      ["input", ""],
      ["output", "1"],
    ]);
  });

  it("takes no whole event of our own for half of one", () => {
    const native = {
      id: "a",
      time: new Date(NOW).toISOString(),
      model: "m",
      features: { x: 1 },
      prediction: { score: 1 },
    };
    expect(decode([{ value: native }], halves("m"), auto).ledger).toMatchObject({ undecodable: 1 });
  });
});
