import { PROMISED_WINDOWS } from "../../../src/verdict/trust.ts";
import { simulate } from "../../honesty/marginal.ts";
import { SCENARIOS, type Scenario } from "../../honesty/scenarios.ts";
import { drawInRounds, LEVELS, type DrawnCell } from "./rounds.ts";

/** The ones that may be promised come first. */
const WINDOWS_OF_REFERENCE = [500, 720, 30, 50, 200];
const ROWS = [100, 500, 2_000];
/** Of one cell: what 20,000 references leave open is promised, or can be judged, too seldom. */
export const MOST_REFERENCES = 20_000;
/** Of a world that is reported, and not part of the promise. */
const REPORTED_REFERENCES = 2_400;

/** One scenario, K and M: what became of the references of one trust. */
export interface Cell extends DrawnCell {
  readonly scenario: string;
  readonly isPromised: boolean;
  readonly k: number;
  readonly rows: number;
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
  const first = Math.max(20, Math.round(size.references * scale));
  const setting = { scenario, rows, k, windows: size.windows, levels: LEVELS, seed: 1_000 * k + rows };
  const cells = drawInRounds({
    draw: (round) => simulate({ ...setting, ...round }),
    wanted: k >= PROMISED_WINDOWS ? "promised" : "provisional",
    first,
    most: scale < 1 ? first : scenario.isPromised ? MOST_REFERENCES : REPORTED_REFERENCES,
    least: 100,
  });
  const { name, isPromised } = scenario;
  return cells.map((cell) => ({ scenario: name, isPromised, k, rows, ...cell }));
}

/** Rows that follow each other are drawn one by one, and fifty categories have fifty directions. */
function sizeOf({ name }: Scenario, k: number): { references: number; windows: number } {
  if (name.startsWith("rows that follow")) return { references: 100, windows: 300 };
  if (name.startsWith("50 Zipf")) return { references: 100, windows: 400 };
  return { references: 150, windows: k >= PROMISED_WINDOWS ? 1_000 : 500 };
}
