import type { FaultAt } from "../../config/location.ts";
import type { Path } from "../../config/document.ts";
import { departureOf } from "../../counts/expected-fields.ts";
import { FIELD_SLOTS } from "../../event/field-slots.ts";
import { suggestWord } from "../../config/nearest-word.ts";
import { answerKind } from "../../reference/label-ruler.ts";
import type { FittedModel } from "../../rules/fitted-model.ts";
import { formatScore } from "../../verdict/quantities.ts";
import { asksFields } from "./drawn-fields.ts";
import { checkReviewExpectation } from "./review-checks.ts";
import { isOfReview } from "./scenario.ts";
import type {
  Change,
  Effect,
  Expectation,
  FieldEffect,
  LabelEffect,
  Scenario,
  Selector,
  Story,
} from "./scenario.ts";
import { usualRate } from "./row-counts.ts";
import { checkVersions } from "./version-checks.ts";

/** What a scenario says of rules, columns and segments that the model does not know, or knows otherwise. */
export function checkAgainstModel(scenario: Scenario, fitted: FittedModel): FaultAt[] {
  return [
    ...checkStory(scenario.story, fitted),
    ...scenario.expect.flatMap((expectation, position) =>
      within(
        ["expect", position],
        isOfReview(expectation)
          ? checkReviewExpectation(expectation, scenario.story, fitted)
          : [
              ...checkExpectation(expectation, fitted),
              ...checkVersions(expectation, scenario.story, fitted.model.rules),
            ],
      ),
    ),
  ];
}

