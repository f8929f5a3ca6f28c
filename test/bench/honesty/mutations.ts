import { judgeCell } from "../../honesty/acceptance.ts";
import { simulate, type Simulation } from "../../honesty/marginal.ts";
import { runMonth, type Month } from "../../honesty/month.ts";
import { measureOwnReference, MUTATIONS } from "../../honesty/mutations.ts";
import { runVersions, VERSION_BUDGET } from "../../honesty/versions.ts";

/** What the product measures and what it would measure with one part of the procedure spoiled. */
export interface MutationResult {
  readonly name: string;
  readonly world: string;
  readonly intact: string;
  readonly spoiled: string;
}

/** One direction of independent rows, so that nearly all of the level is used. */
const CALM: Month = {
  seed: 1,
  columns: 4,
  rows: 40,
  sd: 0,
  memory: 0,
  k: 100,
  evaluations: 20_000,
  independent: true,
  groups: 2,
  budgets: [{ falseAlarms: 100 }, { falseAlarms: 1_100, for: 0 }],
};

export function measureMutations(say: (text: string) => void): MutationResult[] {
  const ratios = MUTATIONS.map(({ name, world, intact, spoiled }) => {
    say(`mutation: ${name}`);
    return { name, world, intact: ratiosOf(intact), spoiled: ratiosOf(spoiled) };
  });
  const { againstRest, againstAll } = measureOwnReference();
  say("mutation: budgets");
  const [waiting, impatient] = runMonth(CALM).alarms;
  return [
    ...ratios,
    {
      name: "a window inside its own reference",
      world: "1,500 references of 12 windows: deff less the truth, in SE",
      intact: againstRest.toFixed(1),
      spoiled: againstAll.toFixed(1),
    },
    {
      name: "T / L without L in a row",
      world: "budget 100, independent rows",
      intact: `${waiting} alarms`,
      spoiled: `${impatient} alarms`,
    },
    {
      name: "the part for what is new given to each new version",
      world: `budget ${VERSION_BUDGET}, 7 new versions`,
      intact: `${runVersions({ isSplitAgain: false })} alarms`,
      spoiled: `${runVersions({ isSplitAgain: true })} alarms`,
    },
  ];
}

function ratiosOf(simulation: Simulation): string {
  const [outcome] = simulate(simulation).values();
  const { ratios } = judgeCell(outcome, simulation.levels);
  return ratios
    .map(
      ({ ratio, error }, i) =>
        `${ratio.toFixed(2)} ± ${error.toFixed(2)} at ${levelText(simulation.levels[i])}`,
    )
    .join(", ");
}

export function levelText(level: number): string {
  return `1e-${Math.round(-Math.log10(level))}`;
}
