import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../commands/command-io.ts";
import { loans } from "../commands/init/init-files.ts";
import type { LoanRow } from "../commands/init/init-files.ts";
import { eventually, startDaemon } from "./daemon.ts";
import { writeParquet } from "./parquet.ts";

const DAYS = 20;
const ROWS = DAYS * 24 * 60;

/** As a data engineer finds it: names of its own, an e-mail address, the truth beside the score. */
function parquetOf(rows: readonly LoanRow[]): Buffer {
  const text = (name: string, of: (row: LoanRow) => string) =>
    ({ name, type: "text", values: rows.map(of) }) as const;
  const number = (name: string, of: (row: LoanRow) => number) =>
    ({ name, type: "double", values: rows.map(of) }) as const;
  return writeParquet([
    text("application_id", (row) => row.application_id),
    { name: "scored_at", type: "int64", values: rows.map(({ ts }) => Date.parse(ts)) },
    text("region", (row) => row.region),
    text("email", (row) => row.email),
    number("income", (row) => row.income),
    number("default_probability", (row) => row.score),
    number("label", (row) => row.label),
  ]);
}

test("from an unknown parquet file to a firing, explained alert in five commands", async () => {
  const directory = mkdtempSync(join(tmpdir(), "driftd-five-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const later = Date.parse("2026-02-01T00:00:00Z");
  const calm = loans({ rows: ROWS / 10, days: DAYS / 10, from: later, seed: 2 });
  const drifted = loans({
    rows: ROWS / 20,
    days: DAYS / 20,
    from: later + 2 * 86_400_000,
    shift: 9_000,
    seed: 3,
  });
  writeFileSync(join(directory, "january.parquet"), parquetOf(loans({ rows: ROWS, days: DAYS })));
  writeFileSync(join(directory, "february.parquet"), parquetOf([...calm, ...drifted]));
  const run = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await runCommand(words, { cwd: directory });
    expect({ words, status, err }).toEqual({ words, status: 0, err: "" });
    return out;
  };

  const begun = await run("init", "january.parquet", "--model", "loans");
  expect(begun).toContain("scored_at: time");
  expect(begun).toContain("default_probability: score");
  expect(begun).toContain("email: category, hashed");
  expect(begun).toContain("the source has 80 windows of 6h");

  const checked = await run("check");
  // Eighty windows are too few for the promise, which check says.
  expect(checked).toContain("1 model without error.");

  expect(await run("test")).toContain("All is well: 4 scenarios.");

  const found = await run("backtest", "february.parquet", "loans-labels=february.parquet", "--json");
  const { alerts } = JSON.parse(found) as {
    alerts: readonly { alert: string; column?: string; startsAt: string; explanation: string }[];
  };
  const drift = alerts.filter(({ alert }) => alert === "InputDrift");
  expect(drift).toHaveLength(1);
  expect(drift[0]).toMatchObject({ column: "income" });
  const began = Date.parse(drift[0]?.startsAt ?? "") - (later + 2 * 86_400_000);
  expect(began).toBeGreaterThan(0);
  expect(began).toBeLessThan(6 * 3_600_000);
  expect(drift[0]?.explanation).toContain("income moved up");
  // Nothing else is said.
  expect(alerts.map(({ alert, column }) => `${alert} ${column ?? ""}`)).toEqual(["InputDrift income"]);

  // The fifth watches what comes.
  const config = join(directory, "driftd.yaml");
  const text = readFileSync(config, "utf8");
  writeFileSync(
    config,
    text.replaceAll("january.parquet", "february.parquet").replace("port: 9464", "port: 0"),
  );
  const daemon = await startDaemon(directory);
  await daemon.accounted("loans", ({ rows }) => rows.received >= calm.length + drifted.length);
  const alert = await eventually("the alert", async () =>
    (await daemon.alerts()).find((one) => one.alert === "InputDrift" && one.state === "firing"),
  );
  expect(alert).toMatchObject({ column: "income", startsAt: drift[0]?.startsAt });
  expect((await daemon.end()).code).toBe(0);
});
