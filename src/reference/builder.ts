import { CodedError } from "../config/coded-error.ts";
import type { EventBatch } from "../event/batch.ts";
import { calibrationsOf } from "./calibrations.ts";
import { countBatch, countsOf, createCounting, sumsOf } from "./counting.ts";
import type { Counting } from "./counting.ts";
import { usualRows } from "./hourly-rows.ts";
import { referenceId } from "./identity.ts";
import type { ReferenceOptions } from "./options.ts";
import { outcomeBaseline, outcomeOf } from "./outcome-tally.ts";
import type { Reference } from "./reference.ts";
import { seasonsOf } from "./seasons.ts";
import { createSurvey, surveyBatch } from "./survey.ts";
import type { Survey } from "./survey.ts";

/**
 * Builds a reference in two passes over the same batches: `observe` all, then `count` all, then `finish`. Rows with a reason
 * are left out. Nothing grows with the number of rows beyond 12 MB a number column (number-sample.ts) and 1 MB a category
 * column; the rest is window x segment x direction counts, capped (window-counts.ts).
 */
export class ReferenceBuilder {
  readonly #options: ReferenceOptions;
  readonly #survey: Survey;
  #counting: Counting | undefined;

  constructor(options: ReferenceOptions) {
    this.#options = options;
    this.#survey = createSurvey(options.plan, options.segmentBy, options.windowSizes);
  }

  observe(batch: EventBatch): void {
    surveyBatch(this.#survey, batch, this.#options.windowSizes);
  }

  /** The first call freezes grids, categories and segments. Throws SOURCE_INVALID where there is no column to count. */
  count(batch: EventBatch): void {
    this.#counting ??= this.#freeze();
    countBatch(this.#counting, batch);
  }

  finish(): Reference {
    const counting = this.#counting ?? this.#freeze();
    const { plan, independent, keyId, segmentBy, windowSizes, labels, seasons = [], grid } = this.#options;
    const { rows, from, to } = this.#survey;
    const { outcomes } = counting;
    const fields = this.#options.fields?.finish();
    const segments = counting.segmentNames.map((name, segment) => {
      const columns = counting.columns.map((_, column) => ({
        counts: countsOf(counting, segment, column),
        ...sumsOf(counting, segment, column),
        calibrations: calibrationsOf(counting, { segment, column, independent }),
        ...seasonsOf(counting, { segment, column, independent }, seasons),
      }));
      return {
        name,
        rows: counting.segmentRows[segment],
        columns,
        ...usualRows(counting.hours, segment),
        ...(outcomes === undefined ? {} : { outcome: outcomeBaseline(outcomes, { segment, independent }) }),
      };
    });
    const content = {
      model: plan.model,
      rows,
      from,
      to,
      independent,
      ...(keyId === undefined ? {} : { keyId }),
      segmentBy,
      windowSizes,
      columns: counting.columns.map(({ described }) => described),
      segments,
      ...(outcomes === undefined ? {} : { outcome: outcomeOf(outcomes, labels?.delay99) }),
      ...(fields === undefined ? {} : { fields }),
      ...(grid === undefined ? {} : { gridOf: grid.gridOf ?? grid.id }),
    };
    return { id: referenceId(content), ...content };
  }

  #freeze(): Counting {
    const { plan } = this.#options;
    if (plan.columns.every(({ role }) => role === "truth")) {
      const message = `The source of ${plan.model} has no column that can be measured. Declare their types under columns in a rule file, or name another source.`;
      throw new CodedError("SOURCE_INVALID", message);
    }
    return createCounting(this.#options, this.#survey);
  }
}
