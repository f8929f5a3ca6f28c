import { describe, expect, it } from "vitest";
import { CONFIDENCE, ENTROPY } from "../../src/event/probabilities.ts";
import { cellsOf, columnOf, decoderOf, NOW, planOf, streamOf } from "./records-of.ts";

const COLUMNS = [CONFIDENCE, ENTROPY].map((name) => columnOf({ name, role: "output" }));

function decode(columns: Record<string, unknown[]>, format: "arrow" | "csv" = "arrow") {
  const count = Object.values(columns)[0]?.length ?? 0;
  const map = { probabilities: { pointer: "/probabilities" } };
  const decoder = decoderOf([planOf(COLUMNS)], streamOf({ format, map }));
  const table = {
    kind: "table",
    stream: "s",
    partition: 0,
    count,
    firstOffset: 0,
    end: NaN,
    columns,
  } as const;
  const [batch] = decoder.decodeTable(table, { now: NOW }).batches;
  const rows = Array.from({ length: count }, (_, row) => cellsOf(batch, row));
  return { rows, faulty: Array.from(batch.faultRow.subarray(0, batch.faults)) };
}

describe("probabilities of a table", () => {
  it("are objects, lists, or columns of their own", () => {
    const cases: [Record<string, unknown[]>, "arrow" | "csv"][] = [
      [{ probabilities: [{ a: 0.5, b: 0.25, c: 0.25 }] }, "arrow"],
      [{ probabilities: [[0.25, 0.5, 0.25]] }, "arrow"],
      [{ "probabilities.a": [0.5], "probabilities.b": [0.25], "probabilities.c": [0.25] }, "arrow"],
      [{ "probabilities.a": ["0.5"], "probabilities.b": ["0.25"], "probabilities.c": ["0.25"] }, "csv"],
    ];
    for (const [columns, format] of cases) {
      expect(decode(columns, format)).toEqual({ rows: [[0.5, 1.5]], faulty: [] });
    }
  });

  it("are missing where a row has none, and faults where they are no probabilities of all classes", () => {
    const sets = [null, [], { a: 0.9, b: null, c: 0.1 }, [0.2, 0.2], [1.5, -0.5], ["x", 1], "0.5", 1];
    const { rows, faulty } = decode({ probabilities: sets });
    expect(rows.slice(0, 2).flat()).toEqual([undefined, undefined, undefined, undefined]);
    expect(rows[2]?.[0]).toBe(0.9);
    expect(faulty).toEqual([3, 3, 4, 4, 5, 5, 6, 6, 7, 7]);
  });
});
