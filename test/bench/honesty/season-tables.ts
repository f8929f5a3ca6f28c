import { describeLoud, ratioText, summarizeKnown } from "./known.ts";
import { percent, table } from "./markdown.ts";
import { levelText } from "./mutations.ts";
import { LEVELS } from "./rounds.ts";
import { MOST_REFERENCES, type SeasonCell } from "./seasons.ts";

/** How rules against the season hold the level of long references, every broken cell by name, and how well all are known. */
export function summarizeSeasons(cells: readonly SeasonCell[]): string {
  const promised = cells.filter(({ trust }) => trust === "promised");
  const count = (verdict: SeasonCell["verdict"]): number =>
    promised.filter((cell) => cell.verdict === verdict).length;
  const broken = promised.filter(({ verdict }) => verdict === "broken");
  const lines = broken.map((cell) => `- broken: ${nameOf(cell)}, ${describeLoud(cell, "long")}`);
  return [
    `Of ${promised.length} cells with long references the level **holds in ${count("holds")}** and is broken in ${broken.length}; in ${count("seldom")} too few
references were long, and in ${count("silent")} no window could be judged.`,
    ...(lines.length > 0 ? [lines.join("\n")] : []),
    summarizeKnown(promised, { most: MOST_REFERENCES, nameOf, word: "long" }),
  ].join("\n\n");
}

export function countBroken(cells: readonly SeasonCell[]): string {
  const promised = cells.filter(({ trust }) => trust === "promised");
  return `${promised.filter(({ verdict }) => verdict === "broken").length} of ${promised.length} cells`;
}

function nameOf({ world, weeks, rows }: SeasonCell): string {
  return `${world}, W ${weeks}, M ${rows}`;
}

/** A table for each number of weeks. */
export function renderSeasons(cells: readonly SeasonCell[]): string[] {
  return [10, 26, 4].flatMap((weeks) => {
    const trust = weeks < 10 ? "provisional" : "promised";
    const own = cells.filter((cell) => cell.weeks === weeks && cell.trust === trust);
    if (own.length === 0) return [];
    const title = `### ${weeks} weeks`;
    const head = [
      "world",
      "M",
      "references",
      weeks < 10 ? "of all" : "long",
      "judged",
      ...LEVELS.map((level) => `at ${levelText(level)}`),
      "",
    ];
    const rows = own
      .toSorted((a, b) => order(cells, a) - order(cells, b) || a.rows - b.rows)
      .map((cell) => [
        cell.world,
        String(cell.rows),
        String(cell.references),
        percent(cell.share, cell.share < 0.1 ? 1 : 0),
        percent(cell.judged),
        ...ratiosOf(cell),
        MARKS[cell.verdict],
      ]);
    return [title, table([head, ...rows])];
  });
}

const MARKS = { holds: "holds", broken: "**broken**", seldom: "*seldom*", silent: "not judged" } as const;

function order(cells: readonly SeasonCell[], { world }: SeasonCell): number {
  return cells.findIndex((cell) => cell.world === world);
}

function ratiosOf({ ratios }: SeasonCell): string[] {
  return LEVELS.map((_, i) => {
    const found = ratios[i];
    return found === undefined ? "" : ratioText(found);
  });
}