function within(path: Path, faults: readonly FaultAt[]): FaultAt[] {
  return faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

function checkStory(story: Story, fitted: FittedModel): FaultAt[] {
  if (story.kind === "replay") return [];
  if (story.kind === "steps") {
    const faults = [...checkAlert(story.alert, fitted), ...checkColumn(story.column, fitted)];
    return within(["steps"], faults);
  }
  const { columns = [], changes, rate, start } = story;
  const faults = [
    ...columns.flatMap((column, position) =>
      within(
        ["columns", position],
        checkColumn(column, fitted).map((fault) => ({ ...fault, path: [] })),
      ),
    ),
    ...changes.flatMap((change, position) => within(["changes", position], checkChange(change, fitted))),
  ];
  if (rate?.kind !== "rows" && Number.isNaN(usualRate(fitted.reference, start))) {
    const message = "needs a rate, since the rows of the reference have no time; add rate: 6000/1h";
    faults.push({ path: [], which: "key", code: "MISSING_KEY", message });
  }
  return within(["synthetic"], faults);
}

function checkAlert(alert: string, { model }: FittedModel): FaultAt[] {
  // The parts of a comparison of versions have one name.
  const names = [...new Set(model.rules.map((rule) => rule.alert))];
  if (names.includes(alert)) return [];
  const picks = model.reviews?.some(({ review }) => review === alert);
  const message =
    picks === true
      ? `picks events, and raises no alert; write review: ${alert}`
      : `is no alert of ${model.name}; ${suggestWord(alert, names)}`;
  return [{ path: ["alert"], code: "UNKNOWN_NAME", message }];
}

function checkColumn(column: string | undefined, { counting, model }: FittedModel): FaultAt[] {
  const names = counting.columns.map(({ ref }) => ref.column);
  if (column === undefined || names.includes(column)) return [];
  const message = `is no column of ${model.name}; ${suggestWord(column, names)}`;
  return [{ path: ["column"], code: "UNKNOWN_COLUMN", message }];
}

function checkSegment(segment: Selector["segment"], { counting }: FittedModel): FaultAt[] {
  if (segment === undefined) return [];
  const { groupings, names } = counting.segments;
  const keys = Object.keys(segment);
  const known = [...new Set(groupings.flatMap((grouping) => grouping.keys))];
  const strange = keys.find((key) => !known.includes(key));
  if (strange !== undefined) {
    const message =
      known.length === 0
        ? "is no column that the model is split by; add segmentBy to the rule file"
        : `is no column that the model is split by; ${suggestWord(strange, known)}`;
    return [{ path: ["segment", strange], which: "key", code: "UNKNOWN_COLUMN", message }];
  }
  const grouping = groupings.find(
    (one) => one.keys.length === keys.length && one.keys.every((key) => key in segment),
  );
  if (grouping === undefined) {
    const message = `are not told apart together; add [${keys.join(", ")}] to segmentBy of the rule file`;
    return [{ path: ["segment"], which: "key", code: "UNKNOWN_NAME", message }];
  }
  const name = grouping.keys.map((key) => `${key}=${segment[key]}`).join(",");
  if (names.includes(name)) return [];
  const followed = [...grouping.segmentOfCode.values()].map((position) => names[position]);
  const message = `is no segment of the reference; ${suggestWord(name, followed)}`;
  return [{ path: ["segment"], which: "key", code: "UNKNOWN_NAME", message }];
}

function checkChange(change: Change, fitted: FittedModel): FaultAt[] {
  return [...checkSegment(change.segment, fitted), ...checkEffect(change.effect, fitted)];
}

function checkEffect(effect: Effect, fitted: FittedModel): FaultAt[] {
  switch (effect.kind) {
    case "column":
      return checkColumnEffect(effect, fitted);
    case "field":
      return checkField(effect, fitted);
    case "swap":
      return checkSwap(effect.columns, fitted);
    case "labelFlip":
    case "miscalibrate":
    case "error":
    case "labelsMissing":
      return checkLabelEffect(effect.kind, fitted);
    default:
      return [];
  }
}

function checkColumnEffect(effect: Extract<Effect, { kind: "column" }>, fitted: FittedModel): FaultAt[] {
  const { column, effect: change } = effect;
  const unknown = checkColumn(column, fitted);
  const ref = fitted.counting.columns.find((counted) => counted.ref.column === column)?.ref;
  if (ref === undefined) return unknown;
  const ofNumbers = change.kind === "shift" || change.kind === "scale";
  const ofCategories = change.kind === "shares" || change.kind === "newCategory";
  if ((ofNumbers && ref.kind !== "bins") || (ofCategories && ref.kind !== "categories")) {
    const message = `is of ${ofNumbers ? "numbers" : "categories"}, and ${column} is none; use ${ofNumbers ? "shares or newCategory" : "shift or scale"}`;
    return [{ path: [change.kind], which: "key", code: "CONFLICT", message }];
  }
  if (change.kind !== "shares" || ref.kind !== "categories") return [];
  const total = Object.values(change.shares).reduce((sum, share) => sum + share, 0);
  const more: FaultAt[] =
    total <= 1 + 1e-9
      ? []
      : [
          {
            path: ["shares"],
            which: "key",
            code: "WRONG_VALUE",
            message: `add up to ${formatScore(total)}; at most 1`,
          },
        ];
  return [
    ...more,
    ...Object.keys(change.shares).flatMap((name): FaultAt[] => {
      if (ref.categories.includes(name)) return [];
      const message = `is no category of ${column}, and newCategory is for those; ${suggestWord(name, ref.categories)}`;
      return [{ path: ["shares", name], which: "key", code: "UNKNOWN_NAME", message }];
    }),
  ];
}

function checkSwap(columns: readonly [string, string], fitted: FittedModel): FaultAt[] {
  const unknown = columns.flatMap((column, position) =>
    checkColumn(column, fitted).map((fault) => ({ ...fault, path: ["swap", position] })),
  );
  if (unknown.length > 0) return unknown;
  const [first, second] = columns.map(
    (column) => fitted.counting.columns.find(({ ref }) => ref.column === column)?.ref.kind,
  );
  if (first === second) return [];
  const message = "are a number and a category; what came in each other's place would be invalid: write that";
  return [{ path: ["swap"], which: "key", code: "CONFLICT", message }];
}

function checkLabelEffect(kind: LabelEffect["kind"], { reference, counting }: FittedModel): FaultAt[] {
  if (reference.outcome === undefined || counting.outcomes === undefined) {
    const message =
      "is of labels, and there are none; build the reference with labels, and add a rule that asks them";
    return [{ path: [kind], which: "key", code: "NO_JUDGEMENT", message }];
  }
  const answers = answerKind(reference.columns);
  const fits: Readonly<Record<LabelEffect["kind"], boolean>> = {
    labelFlip: answers !== "values",
    miscalibrate: answers === "binary",
    error: answers === "values",
    labelsMissing: true,
  };
  if (fits[kind]) return [];
  const message = `is not of a model that answers with ${ANSWERS[answers]}; use ${answers === "values" ? "error" : "labelFlip"}`;
  return [{ path: [kind], which: "key", code: "CONFLICT", message }];
}

const ANSWERS = { binary: "a score", classes: "one class of many", values: "a number" } as const;

function checkExpectation(expectation: Expectation, fitted: FittedModel): FaultAt[] {
  const check = ({ alert, column, segment }: Selector & { readonly alert: string }): FaultAt[] => [
    ...(alert === "*" ? [] : checkAlert(alert, fitted)),
    ...(isSplitBy(column, fitted) ? [] : checkColumn(column, fitted)),
    ...checkSegment(segment, fitted),
  ];
  return [
    ...check(expectation),
    ...expectation.except.flatMap((one, position) => within(["except", position], check(one))),
  ];
}

/** Alerts across groups are of the column that tells these, which may be no other column. */
function isSplitBy(column: string | undefined, { counting }: FittedModel): boolean {
  return counting.segments.groupings.some(({ keys }) => column !== undefined && keys.includes(column));
}

/** What a record held is known by rules of schema-drift alone, and from the reference's own records. */
function checkField({ field, becomes, value }: FieldEffect, fitted: FittedModel): FaultAt[] {
  const { reference, counting } = fitted;
  const fault = (key: string | undefined, code: FaultAt["code"], message: string): FaultAt[] => [
    key === undefined
      ? { path: ["field"], which: "key", code, message }
      : { path: ["field", key], code, message },
  ];
  if (!asksFields(fitted)) {
    return fault(
      undefined,
      "NO_JUDGEMENT",
      "is of fields, and no rule asks them; add one with measure: schema-drift",
    );
  }
  if (reference.fields === undefined || counting.fields === undefined) {
    const message = "is of fields, and the reference knows none; build it anew, by driftd reference build";
    return fault(undefined, "NO_JUDGEMENT", message);
  }
  const names = reference.fields.fields.map(({ name }) => name);
  const entry = counting.fields.entries[counting.fields.byName.get(field) ?? -1];
  if (entry === undefined) {
    if (value === undefined && becomes !== "absent") return [];
    return fault("name", "UNKNOWN_NAME", `is no field of the reference; ${suggestWord(field, names)}`);
  }
  if (value !== undefined) {
    if (entry.values === undefined)
      return fault("value", "CONFLICT", `is nothing new: ${field} may hold any text`);
    return entry.values.has(value)
      ? fault("value", "CONFLICT", `is nothing new: ${field} has held it before`)
      : [];
  }
  if (becomes === "absent") return [];
  const slot = FIELD_SLOTS.indexOf(becomes);
  return departureOf(entry, slot) === undefined
    ? fault("becomes", "CONFLICT", `is nothing new: ${field} has been ${becomes} before`)
    : [];
}
