import { describe, expect, it } from "vitest";
import type { Season } from "../../src/reference/season.ts";
import { judgeCell } from "./acceptance.ts";
import { simulateSeasons } from "./season.ts";
import { SEASON_WORLDS } from "./season-worlds.ts";

/*
 * The proof in short that windows held against the same hour of other weeks alarm as rarely as promised (docs/HONESTY.md has it
 * in full).
 */
const LEVELS = [1e-1, 1e-2, 1e-3];
const SHORT = { rows: 1_000, weeks: 10, references: 20, hours: 120, levels: LEVELS, seed: 3 };

function worldNamed(name: string) {
  const found = SEASON_WORLDS.find((world) => world.name === name);
  if (found === undefined) throw new Error(`no world ${name}`);
  return found;
}

const QUICK = [
  "daily sine of 1 sd, hourly shocks sd .1",
  "daily sine, shocks sd .3 from 16 to 20 h, else .05",
  "weekly pattern, shocks sd .1, nights at a tenth",
].map(worldNamed);

describe.each(QUICK.map((world) => [world.name, world] as const))("%s", (_name, world) => {
  it("alarms at most as often as each level says", () => {
    const outcomes = simulateSeasons({ ...SHORT, world });
    expect(judgeCell(outcomes.get("promised"), LEVELS).verdict).not.toBe("broken");
    expect(outcomes.get("promised")?.references).toBeGreaterThan(15);
  });
});

describe("the season's promise", () => {
  it("is not kept by silence", () => {
    const outcome = simulateSeasons({ ...SHORT, world: SEASON_WORLDS[0] }).get("promised");
    expect(judgeCell(outcome, LEVELS).ratios[1].ratio).toBeGreaterThan(0.05);
  });

  it("is provisional with fewer than ten whole weeks", () => {
    const outcomes = simulateSeasons({
      ...SHORT,
      weeks: 9,
      references: 1,
      hours: 1,
      world: SEASON_WORLDS[0],
    });
    expect([...outcomes.keys()]).toEqual(["provisional"]);
  });

  it("would be broken if every hour were taken for as restless as all together", () => {
    const world = worldNamed("daily sine, shocks sd .3 from 16 to 20 h, else .05");
    const outcome = simulateSeasons({ ...SHORT, references: 40, world, mutate: withOneDeff }).get("promised");
    expect(judgeCell(outcome, LEVELS).verdict).toBe("broken");
  });

  it("would be broken if hours were taken for rows without shocks", () => {
    const world = worldNamed("daily sine of 1 sd, hourly shocks sd .1");
    const outcome = simulateSeasons({ ...SHORT, world, mutate: withoutDeff }).get("promised");
    expect(judgeCell(outcome, LEVELS).verdict).toBe("broken");
  });
});

/** Each direction's deff is that of its calmest slot: that of all windows together. */
function withOneDeff(season: Season): Season {
  return mapDeff(season, (deff, directions) =>
    deff.map((_, at) => {
      const own = deff.filter((__, other) => other % directions === at % directions);
      return own.reduce((least, one) => Math.min(least, one), own[0]);
    }),
  );
}

function withoutDeff(season: Season): Season {
  return mapDeff(season, (deff) => deff.map(() => 1));
}

function mapDeff(season: Season, change: (deff: Float64Array, directions: number) => Float64Array): Season {
  const directions = season.counts.length / season.slots;
  const changed = (scale: Season["share"]) => ({ ...scale, deff: change(scale.deff, directions) });
  return { ...season, share: changed(season.share), logit: changed(season.logit) };
}
