import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BEGIN, HOUR, labelsOf, openProject, RULES, ruleFile, twelveHours } from "./history.ts";

const PAGE = readFileSync(new URL("../../../docs/BACKTEST.md", import.meta.url), "utf8");
const project = await openProject();

/** The blocks of this language, in the page's order. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, text = ""]) =>
    found === language ? [text] : [],
  );
}

it("shows commands that can be run, and incidents that can be read", async () => {
  const events = twelveHours();
  project.lines("march.jsonl", events);
  const labels = labelsOf(events).map((each) => Object.values(each).join());
  project.write("chargebacks.csv", ["id,time,truth", ...labels].join("\n"));
  project.write("proposal/scoring.yaml", ruleFile({ ...RULES, rules: RULES.rules.slice(1) }));
  const [incidents = ""] = blocks("yaml");
  // The page's model and days are not those of the tests.
  const day = new Date(BEGIN + 5 * HOUR).toISOString().slice(0, 10);
  project.write(
    "incidents.yaml",
    incidents.replaceAll("model: fraud", "model: scoring").replaceAll(/2026-03-02T\d\d/g, `${day}T05`),
  );
  const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
  const ended = [];
  for (const command of commands) {
    const [program, name, ...argv] = command.split(" ");
    expect([program, name]).toEqual(["driftd", "backtest"]);
    const { status, err, out } = await project.backtest(...argv);
    expect({ command, err }).toEqual({ command, err: "" });
    ended.push({ status, out });
  }
  expect(ended).toMatchObject([
    { status: 0, out: expect.stringContaining("FIRING NullSpike") },
    // The proposal lacks a rule that fires.
    { status: 1, out: expect.stringContaining("FeatureDrift") },
    { out: expect.stringContaining("currency conversion broken") },
  ]);
});
