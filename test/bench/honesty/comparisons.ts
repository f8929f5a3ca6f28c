import { simulate } from "../../honesty/marginal.ts";
import { SCENARIOS, type Scenario } from "../../honesty/scenarios.ts";
import { drawInRounds, LEVELS, type DrawnCell } from "./rounds.ts";

/** As many windows as the promise asks for where the reference itself is asked; what is compared is never promised. */
const WINDOWS_OF_REFERENCE = 500;
const ROWS = [100, 500, 2_000];
const WINDOWS = 500;
const FIRST_REFERENCES = 60;
const MOST_REFERENCES = 480;

/** One world and M: windows that are held against the one before, of references that are long and unlike each other enough. */
export interface ComparisonCell extends DrawnCell {
  readonly scenario: string;
  readonly isPromised: boolean;
  readonly rows: number;
}

/** Every world of the single evaluations; `keep` is told what there is on the way. */
export function measureComparisons(
  scale: number,
  say: (text: string) => void,
  keep: (cells: ComparisonCell[]) => void,
): ComparisonCell[] {
  const cells: ComparisonCell[] = [];
  for (const rows of ROWS) {
    say(`comparisons: M ${rows}`);
    for (const scenario of SCENARIOS) cells.push(...measureCells(scenario, rows, scale));
    keep(cells);
  }
  return cells;
}

function measureCells(scenario: Scenario, rows: number, scale: number): ComparisonCell[] {
  const first = Math.max(20, Math.round(FIRST_REFERENCES * scale));
  const setting = { scenario, rows, k: WINDOWS_OF_REFERENCE, windows: WINDOWS, levels: LEVELS };
  const cells = drawInRounds({
    draw: (round) => simulate({ ...setting, ...round, seed: 31 + rows, isCompared: true }),
    wanted: "promised",
    first,
    most: scale < 1 ? first : MOST_REFERENCES,
    least: FIRST_REFERENCES,
  });
  const { name, isPromised } = scenario;
  return cells
    .filter(({ trust }) => trust === "promised")
    .map((cell) => ({ scenario: name, isPromised, rows, ...cell }));
}
