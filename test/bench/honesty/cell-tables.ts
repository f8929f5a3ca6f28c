import { PROMISED_WINDOWS } from "../../../src/verdict/trust.ts";
import { LONGEST } from "../../honesty/scenarios.ts";
import { describeLoud, ratioText, summarizeKnown } from "./known.ts";
import { MOST_REFERENCES, type Cell } from "./marginal.ts";
import { percent, short, table } from "./markdown.ts";
import { levelText } from "./mutations.ts";
import { LEVELS } from "./rounds.ts";

/** One sentence of all cells that were promised, every one by name that does not hold, and how well all are known. */
export function summarizeCells(cells: readonly Cell[]): string {
  const promised = cells.filter(({ trust, isPromised }) => trust === "promised" && isPromised);
  const named = (verdict: Cell["verdict"]): Cell[] => promised.filter((cell) => cell.verdict === verdict);
  const [holds, broken, seldom, silent] = (["holds", "broken", "seldom", "silent"] as const).map(named);
  const lines = [
    ...broken.map((cell) => `- broken: ${nameOf(cell)}, ${describeLoud(cell, "promised")}`),
    ...seldom.map((cell) => `- too seldom: ${nameOf(cell)}, ${describeLoud(cell, "promised")}`),
  ];
  return [
    `Of ${promised.length} cells (a restless world, a size of reference, a size of window) whose series were promised, the promise
**holds in ${holds.length}**, is broken in ${broken.length}, is made too seldom to be measured in ${seldom.length}; in ${silent.length} no window could be judged.`,
    ...(lines.length > 0 ? [lines.join("\n")] : []),
    summarizeKnown(promised, { most: MOST_REFERENCES, nameOf, word: "promised" }),
  ].join("\n\n");
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

/** From the least to the most ratio at the smallest level, of promised references in worlds that are not part of the promise. */
export function heavyTails(cells: readonly Cell[]): string {
  const loud = cells.filter(
    ({ trust, isPromised, scenario }) => trust === "promised" && !isPromised && scenario !== LONGEST,
  );
  const ratios = loud.flatMap((cell) => cell.ratios.slice(-1)).map(({ ratio }) => ratio);
  return `${short(Math.min(...ratios))} to ${short(Math.max(...ratios))}`;
}

function nameOf({ scenario, k, rows }: Cell): string {
  return `${scenario}, K ${k}, M ${rows}`;
}

/** Of the world that remembers for longest: how often the shortest references are promised, and what becomes of those. */
export function promisedByLuck(cells: readonly Cell[]): string {
  const own = cells.filter(
    ({ scenario, trust, k }) => scenario === LONGEST && trust === "promised" && k === PROMISED_WINDOWS,
  );
  const judged = own.filter(({ ratios }) => ratios.length > 0);
  if (judged.length === 0) return "none is promised";
  const place = LEVELS.indexOf(1e-3);
  const spanOf = (of: (cell: Cell) => number, text: (value: number) => string): string => {
    const values = judged.map(of);
    return `${text(Math.min(...values))} to ${text(Math.max(...values))}`;
  };
  const shares = spanOf(
    ({ share }) => share,
    (share) => percent(share),
  );
  const ratios = spanOf(({ ratios: found }) => found[place].ratio, short);
  const all = spanOf(({ ratios: found, share }) => found[place].ratio * share, short);
  return `${shares} of them are promised, and alarm ${ratios} times as often as a level of 1e-3 says (over all references, promised or not: ${all} times)`;
}

/** A table for each K: the promised ones, then those that are provisional. */
export function renderCells(cells: readonly Cell[]): string[] {
  return [500, 720, 30, 50, 200].flatMap((k) => {
    const trust = k >= PROMISED_WINDOWS ? "promised" : "provisional";
    const own = cells.filter((cell) => cell.k === k && cell.trust === trust);
    const title = k >= PROMISED_WINDOWS ? `### K ${k}` : `### K ${k}: provisional, outside the promise`;
    const head = [
      "world",
      "M",
      "references",
      trust,
      "judged",
      ...LEVELS.map((level) => `at ${levelText(level)}`),
      "",
    ];
    const rows = own
      .toSorted((a, b) => order(cells, a) - order(cells, b) || a.rows - b.rows)
      .map((cell) => [
        cell.scenario,
        String(cell.rows),
        String(cell.references),
        percent(cell.share, cell.share < 0.1 ? 1 : 0),
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
