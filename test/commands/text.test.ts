import { describe, expect, it } from "vitest";
import { plural, renderTable, wrap } from "../../src/commands/text.ts";

const rows = [
  { cells: ["kilometres", "distances from ATL arrive in kilometres", "15 h"] },
  { cells: ["silence", "no record arrives", "45 min"], paint: "green" as const },
];

describe("text", () => {
  it("aligns the columns of a table", () => {
    expect(renderTable(["fault", "what", "after"], rows, { width: 80, color: false })).toBe(
      [
        "fault       what                                     after",
        "kilometres  distances from ATL arrive in kilometres  15 h",
        "silence     no record arrives                        45 min",
      ].join("\n"),
    );
  });

  it("lets no data break the line, or command the terminal", () => {
    const hostile = [{ cells: ["a\nb\u001B[31m", "c"] }];
    expect(renderTable(["x", "y"], hostile, { width: 80, color: false })).toBe(
      ["x               y", "a\\nb\\u001b[31m  c"].join("\n"),
    );
    expect(wrap("red \u001B[31m is said", "", 80)).toBe("red \\u001b[31m is said");
  });

  it("goes on below where the line is short, and cuts nothing off", () => {
    expect(renderTable(["fault", "what", "after"], rows, { width: 40, color: false })).toBe(
      [
        "fault       what                  after",
        "kilometres  distances from ATL    15 h",
        "            arrive in kilometres",
        "silence     no record arrives     45 min",
      ].join("\n"),
    );
    const long = [{ cells: ["a".repeat(30), "b"] }];
    const broken = renderTable(["x", "y"], long, { width: 20, color: false }).split("\n");
    expect(broken).toEqual(["x                  y", `${"a".repeat(17)}  b`, "a".repeat(13)]);
  });

  it("paints only where colour is wanted", () => {
    const table = renderTable(["a"], [{ cells: ["x"], paint: "red" }], { width: 80, color: true });
    expect(table).toBe("\u001B[1ma\u001B[0m\n\u001B[31mx\u001B[0m");
  });

  it("wraps at words, with an indent", () => {
    expect(wrap("one two three four", "  ", 11)).toBe("  one two\n  three\n  four");
    expect(wrap("  ", "  ", 11)).toBe("");
  });

  it("counts with the noun that belongs to it", () => {
    expect([0, 1, 2000].map((count) => plural(count, "alert"))).toEqual([
      "0 alerts",
      "1 alert",
      "2,000 alerts",
    ]);
  });
});
