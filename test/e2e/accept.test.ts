import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../commands/command-io.ts";
import type { Alert } from "../../src/verdict/alert.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { writeProject } from "./project.ts";

const MINUTE = 60_000;
const RATE = 300;

const RULE = { alert: "FeatureDrift", measure: "psi", columns: ["amount"], keepFiringFor: "30m" };

test("an alert is judged while the daemon holds its store, and ends when its change is accepted", async () => {
  const { directory } = await writeProject({
    config: { streams: { scored: { role: "inference", http: true } } },
    rules: { rules: [RULE], budget: { falseAlarms: 1, per: "30d" } },
  });
  const ruleFile = join(directory, "rules/scoring.yaml");
  const daemon = await startDaemon(directory);
  const url = String((await daemon.said("listening"))["url"]);
  const ask = (...argv: string[]) => runCommand([...argv, "--url", url], { cwd: directory });
  const begin = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;
  const shifted = begin + 10 * MINUTE;
  const events = [
    ...scoredEvents({ count: 10 * RATE, from: begin, to: shifted, seed: 3 }),
    ...scoredEvents({ count: 30 * RATE, from: shifted, to: shifted + 30 * MINUTE, shift: 10, seed: 4 }),
  ];
  const body = events.map((event) => `${JSON.stringify({ ...event, model: "scoring" })}\n`).join("");
  await fetch(`${url}/v1/events`, { method: "POST", body });
  const { id } = await eventually("the alert", async () => {
    const { out } = await ask("alerts", "--json");
    return (JSON.parse(out) as { alerts: Alert[] }).alerts[0];
  });

  const acknowledged = await ask("alerts", "acknowledge", id, "--by", "ann");
  expect(acknowledged).toMatchObject({
    status: 0,
    err: "",
    out: expect.stringContaining("acknowledged by ann at 20"),
  });
  expect(await ask("alerts", "false", id, "--by", "bob", "--reason", "new tariff")).toMatchObject({
    status: 0,
  });
  const listed = await ask("alerts");
  expect(listed.out).toContain("called a false alarm by bob at 20");
  expect(listed.out).toMatch(/scoring, since .*: 1 fired, 1 acknowledged, 1 called false\. Of the 1 that/);
  await daemon.shows('driftd_alerts_judged_total{model="scoring",alert="FeatureDrift",judgement="false"} 1');

  // Everything after the jump is in the store once the last pane has closed.
  const since = new Date(shifted + 5 * MINUTE).toISOString();
  const argv = ["reference", "accept", id, "--since", since, "--by", "ann", "--reason", "new tariff"];
  const accepted = await ask(...argv, "--json");
  expect(accepted).toMatchObject({ status: 0, err: "" });
  const { file, sha256 } = JSON.parse(accepted.out) as { file: string; sha256: string };
  const shown = await runCommand(["reference", "show", file], { cwd: directory });
  expect(shown.out).toMatch(
    new RegExp(`^accepted by ann: amount of v1, in all.*, as counted from ${since} to .*: new tariff$`, "m"),
  );
  const rules = JSON.parse(readFileSync(ruleFile, "utf8")) as object;
  writeFileSync(ruleFile, JSON.stringify({ ...rules, references: { default: { file, sha256 } } }));
  daemon.signal("SIGHUP");
  await eventually("the end of the alert", async () =>
    (await daemon.alerts()).length === 0 ? true : undefined,
  );
  expect(await daemon.logged("resolved")).toMatchObject({ alert: "FeatureDrift", reason: "accepted" });
  expect((await daemon.end()).code).toBe(0);
});
