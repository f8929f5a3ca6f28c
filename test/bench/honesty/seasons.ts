import type { Trust } from "../../../src/statistics/score.ts";
import { judgeCell, type CellVerdict } from "../../honesty/acceptance.ts";
import { simulateSeasons } from "../../honesty/season.ts";
import { SEASON_WORLDS, type SeasonWorld } from "../../honesty/season-worlds.ts";
import { LEVELS } from "./marginal.ts";

/** The ones that may be promised come first. */
const WEEKS = [10, 26, 4];
const ROWS = [500, 2_000, 100];
/** Two weeks: every hour of the week is judged against every reference. */
const HOURS = 336;

/** One world, W and M: what became of the references of one trust. */
export interface SeasonCell extends CellVerdict {
  readonly world: string;
  readonly weeks: number;
  readonly rows: number;
  readonly trust: Trust;
  /** References that were drawn, the share of them that has this trust, and the share of their windows that was judged. */
  readonly references: number;
  readonly share: number;
  readonly judged: number;
}

/** Every cell of rules against the season; `keep` is told what there is on the way. */
export function measureSeasons(
  scale: number,
  say: (text: string) => void,
  keep: (cells: SeasonCell[]) => void,
): SeasonCell[] {
  const cells: SeasonCell[] = [];
  for (const weeks of WEEKS) {
    for (const rows of ROWS) {
      say(`seasons: W ${weeks}, M ${rows}`);
      for (const world of SEASON_WORLDS) cells.push(...measureCells(world, { weeks, rows, scale }));
      keep(cells);
    }
  }
  return cells;
}

function measureCells(
  world: SeasonWorld,
  { weeks, rows, scale }: { weeks: number; rows: number; scale: number },
): SeasonCell[] {
  const references = Math.max(20, Math.round(referencesOf(world, weeks) * scale));
  const seed = 1_000 * weeks + rows;
  const outcomes = simulateSeasons({ world, rows, weeks, references, hours: HOURS, levels: LEVELS, seed });
  return [...outcomes].map(([trust, outcome]) => ({
    world: world.name,
    weeks,
    rows,
    trust,
    references,
    share: outcome.references / references,
    judged: outcome.judged / outcome.windows,
    ...judgeCell(outcome, LEVELS),
  }));
}

/** What lasts for weeks differs more from reference to reference. */
function referencesOf({ name }: SeasonWorld, weeks: number): number {
  if (weeks < 10) return 40;
  const lasts = name.includes("each week") || name.includes("AR .995");
  if (weeks > 10) return lasts ? 80 : 40;
  return lasts ? 240 : 80;
}
