import { LEVELS, type Cell } from "./marginal.ts";
import { percent, short, table } from "./markdown.ts";
import { levelText } from "./mutations.ts";

/** One sentence of all cells that were promised, and every broken one by name. */
export function summarizeCells(cells: readonly Cell[]): string {
  const promised = cells.filter(({ trust, isPromised }) => trust === "promised" && isPromised);
  const count = (verdict: Cell["verdict"]): number =>
    promised.filter((cell) => cell.verdict === verdict).length;
  const broken = promised.filter(({ verdict }) => verdict === "broken");
  const seldom = promised.filter(({ verdict }) => verdict === "seldom");
  const lines = [
    `Of ${promised.length} cells (a restless world, a size of reference, a size of window) whose series were promised, the promise
**holds in ${count("holds")}**, is broken in ${broken.length}, is made too seldom to be measured in ${seldom.length}; in ${count("silent")} no window could be judged.`,
    ...broken.map(
      (cell) =>
        `- broken: ${nameOf(cell)}: ${ratiosOf(cell)}, where ${percent(cell.share)} of references are promised`,
    ),
    ...seldom.map(
      (cell) =>
        `- seldom promised (${percent(cell.share, 1)} of references): ${nameOf(cell)}: ${ratiosOf(cell)}; over all references, promised or not, ${cell.ratios.map(({ ratio }) => short(ratio * cell.share)).join(", ")}`,
    ),
  ];
  return lines.join("\n");
}

/** The worst of what is outside the promise because windows are few or resemble each other. */
export function worstProvisional(cells: readonly Cell[]): string {
  const loud = cells.flatMap((cell) => {
    const { trust, isPromised, verdict, ratios } = cell;
    if (trust !== "provisional" || !isPromised || verdict !== "broken") return [];
    return [{ cell, most: Math.max(...ratios.map(({ ratio }) => ratio)) }];
  });
  const [worst] = loud.toSorted((a, b) => b.most - a.most);
  const count = cells.filter(({ trust, isPromised }) => trust === "provisional" && isPromised).length;
  if (worst === undefined) return `none of their ${count} cells is too loud`;
  return `${loud.length} of their ${count} cells are too loud, the worst (${nameOf(worst.cell)}) ${short(worst.most)} times`;
}

function nameOf({ scenario, k, rows }: Cell): string {
  return `${scenario}, K ${k}, M ${rows}`;
}

function ratiosOf({ ratios }: Cell): string {
  return ratios.map((ratio, i) => `${ratioText(ratio)} at ${levelText(LEVELS[i])}`).join(", ");
}

function ratioText({ ratio, error }: Cell["ratios"][number]): string {
  return `${short(ratio)} ± ${short(error)}`;
}

/** A table for each K: the promised ones, then those that are provisional. */
export function renderCells(cells: readonly Cell[]): string[] {
  return [200, 720, 30, 50].flatMap((k) => {
    const trust = k >= 200 ? "promised" : "provisional";
    const own = cells.filter((cell) => cell.k === k && cell.trust === trust);
    const title = k >= 200 ? `### K ${k}` : `### K ${k}: provisional, outside the promise`;
    const head = ["world", "M", trust, "judged", ...LEVELS.map((level) => `at ${levelText(level)}`), ""];
    const rows = own
      .toSorted((a, b) => order(cells, a) - order(cells, b) || a.rows - b.rows)
      .map((cell) => [
        cell.scenario,
        String(cell.rows),
        percent(cell.share),
        percent(cell.judged),
        ...LEVELS.map((_, i) => (cell.ratios.length > 0 ? ratioText(cell.ratios[i]) : "")),
        markOf(cell),
      ]);
    return [title, table([head, ...rows])];
  });
}

function order(cells: readonly Cell[], { scenario }: Cell): number {
  return cells.findIndex((cell) => cell.scenario === scenario);
}

function markOf({ verdict, isPromised, trust }: Cell): string {
  if (verdict === "silent") return "not judged";
  if (trust !== "promised") return verdict === "broken" ? "above 1" : "";
  if (!isPromised) return verdict === "broken" ? "above 1, as said" : "reported";
  if (verdict === "broken") return "**broken**";
  return verdict === "seldom" ? "*seldom*" : "holds";
}
