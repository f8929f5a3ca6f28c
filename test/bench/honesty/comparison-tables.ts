import type { ComparisonCell } from "./comparisons.ts";
import { ratioText } from "./known.ts";
import { percent, short, table } from "./markdown.ts";
import { levelText } from "./mutations.ts";
import { LEVELS } from "./rounds.ts";

/** How many of the worlds hold their level, and every one by name that does not. */
export function summarizeComparisons(cells: readonly ComparisonCell[]): string {
  const counted = cells.filter(({ isPromised }) => isPromised);
  const count = (verdict: ComparisonCell["verdict"]): number =>
    counted.filter((cell) => cell.verdict === verdict).length;
  const broken = counted.filter(({ verdict }) => verdict === "broken");
  const lines = broken.map(
    (cell) => `- broken: ${cell.scenario}, M ${cell.rows}: ${ratiosOf(cell).join(", ")}`,
  );
  const text = `Of ${counted.length} cells the level **holds in ${count("holds")}** and is broken in ${broken.length}; in ${count("seldom")} windows could be judged against
too few references to be measured, and in ${count("silent")} against none. ${heavyTails(cells)}`;
  return lines.length === 0 ? text : `${text}\n\n${lines.join("\n")}`;
}

/** Worlds that are not part of the promise: the most ratio at the smallest level. */
function heavyTails(cells: readonly ComparisonCell[]): string {
  const loud = cells.filter(({ isPromised, verdict }) => !isPromised && verdict === "broken");
  const most = Math.max(...loud.flatMap(({ ratios }) => ratios.slice(-1).map(({ ratio }) => ratio)));
  if (loud.length === 0) return "The worlds that nothing is promised of hold theirs, too.";
  return `Where shocks have heavy tails, of which nothing is promised, up to ${short(most)} times as many alarm as a level of 1e-4 says.`;
}

export function renderComparisons(cells: readonly ComparisonCell[]): string {
  const levels = LEVELS.map((level) => `at ${levelText(level)}`);
  const head = ["world", "M", "references", "judged", ...levels, ""];
  const rows = cells
    .toSorted((a, b) => order(cells, a) - order(cells, b) || a.rows - b.rows)
    .map((cell) => [
      cell.scenario,
      String(cell.rows),
      String(Math.round(cell.references * cell.share)),
      percent(cell.judged),
      ...ratiosOf(cell),
      markOf(cell),
    ]);
  return table([head, ...rows]);
}

function order(cells: readonly ComparisonCell[], { scenario }: ComparisonCell): number {
  return cells.findIndex((cell) => cell.scenario === scenario);
}

function ratiosOf({ ratios }: ComparisonCell): string[] {
  return LEVELS.map((_, i) => {
    const found = ratios[i];
    return found === undefined ? "" : ratioText(found);
  });
}

function markOf({ verdict, isPromised }: ComparisonCell): string {
  if (verdict === "silent") return "not judged";
  if (!isPromised) return verdict === "broken" ? "above 1, as said" : "reported";
  if (verdict === "broken") return "**broken**";
  return verdict === "seldom" ? "*seldom*" : "holds";
}
