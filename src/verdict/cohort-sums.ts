import { unpackInto } from "../counts/packed.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { PaneValue } from "../window/pane.ts";
import { OTHER_VERSION } from "../window/task-delta.ts";
import { placeOfPane } from "./judged-windows.ts";
import { blockOf } from "./series-places.ts";

/** Everything that was counted of one cohort. */
export interface CohortSums {
  /** ms since the epoch. */
  readonly start: number;
  /** By block. */
  readonly sums: Map<number, Float64Array>;
  /** Those that are counted one by one. */
  readonly versions: Set<string>;
}

/** Adds up what is stored of cohorts, of every task, by start: cohort by cohort, in order. */
export function sumCohorts(
  fitted: FittedModel,
  versions: readonly string[],
  cohorts: readonly PaneValue[],
): CohortSums[] {
  const found: CohortSums[] = [];
  for (const cohort of cohorts) {
    let last = found.at(-1);
    if (last?.start !== cohort.start) {
      last = { start: cohort.start, sums: new Map(), versions: new Set() };
      found.push(last);
    }
    addCohort(fitted, versions, { cohort, into: last });
  }
  return found;
}

function addCohort(
  fitted: FittedModel,
  versions: readonly string[],
  { cohort, into }: { cohort: PaneValue; into: CohortSums },
): void {
  const place = placeOfPane(fitted, cohort, versions);
  const { outcomes } = fitted.counting;
  if (place === undefined || outcomes === undefined) return;
  if (cohort.version !== OTHER_VERSION) into.versions.add(cohort.version);
  for (const version of [place.version, undefined]) {
    const block = blockOf(fitted, version, place.segment);
    const sum = into.sums.get(block) ?? new Float64Array(outcomes.layout.stride);
    unpackInto(cohort.packed, sum, 1);
    into.sums.set(block, sum);
  }
}
