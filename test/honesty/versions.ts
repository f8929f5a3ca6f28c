import { pack } from "../../src/counts/packed.ts";
import type { FittedModel } from "../../src/rules/fitted-model.ts";
import { Judge } from "../../src/verdict/judge.ts";
import type { PaneValue } from "../../src/window/pane.ts";
import { categoryColumn } from "./column.ts";
import { fitColumns, sectionOf, type LearntColumn } from "./fitted.ts";
import { learn } from "./marginal.ts";
import { createRandom } from "../../src/commands/scenario/random.ts";

const HOUR = 3_600_000;
const HOURS = 4_320;
const ROWS = 5_000;
/** False alarms that are accepted in all the hours together. */
export const VERSION_BUDGET = 100;
const VERSIONS = Array.from({ length: 8 }, (_, i) => `v${i + 1}`);

const column = categoryColumn("c", [0.4, 0.6]);

/**
 * False alarms over eight versions of one model, seven of which the reference does not know. Each hour is a window of its own,
 * so that every significant one is an alarm and nothing of the level is left unused. Split again, each new version has the
 * whole part that is kept for what is new.
 */
export function runVersions({ isSplitAgain }: { readonly isSplitAgain: boolean }): number {
  const random = createRandom(9);
  const draw = (rows: number): Float64Array => {
    const section = new Float64Array(column.length);
    section[0] = random.binomial(rows, column.shares[0]);
    section[1] = rows - section[0];
    return section;
  };
  const { ref, calibration } = learn([draw(1e8), draw(1e8)], column.described, true);
  const learnt = { described: column.described, counts: ref.counts, calibration };
  const groups = isSplitAgain ? VERSIONS.slice(1).map((version) => ["v1", version]) : [VERSIONS];
  return groups.reduce((alarms, versions, group) => {
    const fitted = fitVersions(learnt, versions.length);
    const judge = new Judge(fitted);
    judge.setVersions(versions);
    // The known version is counted once.
    const present = group === 0 ? versions : versions.slice(1);
    return alarms + runHours({ judge, fitted, present, draw: () => draw(ROWS) });
  }, 0);
}

function fitVersions(learnt: LearntColumn, keep: number): FittedModel {
  return fitColumns([learnt], {
    pane: HOUR,
    window: HOUR,
    for: 0,
    keepFiringFor: 0,
    falseAlarms: VERSION_BUDGET,
    per: HOURS * HOUR,
    atLeast: 0,
    by: ["version"],
    keep,
  });
}

function runHours(options: {
  readonly judge: Judge;
  readonly fitted: FittedModel;
  readonly present: readonly string[];
  readonly draw: () => Float64Array;
}): number {
  const { judge, fitted, present, draw } = options;
  const { layout } = fitted.counting;
  const { offset } = sectionOf(fitted, column.described.name);
  let alarms = 0;
  for (let hour = 0; hour < HOURS; hour += 1) {
    const panes = present.map((version): PaneValue => {
      const vector = new Float64Array(layout.stride);
      vector.set(draw(), offset);
      return { layout: layout.id, version, segment: "all", start: hour * HOUR, packed: pack(vector) };
    });
    const end = (hour + 1) * HOUR;
    const found = judge.closePanes(panes, end, { now: end });
    alarms += found.filter(({ alert }) => alert.state === "firing").length;
  }
  return alarms;
}
