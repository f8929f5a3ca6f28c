import { describe, expect, it } from "vitest";
import { cellsOf, columnOf, decoderOf, NOW, planOf, recordsOf } from "./records-of.ts";

const tick = { now: NOW };

describe("readCell", () => {
  it("counts whole numbers as the category of their decimal text, as in a columnar file", () => {
    const columns = [
      columnOf({ name: "store", type: "category", categories: ["3", "-12", "9007199254740993"] }),
      columnOf({ name: "prediction.decision", role: "output", type: "category", categories: ["0", "1"] }),
    ];
    const decoded = decoderOf([planOf(columns)]).decode(
      recordsOf([
        { features: { store: 3 }, prediction: { decision: 1 } },
        { features: { store: -12 }, prediction: { decision: 0 } },
        '{"features":{"store":3.00},"prediction":{"decision":1.0}}',
        '{"features":{"store":30},"prediction":{"decision":0.5}}',
        '{"features":{"store":3e0},"prediction":{"decision":1.01}}',
        '{"features":{"store":9007199254740993},"prediction":{"decision":-0}}',
      ]),
      tick,
    );
    expect(Array.from({ length: 6 }, (_, row) => cellsOf(decoded.batches[0], row))).toEqual([
      ["3", "1"],
      ["-12", "0"],
      ["3", "1"],
      ["unseen", "fault"],
      ["3", "fault"],
      ["9007199254740993", "0"],
    ]);
  });
});
