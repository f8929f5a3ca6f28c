import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readReference } from "../../src/reference/reference-file.ts";
import { runCommand } from "../commands/command-io.ts";
import { eventually, startDaemon, type Daemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { writeProject } from "./project.ts";

const RULES = {
  references: { default: { learn: "3h" } },
  columns: {
    amount: { type: "number" },
    region: { type: "category" },
    card: { type: "category", pii: true },
    "prediction.score": { type: "number" },
  },
  rules: [
    { alert: "FeatureDrift", measure: "psi", columns: ["amount"], keepFiringFor: "1m" },
    { alert: "SchemaBroken", measure: "invalid", above: 0.01 },
  ],
};
const HOUR = 3_600_000;
/** What stands for a value of a pii column. */
const HASH = /^[0-9a-f]{32}$/;

async function send(daemon: Daemon, options: Parameters<typeof scoredEvents>[0]): Promise<void> {
  const url = String((await daemon.said("listening"))["url"]);
  const body = scoredEvents(options)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join("");
  const response = await fetch(`${url}/v1/events`, { method: "POST", body });
  expect(response.status).toBe(200);
}

test("a model without a reference learns one, survives a kill meanwhile, judges by it, and gives it away", async () => {
  const project = await writeProject({
    config: {
      streams: { scored: { role: "inference", http: true } },
      state: { store: "lmdb", path: "state" },
      privacy: { keyFile: "key" },
    },
    rules: RULES,
  });
  writeFileSync(join(project.directory, "key"), "0123456789abcdef0123456789abcdef");
  const begin = Math.floor(Date.now() / 60_000) * 60_000 - 6 * HOUR;
  const first = await startDaemon(project.directory);
  await first.said(/^scoring learns its reference of the first 3h/);
  await send(first, { count: 2_000, from: begin, to: begin + HOUR, seed: 1 });
  await eventually("the first part of the sample", async () => {
    const [line = ""] = await first.metric("driftd_reference_learning");
    return Number(line.split(" ").at(-1)) > 0.2 ? line : undefined;
  });
  const early = JSON.parse(await first.text("/api/references")) as { references: object[] };
  expect(early.references).toMatchObject([
    { model: "scoring", state: "learning", learning: { share: expect.any(Number) } },
  ]);
  await first.end("SIGKILL");

  const daemon = await startDaemon(project.directory);
  await send(daemon, { count: 4_500, from: begin + HOUR, to: begin + 3.25 * HOUR, seed: 2 });
  const learnt = await daemon.said(/^the reference is learnt/);
  expect(learnt["msg"]).toContain("driftd reference export scoring --output scoring.arrow");
  await daemon.said(/^rule files and references were read again, and are what counts/);
  expect(await daemon.metric("driftd_reference_learning")).toEqual([]);
  const { rows } = await daemon.accounted("scored", (found) => found.rows.received >= 6_500);
  expect(rows).toMatchObject({
    received: 4_500 + 2_000,
    measured: 4_500 + 2_000,
  });

  const url = String((await daemon.said("listening"))["url"]);
  const file = join(project.directory, "scoring.arrow");
  const exported = await runCommand(["reference", "export", "scoring", "--output", file, "--url", url]);
  expect(exported).toMatchObject({ status: 0 });
  const reference = readReference(readFileSync(file), file);
  expect(exported.out).toContain(`references: { default: { file: ${file}, sha256: ${reference.id} } }`);
  expect(reference.rows).toBe(reference.learnt?.rows);
  const card = reference.columns.find(({ name }) => name === "card");
  expect(card).toMatchObject({
    pii: true,
    categories: [expect.stringMatching(HASH), expect.stringMatching(HASH)],
  });
  // So many came in the first three hours of the story.
  expect(reference.rows).toBe(6_000);

  await send(daemon, { count: 2_000, from: begin + 3.25 * HOUR, to: begin + 4 * HOUR, seed: 3 });
  await send(daemon, { count: 2_000, from: begin + 4 * HOUR, to: begin + 4.75 * HOUR, seed: 4, shift: 200 });
  const alert = await eventually("the alert", async () => (await daemon.alerts()).at(0));
  expect(alert).toMatchObject({ alert: "FeatureDrift", column: "amount" });
  expect(Date.parse(alert.startsAt)).toBeGreaterThan(begin + 4 * HOUR);

  // In git it is a reference like any other: counts and alerts go on.
  const rules = join(project.directory, "rules/scoring.yaml");
  const written = JSON.parse(readFileSync(rules, "utf8")) as object;
  const seen = daemon.log().length;
  writeFileSync(
    rules,
    JSON.stringify({ ...written, references: { default: { file, sha256: reference.id } } }),
  );
  await daemon.said(/^rule files and references were read again, and are what counts/, seen);
  expect(await daemon.alerts()).toMatchObject([{ id: alert.id, startsAt: alert.startsAt }]);
  expect((await daemon.end()).code).toBe(0);
});
