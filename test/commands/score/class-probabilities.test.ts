import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Field,
  FixedSizeList,
  Float64,
  List,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScoreReport } from "../../../src/commands/score/report.ts";
import { random } from "../../reference/plain-rows.ts";
import { driftd } from "./score-files.ts";

let directory = "";
const CLASSES = ["cat", "dog", "cow"];

interface Decided {
  readonly shares: readonly number[];
  readonly decision: number;
  readonly truth: number;
}

/** A model of three classes, whose probabilities are right. */
function decisions(count: number, seed: number): Decided[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const weights = CLASSES.map(() => 0.1 + next() ** 2);
    const total = weights.reduce((sum, one) => sum + one, 0);
    const shares = weights.map((one) => one / total);
    const draw = next();
    const truth = draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2;
    return { shares, decision: shares.indexOf(Math.max(...shares)), truth };
  });
}

const byName = ({ shares }: Decided) => Object.fromEntries(CLASSES.map((name, i) => [name, shares[i]]));
const nameOf = (one: number): string => CLASSES[one] ?? "";

const LAYOUTS = {
  "named.jsonl": (rows: readonly Decided[]) =>
    lines(rows, (row) => ({ ...named(row), probabilities: byName(row) })),
  "list.jsonl": (rows: readonly Decided[]) =>
    lines(rows, ({ shares, decision, truth }) => ({ probabilities: shares, decision, truth: String(truth) })),
  "named-list.jsonl": (rows: readonly Decided[]) =>
    lines(rows, (row) => ({ ...named(row), probabilities: row.shares })),
  "flat.csv": (rows: readonly Decided[]) =>
    [
      "probabilities.cat,probabilities.dog,probabilities.cow,decision,truth",
      ...rows.map(({ shares, decision, truth }) => [...shares, nameOf(decision), nameOf(truth)].join(",")),
    ].join("\n"),
  "struct.arrow": (rows: readonly Decided[]) => {
    const fields = CLASSES.map((name) => new Field(name, new Float64()));
    return arrow(rows, vectorFromArray(rows.map(byName), new Struct(fields)));
  },
  "list.arrow": (rows: readonly Decided[]) =>
    arrow(rows, vectorFromArray(rows.map(sharesOf), new List(new Field("item", new Float64())))),
  "fixed.arrow": (rows: readonly Decided[]) => {
    const type = new FixedSizeList(3, new Field("item", new Float64()));
    return arrow(rows, vectorFromArray(rows.map(sharesOf), type));
  },
};

function sharesOf({ shares }: Decided): number[] {
  return [...shares];
}

function named({ decision, truth }: Decided) {
  return { decision: nameOf(decision), truth: nameOf(truth) };
}

function lines(rows: readonly Decided[], record: (row: Decided) => object): string {
  return rows.map((row) => JSON.stringify(record(row))).join("\n");
}

function arrow(rows: readonly Decided[], probabilities: Vector): Uint8Array {
  const texts = (name: "decision" | "truth") =>
    vectorFromArray(
      rows.map((row) => nameOf(row[name])),
      new Utf8(),
    );
  const columns = { probabilities, decision: texts("decision"), truth: texts("truth") };
  return tableToIPC(new Table(columns), "file");
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "driftd-classes-"));
  for (const [name, write] of Object.entries(LAYOUTS)) {
    await writeFile(join(directory, `usual-${name}`), write(decisions(3_000, 1)));
    await writeFile(join(directory, `later-${name}`), write(decisions(1_500, 2)));
  }
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function report(layout: string): Promise<ScoreReport> {
  const { out } = await driftd(directory, ["score", `usual-${layout}`, `later-${layout}`, "--json"]);
  // The shape is what these tests are about.
  return JSON.parse(out) as ScoreReport;
}

describe("probabilities by class", () => {
  it.each(["struct.arrow", "list.arrow", "fixed.arrow", "flat.csv", "list.jsonl", "named-list.jsonl"])(
    "of %s have the confidence and entropy that JSON objects have",
    async (layout) => {
      const [expected, found] = [await report("named.jsonl"), await report(layout)];
      for (const name of ["prediction.confidence", "prediction.entropy"]) {
        expect(found.columns[name]?.window).toEqual({ n: 1_500, missing: 0 });
        const { mean, psi } = expected.columns[name]?.measures ?? {};
        expect(found.columns[name]?.measures["mean"]?.value).toBeCloseTo(mean?.value ?? Number.NaN, 6);
        expect(found.columns[name]?.measures["psi"]?.value).toBeCloseTo(psi?.value ?? Number.NaN, 6);
      }
      expect(found.outcome.measures["ece"]?.value).toBeCloseTo(
        expected.outcome.measures["ece"]?.value ?? Number.NaN,
        6,
      );
    },
  );

  it.each(["struct.arrow", "flat.csv", "list.jsonl"])("of %s are held against the truth", async (layout) => {
    const [expected, found] = [await report("named.jsonl"), await report(layout)];
    for (const name of ["classwise-ece", "classwise-logloss"]) {
      const { status, value, n } = found.outcome.measures[name] ?? {};
      expect([status, n]).toEqual(["ok", 1_500]);
      expect(value).toBeCloseTo(expected.outcome.measures[name]?.value ?? Number.NaN, 6);
    }
  });

  it("of lists are not, where decisions have names: nobody says which place is whose", async () => {
    const { outcome } = await report("named-list.jsonl");
    expect(outcome.measures).not.toHaveProperty("classwise-ece");
    expect(outcome.measures["accuracy"]?.status).toBe("ok");
  });
});
