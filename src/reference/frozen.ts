import type { SeriesRef } from "../counts/ref.ts";
import { binsLength, categoriesLength } from "../counts/tails.ts";
import { DEFAULT_FLOOR } from "../config/privacy-floor.ts";
import type { ColumnPlan } from "../event/batch.ts";
import { frequentCategories } from "./category-tally.ts";
import { gridOfSample } from "./number-sample.ts";
import { REFERENCE_DEFAULTS } from "./options.ts";
import type { ReferenceOptions } from "./options.ts";
import type { ReferenceColumn } from "./reference.ts";
import { freezeGrouping } from "./segment-tally.ts";
import type { FrozenGrouping } from "./segment-tally.ts";
import { refOf } from "./series.ts";
import type { Survey } from "./survey.ts";

/** A column of the plan that is counted, with its ruler frozen. */
export interface FrozenColumn {
  readonly described: ReferenceColumn;
  /** In the plan's columns. */
  readonly position: number;
  /** The ruler; its own counts are zero. */
  readonly ref: SeriesRef;
}

/** Every column of the plan but the truth and what is held against it only. Uses the survey's samples up. */
export function freezeColumns(options: ReferenceOptions, survey: Survey): FrozenColumn[] {
  return options.plan.columns.flatMap((column, position) => {
    if (column.role === "truth" || column.role === "probability") return [];
    const described = freezeColumn({ column, position, options, survey });
    const { grid, categories } = described;
    const length = grid === undefined ? categoriesLength(categories) : binsLength(grid);
    return [{ described, position, ref: refOf(described, new Float64Array(length)) }];
  });
}

/** All segments: `all`, then those of every grouping, each closed by its `other`. */
export function freezeSegments(
  options: ReferenceOptions,
  survey: Survey,
): { names: string[]; groupings: FrozenGrouping[] } {
  const names = ["all"];
  const named = new Set([
    ...(options.named ?? []),
    ...(options.grid?.segments ?? []).map(({ name }) => name),
  ]);
  const groupings = survey.segments.map((tally) => {
    const grouping = freezeGrouping(tally, survey.categories, {
      // Segments of another reference are told apart however few rows they have here, and no others.
      top: options.grid === undefined ? options.top : 0,
      floor: options.floor ?? DEFAULT_FLOOR,
      named,
      first: names.length,
    });
    names.push(...grouping.names);
    return grouping;
  });
  return { names, groupings };
}

function freezeColumn(frozen: {
  column: ColumnPlan;
  position: number;
  options: ReferenceOptions;
  survey: Survey;
}): ReferenceColumn {
  const { column, position, options, survey } = frozen;
  const { name, type, role, pii } = column;
  const known = options.grid?.columns.find((one) => one.name === name);
  if (known !== undefined) return known;
  const sample = survey.numbers[position];
  const tally = survey.categories[position];
  if (sample !== undefined) {
    const grid = gridOfSample(sample, options.bins ?? REFERENCE_DEFAULTS.bins);
    return { name, type, role, pii, grid, categories: [] };
  }
  const most = options.maxCategories ?? REFERENCE_DEFAULTS.maxCategories;
  const learnt = tally === undefined ? [] : frequentCategories(tally, most);
  return { name, type, role, pii, categories: type === "boolean" ? column.categories : learnt };
}
