import { describe, expect, it } from "vitest";
import { DEFAULT_FLOOR } from "../../src/config/privacy-floor.ts";
import { describeReference } from "../../src/commands/reference/description.ts";
import type { SeriesRef } from "../../src/counts/ref.ts";
import { prepareCategories } from "../../src/counts/categories.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { findSeriesRef, shownSegments } from "../../src/reference/series.ts";
import { cellName } from "../../src/statistics/cells.ts";
import { measureMovement } from "../../src/verdict/movement.ts";
import { build, plan } from "./plain-rows.ts";

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 0, 5);

/** 400 rows of plan a, 60 of b, and 12 each of c and d. */
const CARDS = ["a", "b", "c", "d"];
const COUNTS = [400, 60, 12, 12];

function reference(): Reference {
  const cards = COUNTS.flatMap((count, i) => Array<string>(count).fill(CARDS[i] ?? ""));
  const rows = cards.map((card, i) => ({ time: BEGIN + i * HOUR, card, new: i % 100 === 0 }));
  const columns = plan({ name: "card", type: "category" }, { name: "new", type: "boolean" });
  return build(columns, rows, { segmentBy: [["card"]] });
}

function cardOf(known: Reference): SeriesRef & { kind: "categories" } {
  const ref = findSeriesRef(known, "all", 0);
  if (ref?.kind !== "categories") throw new Error("no category");
  return ref;
}

/** A window of so many rows of each card. */
function window(...counts: number[]): Float64Array {
  return Float64Array.from([...counts, 0, 0, 0]);
}

describe("categories that fewer rows have than the floor", () => {
  it("have no name for people", () => {
    const ref = cardOf(reference());
    expect(CARDS.map((_, code) => cellName(ref, code))).toEqual([
      "category a",
      "category b",
      "category other",
      "category other",
    ]);
  });

  it("move as one, so that a series of metrics stands for all of them", () => {
    const movers = measureMovement(cardOf(reference()), window(100, 15, 100, 50))?.movers ?? [];
    expect(movers.map(({ name }) => name)).toEqual(["other", "a", "b"]);
    expect(movers[0]?.from).toBeCloseTo(24 / 484, 12);
    expect(movers[0]?.to).toBeCloseTo(150 / 265, 12);
    expect(movers.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 9);
  });

  it("have one where the floor is lower, and none where it is higher", () => {
    const known = reference();
    const nameOf = (floor: number, code: number): string => cellName(cardOf({ ...reference(), floor }), code);
    expect([12, 13].map((floor) => nameOf(floor, 2))).toEqual(["category c", "category other"]);
    expect(nameOf(61, 1)).toBe("category other");
    expect(known.floor).toBeUndefined();
  });

  it("are told where they say nothing of anybody: true and false, and the model's own decisions", () => {
    const known = reference();
    expect(findSeriesRef(known, "all", 1)).toMatchObject({ kind: "categories", floor: 0 });
    const decided = {
      ...known,
      columns: known.columns.map((column) => ({ ...column, role: "output" as const })),
    };
    expect(findSeriesRef({ ...decided, segments: reference().segments }, "all", 0)).toMatchObject({
      floor: 0,
    });
  });

  it("are unnamed by default, wherever a series comes from", () => {
    const ref = prepareCategories({ column: "c", categories: ["x"], counts: window(DEFAULT_FLOOR - 1) });
    expect(cellName(ref, 0)).toBe("category other");
  });
});

describe("segments that fewer rows have than the floor", () => {
  it("are not told apart in a new reference", () => {
    expect(reference().segments.map(({ name, rows }) => [name, rows])).toEqual([
      ["all", 484],
      ["card=a", 400],
      ["card=b", 60],
      ["other(card)", 24],
    ]);
  });

  it("are left out of what is shown of one that was built with a lower floor", () => {
    const known = { ...reference(), floor: 61 };
    expect(shownSegments(known).map(({ name }) => name)).toEqual(["all", "card=a", "other(card)"]);
    expect(describeReference(known).segments.map(({ name }) => name)).toEqual([
      "all",
      "card=a",
      "other(card)",
    ]);
  });
});
