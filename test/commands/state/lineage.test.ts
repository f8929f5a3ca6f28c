import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeReference } from "../../../src/reference/reference-file.ts";
import { lineageOf } from "../../../src/rules/lineage.ts";
import { runCommand } from "../command-io.ts";
import { EVENTS, FITTED, linesOf, useFilledState } from "./filled-state.ts";

const states = useFilledState();

const CONFIG = `
version: 1
streams:
  s: { role: inference, file: events.jsonl }
  l: { role: labels, of: s, file: labels.jsonl }
rules: [rules.yaml]
privacy: { keyFile: key }
`;

it("an export says what its numbers rest on, and from which record to which each pane goes", async () => {
  const { path } = states.copy();
  const file = (name: string): string => join(path, name);
  writeFileSync(file("driftd.yaml"), CONFIG);
  writeFileSync(file("key"), "k".repeat(32));
  writeFileSync(file("m.arrow"), writeReference(FITTED.reference));
  const rules =
    "version: 1\nmodel: m\nreferences: { default: { file: m.arrow } }\nsegmentBy: [region]\nrules:\n";
  writeFileSync(file("rules.yaml"), `${rules}  - { alert: Drift, measure: psi }\n`);

  const exported = await runCommand(["state", "export", path], { cwd: path });
  expect(exported).toMatchObject({ status: 0, err: "" });
  const lines = linesOf(exported);
  const { reference, schema } = lineageOf(FITTED);
  expect(lines.filter(({ type }) => type === "lineage")).toEqual([
    {
      type: "lineage",
      model: "m",
      reference,
      rules: expect.stringMatching(/^[0-9a-f]{64}$/),
      schema,
      layout: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
  ]);
  // Ten records a minute in each of two partitions.
  const first = lines.filter(({ type, partition }) => type === "fields" && partition === 0);
  const ranges = first.map(({ offsets }) => Reflect.get(Object(offsets), "s/0") as [number, number]);
  expect(ranges[0]).toEqual([0, 9]);
  expect(ranges.at(-1)?.[1]).toBe(EVENTS - 1);
  for (const [i, [from]] of ranges.slice(1).entries()) expect(from).toBe(ranges[i][1] + 1);
});
