import { MANY_WEEKS } from "../../../src/verdict/trust.ts";
import { simulateSeasons } from "../../honesty/season.ts";
import { SEASON_WORLDS, type SeasonWorld } from "../../honesty/season-worlds.ts";
import { drawInRounds, LEVELS, type DrawnCell } from "./rounds.ts";

/** The ones that may be promised come first. */
const WEEKS = [10, 26, 4];
const ROWS = [500, 2_000, 100];
/** Ten weeks: a reference takes far longer to learn than its windows to judge. */
const HOURS = 1_680;
/** Of one cell: a reference of ten weeks takes some 80 ms, one of 26 weeks 120. */
export const MOST_REFERENCES = 1_000;

/** One world, W and M: what became of the references of one trust. */
export interface SeasonCell extends DrawnCell {
  readonly world: string;
  readonly weeks: number;
  readonly rows: number;
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
  const least = leastOf(world);
  const first = Math.max(20, Math.round(least * scale));
  const setting = { world, rows, weeks, hours: HOURS, levels: LEVELS, seed: 1_000 * weeks + rows };
  const cells = drawInRounds({
    draw: (round) => simulateSeasons({ ...setting, ...round }),
    wanted: weeks >= MANY_WEEKS ? "promised" : "provisional",
    first,
    most: scale < 1 ? first : MOST_REFERENCES,
    least,
  });
  return cells.map((cell) => ({ world: world.name, weeks, rows, ...cell }));
}

/** What lasts for weeks differs more from reference to reference. */
function leastOf({ name }: SeasonWorld): number {
  return name.includes("each week") || name.includes("AR .995") ? 100 : 50;
}
