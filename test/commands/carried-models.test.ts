import { describe, expect, it } from "vitest";
import { checkLabelModels, checkTensorNames } from "../../src/commands/carried-models.ts";
import { readConfig } from "../../src/config/config-file.ts";
import type { Config } from "../../src/config/config.ts";
import { readModel } from "../../src/rules/model-file.ts";
import type { Model } from "../../src/rules/model.ts";
import { MEASURES } from "../../src/statistics/measures.ts";
import { quietReference } from "./quiet-reference.ts";

function configOf(streams: string): Config {
  const text = `version: 1\nstreams:\n${streams}\nrules: [rules/*.yaml]\n`;
  const { config, faults } = readConfig({ text, file: "driftd.yaml", env: {} });
  expect(faults).toEqual([]);
  if (config === undefined) throw new Error("no configuration");
  return config;
}

function modelOf(name: string, more = ""): Model {
  const text = `version: 1\nmodel: ${name}\nreferences: { default: { file: ${name}.arrow } }\n${more}`;
  const { model } = readModel({ text, file: `${name}.yaml`, extended: new Map(), measures: MEASURES });
  if (model === undefined) throw new Error("no model");
  return model;
}

const MODELS = [modelOf("a"), modelOf("b")];

describe("checkLabelModels", () => {
  const truth = (owner: string, map: string): Config =>
    configOf(
      `  scored: { role: inference, http: true${owner} }\n  truth: { role: labels, of: scored, http: true, format: json, map: { id: /id, truth: /y${map} } }`,
    );

  it("asks labels of several models of which one they are", () => {
    const faults = checkLabelModels(truth("", ""), MODELS);
    expect(faults).toMatchObject([{ code: "MISSING_KEY", path: ["streams", "truth", "map"] }]);
    expect(faults[0].message).toContain("(a, b)");
  });

  it.each([
    ["say it", truth("", ", model: /model"), MODELS],
    ["are of the only model", truth("", ""), MODELS.slice(1)],
    [
      "belong to a stream of one",
      truth(", format: json, map: { time: /t, model: { value: a } }", ""),
      MODELS,
    ],
  ])("asks nothing of those that %s", (_, config, models) => {
    expect(checkLabelModels(config, models)).toEqual([]);
  });
});

describe("checkTensorNames", () => {
  const served = (names: string): Config =>
    configOf(`  served: { role: inference, http: true, format: kserve, names: ${names} }`);
  const reference = quietReference();
  const references = new Map(MODELS.flatMap(({ references: { default: one } }) => [[one.file, reference]]));
  const [{ name: known }] = reference.columns.filter(({ role }) => role === "feature");

  it("warns of names of which no model knows one", () => {
    const faults = checkTensorNames(served("[x, y]"), MODELS, references);
    expect(faults).toMatchObject([
      { code: "UNKNOWN_NAME", level: "warning", path: ["streams", "served", "names"] },
    ]);
    expect(faults[0].message).toContain(known);
  });

  it.each([
    ["one is known", `[x, ${known}]`],
    ["they are by tensor", "{ answer: [x, y] }"],
  ])("says nothing where %s", (_, names) => {
    expect(checkTensorNames(served(names), MODELS, references)).toEqual([]);
  });

  it("says nothing while no column is known", () => {
    expect(checkTensorNames(served("[x]"), MODELS, new Map())).toEqual([]);
    const declared = [modelOf("c", "columns: { x: { type: category } }\n")];
    expect(checkTensorNames(served("[x]"), declared, new Map())).toEqual([]);
  });
});
