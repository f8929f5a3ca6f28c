import type { Trust } from "../../../src/statistics/score.ts";
import { judgeCell, type CellVerdict } from "../../honesty/acceptance.ts";
import { simulate, type Outcome } from "../../honesty/marginal.ts";
import { SCENARIOS, type Scenario } from "../../honesty/scenarios.ts";

export const LEVELS = [1e-2, 1e-3, 1e-4];
/** The ones that may be promised come first. */
const WINDOWS_OF_REFERENCE = [200, 720, 30, 50];
const ROWS = [100, 500, 2_000];

/** One scenario, K and M: what became of the references of one trust. */
export interface Cell extends CellVerdict {
  readonly scenario: string;
  readonly isPromised: boolean;
  readonly k: number;
  readonly rows: number;
  readonly trust: Trust;
  /** Share of all references that have this trust, and of their windows that were judged. */
  readonly share: number;
  readonly judged: number;
}

/** Every cell of SIGNIFICANCE 8; `keep` is told what there is on the way. */
export function measureMarginal(
  scale: number,
  say: (text: string) => void,
  keep: (cells: Cell[]) => void,
): Cell[] {
  const cells: Cell[] = [];
  for (const k of WINDOWS_OF_REFERENCE) {
    for (const rows of ROWS) {
      say(`marginal: K ${k}, M ${rows}`);
      for (const scenario of SCENARIOS) cells.push(...measureCells(scenario, { k, rows, scale }));
      keep(cells);
    }
  }
  return cells;
}

function measureCells(
  scenario: Scenario,
  { k, rows, scale }: { k: number; rows: number; scale: number },
): Cell[] {
  const size = sizeOf(scenario, k);
  const references = Math.max(20, Math.round(size.references * scale));
  const outcomes = simulate({
    scenario,
    rows,
    k,
    ...size,
    references,
    levels: LEVELS,
    seed: 1_000 * k + rows,
  });
  return [...outcomes].map(([trust, outcome]: [Trust, Outcome]) => ({
    scenario: scenario.name,
    isPromised: scenario.isPromised,
    k,
    rows,
    trust,
    share: outcome.references / references,
    judged: outcome.judged / outcome.windows,
    ...judgeCell(outcome, LEVELS),
  }));
}

/** Rows that follow each other are drawn one by one, and fifty categories have fifty directions. */
function sizeOf({ name }: Scenario, k: number): { references: number; windows: number } {
  if (name.startsWith("rows that follow")) return { references: 40, windows: 300 };
  if (name.startsWith("50 Zipf")) return { references: 60, windows: 400 };
  return { references: name.startsWith("lasting") && k >= 200 ? 300 : 150, windows: k >= 200 ? 1_000 : 500 };
}
