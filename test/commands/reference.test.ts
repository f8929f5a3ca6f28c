import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readReference } from "../../src/reference/reference-file.ts";
import { random } from "../reference/plain-rows.ts";
import { runReference } from "./run-reference.ts";
import type { Ran } from "./run-reference.ts";

let directory = "";

const RULES = `version: 1
model: fraud
references: { default: { file: fraud.arrow } }
window: { size: 1h, pane: 5m, lateness: 2m }
segmentBy: [region]
columns: { region: { type: category }, card: { type: category } }
rules:
  - { alert: Drift, measure: psi, columns: ["*"], by: [version] }
  - { alert: Daily, measure: psi, columns: ["*"], by: [version], window: { size: 1d, every: 1h } }
`;

function events(count: number): string {
  const next = random(11);
  return Array.from({ length: count }, (_, i) => {
    const region = next() < 0.7 ? "eu" : "us";
    const score = next();
    return JSON.stringify({
      id: `e${i}`,
      time: new Date(Date.UTC(2024, 0, 1) + i * 20_000).toISOString(),
      segment: { region },
      features: { amount: next() * 100, card: `c${i % 7}` },
      prediction: { score },
      truth: next() < score,
    });
  }).join("\n");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-reference-"));
  await writeFile(join(directory, "fraud.yaml"), RULES);
  await writeFile(
    join(directory, "events.jsonl"),
    `${events(6000)}\n{"time":"1970-01-01T00:00:00Z"}\n{broken\n`,
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const reference = (...argv: string[]): Promise<Ran> => runReference(directory, argv);

describe("driftd reference build", () => {
  it("builds by a rule file, with its segments and windows", async () => {
    const built = await reference(
      "build",
      "events.jsonl",
      "--rules",
      "fraud.yaml",
      "--output",
      "fraud.arrow",
      "--json",
    );
    expect(built.status).toBe(0);
    const summary: unknown = JSON.parse(built.out);
    expect(summary).toMatchObject({
      model: "fraud",
      rows: 6000,
      dropped: { invalid: 1 },
      undecodable: 1,
      segments: ["all", "region=eu", "region=us", "other(region)"],
      windows: ["1h", "1d"],
    });
    const read = readReference(await readFile(join(directory, "fraud.arrow")), "fraud.arrow");
    expect(summary).toMatchObject({ id: read.id });
    expect(read.columns.map(({ name, role }) => `${role} ${name}`).toSorted()).toEqual([
      "feature amount",
      "feature card",
      "output prediction.score",
      "segment region",
    ]);
    expect(read.outcome?.coverage).toBe(1);
  });

  it("says what it guessed, and what it left out", async () => {
    const built = await reference("build", "events.jsonl", "--output", "guessed.arrow");
    expect(built.out).toContain("  amount: number (all values are numbers)\n");
    expect(built.out).toContain("  prediction.score: score (its name and its values)\n");
    expect(built.out).toContain("6,000 rows, 2024-01-01T00:00:00.000Z to ");
    expect(built.out).toContain("1 invalid left out, 1 undecodable left out\n");
    expect(built.out).toContain("model events, ");
  });

  it("ends with 130 where it is told to stop, and writes nothing", async () => {
    const stopped = runReference(
      directory,
      ["build", "events.jsonl", "--output", "stopped.arrow"],
      AbortSignal.abort(),
    );
    await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED", exit: 130 });
    await expect(readFile(join(directory, "stopped.arrow"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("speaks of one row and one column, and of rows that cannot be read", async () => {
    await writeFile(join(directory, "one.csv"), "amount\n1\n");
    const { out } = await reference("build", "one.csv", "--output", "one.arrow");
    expect(out).toContain("1 row, without event time");
    expect(out).toContain("model one, 1 column, 1 segment, ");
    await writeFile(join(directory, "torn.jsonl"), "{torn\n");
    await expect(reference("build", "torn.jsonl", "--output", "torn.arrow")).rejects.toMatchObject({
      message: expect.stringMatching(
        /\(1 undecodable\)\. Its rows cannot be read: write one JSON object a line/,
      ),
    });
  });

  it("builds the same reference twice", async () => {
    const first = await reference("build", "events.jsonl", "--output", "a.arrow", "--json");
    const second = await reference("build", "events.jsonl", "--output", "a.arrow", "--json");
    expect(second.out).toBe(first.out);
  });

  it.each([
    [["kafka:events"], "USAGE", "references are built from files"],
    [["nowhere.jsonl"], "SOURCE_INVALID", "there is no such file"],
    [["events.jsonl", "--time", "when"], "USAGE", "--time when: the source has no such column. It has id,"],
    [
      ["events.jsonl", "--rules", "fraud.yaml", "--model", "other"],
      "USAGE",
      "fraud.yaml describes fraud. Name one",
    ],
  ])("refuses %j", async (argv, code, message) => {
    const error = { code, message: expect.stringContaining(message) };
    await expect(reference("build", ...argv, "--output", "x.arrow")).rejects.toMatchObject(error);
  });

  it("prints the faults of the rule file and exits 78", async () => {
    await writeFile(join(directory, "bad.yaml"), RULES.replace("measure: psi", "measure: pssi"));
    const built = await reference("build", "events.jsonl", "--rules", "bad.yaml", "--output", "x.arrow");
    expect(built.status).toBe(78);
    expect(built.err).toContain("pssi");
  });

  it("needs a key for columns that are hashed", async () => {
    const hashed = RULES.replace("card: { type: category }", "card: { type: category, pii: true }");
    await writeFile(join(directory, "pii.yaml"), hashed);
    const argv = ["build", "events.jsonl", "--rules", "pii.yaml", "--output", "pii.arrow"];
    await expect(reference(...argv)).rejects.toThrow(/privacy\.keyFile by --config/);
    await writeFile(join(directory, "key"), "0123456789abcdef0123456789abcdef");
    const config = `version: 1
streams: { fraud: { role: inference, file: events.jsonl, format: native } }
rules: [pii.yaml]
privacy: { keyFile: key }
`;
    await writeFile(join(directory, "driftd.yaml"), config);
    await reference(...argv, "--config", "driftd.yaml");
    const read = readReference(await readFile(join(directory, "pii.arrow")), "pii.arrow");
    const card = read.columns.find(({ name }) => name === "card");
    expect(card?.categories.length).toBe(7);
    expect(card?.categories.every((category) => /^[0-9a-f]{32}$/.test(category))).toBe(true);
    expect(read.keyId).toMatch(/^[0-9a-f]{16}$/);
  });

  it("reads by the map of the model's stream in driftd.yaml", async () => {
    const records = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({ when: 1_704_067_200 + i * 60, x: { amount: i }, raw: { p: i / 200 }, score: i }),
    );
    await writeFile(join(directory, "odd.jsonl"), records.join("\n"));
    const config = `version: 1
streams:
  odd:
    role: inference
    file: odd.jsonl
    format: json
    map: { id: /when, time: /when, model: { value: odd }, score: /raw/p, features: /x }
rules: [fraud.yaml]
`;
    await writeFile(join(directory, "odd.yaml"), config);
    const argv = ["--config", "odd.yaml", "--model", "odd", "--output", "odd.arrow", "--json"];
    const built = JSON.parse((await reference("build", "odd.jsonl", ...argv)).out);
    expect(built).toMatchObject({ rows: 200, model: "odd" });
    expect(built.columns.map(({ name }: { name: string }) => name)).toEqual(["prediction.score", "amount"]);
  });

  it("reads its own model's rows from a stream that carries several", async () => {
    const records = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({
        at: 1_704_067_200 + i * 60,
        who: i % 3 === 0 ? "one" : "two",
        in: [{ x: { amount: i } }],
      }),
    );
    await writeFile(join(directory, "both.jsonl"), records.join("\n"));
    const config = `version: 1
kafka: { brokers: ["localhost:9092"], group: driftd }
streams:
  both: { role: inference, topic: both, map: { time: /at, model: /who, version: { header: v }, features: /in/0/x } }
rules: [fraud.yaml]
`;
    await writeFile(join(directory, "both.yaml"), config);
    const argv = ["--config", "both.yaml", "--model", "one", "--output", "one.arrow", "--json"];
    const built = JSON.parse((await reference("build", "both.jsonl", ...argv)).out);
    expect(built).toMatchObject({ rows: 100, model: "one", dropped: { "unknown-model": 200 } });
    expect(built.columns.map(({ name }: { name: string }) => name)).toEqual(["amount"]);
  });

  it("looks for answers where run will, and nowhere else", async () => {
    const records = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify({ at: 1_704_067_200 + i * 60, probability: i / 300, x: { amount: i } }),
    );
    await writeFile(join(directory, "unmapped.jsonl"), records.join("\n"));
    const config = (map: string): string => `version: 1
streams:
  s: { role: inference, file: unmapped.jsonl, format: json, map: { time: /at, model: { value: odd }${map} } }
rules: [fraud.yaml]
`;
    const built = async (map: string): Promise<string[]> => {
      await writeFile(join(directory, "unmapped.yaml"), config(map));
      const argv = ["--config", "unmapped.yaml", "--model", "odd", "--output", "odd.arrow", "--json"];
      const { columns } = JSON.parse((await reference("build", "unmapped.jsonl", ...argv)).out);
      return columns.map(({ name }: { name: string }) => name);
    };
    expect(await built("")).toEqual(["probability"]);
    expect(await built(", score: /probability, features: /x")).toEqual(["prediction.score", "amount"]);
  });

  it("takes whole events as they are where the stream brings requests and responses of a server", async () => {
    const config = `version: 1
streams:
  s: { role: inference, http: true, format: kserve, map: { id: /id, score: /p, version: { header: v } } }
rules: [fraud.yaml]
`;
    await writeFile(join(directory, "served.yaml"), config);
    const built = async (record: (i: number) => unknown): Promise<string> => {
      const records = Array.from({ length: 300 }, (_, i) => JSON.stringify(record(i)));
      await writeFile(join(directory, "served.jsonl"), records.join("\n"));
      const argv = ["--config", "served.yaml", "--model", "odd", "--output", "odd.arrow"];
      return (await reference("build", "served.jsonl", ...argv)).out;
    };
    const time = (i: number): string => new Date(1_704_067_200_000 + i * 60_000).toISOString();
    const nested = await built((i) => ({
      id: `${i}`,
      time: time(i),
      features: { amount: i },
      prediction: { score: i / 300 },
    }));
    expect(nested).toContain("  prediction.score: score ");
    expect(nested).toContain("300 rows, 2024-01-01T00:00:00.000Z to ");
    const flat = await built((i) => ({ time: time(i), amount: i, p: i / 300 }));
    expect(flat).toContain("  p: score ");
    expect(flat).toContain("300 rows, 2024-01-01T00:00:00.000Z to ");
  });

  it("says which values it left out of rows that it counted", async () => {
    const records = Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({
        time: 1_704_067_200 + i * 60,
        segment: { region: "eu" },
        features: { card: i % 4 === 0 ? [i] : "c", amount: i },
      }),
    );
    await writeFile(join(directory, "mixed.jsonl"), records.join("\n"));
    const argv = ["build", "mixed.jsonl", "--rules", "fraud.yaml", "--output", "mixed.arrow"];
    const { out } = await reference(...argv);
    expect(out).toContain("\ncard: 50 values of another type, or outside its limits, left out\n");
    const { faults } = JSON.parse((await reference(...argv, "--json")).out);
    expect(faults).toEqual({ card: 50 });
  });
});

describe("driftd reference show", () => {
  it("says what every series knows", async () => {
    await reference("build", "events.jsonl", "--rules", "fraud.yaml", "--output", "shown.arrow");
    const text = await reference("show", "shown.arrow");
    expect(text.status).toBe(0);
    expect(text.out).toContain("model fraud, 6,000 rows, 2024-01-01T00:00:00.000Z to");
    expect(text.out).toMatch(/^all +amount +6,000 +0 +1h +34 +/m);
    expect(text.out).toMatch(/^all +\(labels\) +6,000 +0 +1d /m);
    const json = await reference("show", "shown.arrow", "--json");
    const described = JSON.parse(json.out);
    expect(described.segments.map(({ name }: { name: string }) => name)).toContain("region=eu");
    const [hours] = described.segments[0].columns.find(
      ({ name }: { name: string }) => name === "amount",
    ).windows;
    expect(hours).toMatchObject({ size: 3_600_000, k: 34, directions: 9, trust: "provisional" });
    expect(json.out).not.toContain("counts");
  });

  it("refuses a damaged file by name", async () => {
    await writeFile(join(directory, "broken.arrow"), "ARROW1 no more");
    await expect(reference("show", "broken.arrow")).rejects.toMatchObject({
      code: "REFERENCE_INVALID",
      message: expect.stringContaining("broken.arrow is damaged"),
    });
  });
});
