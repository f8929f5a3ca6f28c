import type { ChangeSection } from "../../config/generated/rule-test.ts";
import type { FaultAt } from "../../config/location.ts";
import { parseDuration } from "../../config/quantity.ts";
import type { Change, ColumnEffect, Effect } from "./scenario.ts";

/** What a column can undergo; `invalid` also rows as a whole. */
const COLUMN_EFFECTS = ["shift", "scale", "nulls", "invalid", "newCategory", "shares"] as const;
const OTHER_EFFECTS = [
  "field",
  "swap",
  "traffic",
  "silence",
  "rollout",
  "labelFlip",
  "miscalibrate",
  "error",
  "labelsMissing",
] as const;

/** What is wrong with a change, whatever the model. `lasts` is the length of the scenario, ms. */
export function checkChange(section: ChangeSection, lasts: number): FaultAt[] {
  const told = [...COLUMN_EFFECTS, ...OTHER_EFFECTS].filter((key) => section[key] !== undefined);
  const [effect] = told;
  if (effect === undefined || told.length > 1) {
    const message =
      effect === undefined
        ? `changes nothing; add one of ${[...COLUMN_EFFECTS, ...OTHER_EFFECTS].join(", ")}`
        : `${told.join(" and ")} are two changes; write each as its own`;
    return [{ path: ["at"], which: "key", code: effect === undefined ? "MISSING_KEY" : "CONFLICT", message }];
  }
  return [...checkTarget(section, effect), ...checkTimes(section, lasts)];
}

function checkTarget(section: ChangeSection, effect: string): FaultAt[] {
  const { column, segment, version } = section;
  const isOfColumn = COLUMN_EFFECTS.some((key) => key === effect);
  if (isOfColumn && effect !== "invalid" && column === undefined) {
    return [
      { path: [effect], which: "key", code: "MISSING_KEY", message: "needs a column; add column: NAME" },
    ];
  }
  if (!isOfColumn && column !== undefined) {
    return [
      { path: ["column"], which: "key", code: "CONFLICT", message: `is not for ${effect}; leave it out` },
    ];
  }
  const isOfAll =
    effect === "silence" ||
    effect === "rollout" ||
    effect === "field" ||
    (effect === "invalid" && column === undefined);
  if (segment !== undefined && isOfAll) {
    const hint = effect === "silence" ? "; for one segment write traffic: 0" : "; leave it out";
    return [{ path: ["segment"], which: "key", code: "CONFLICT", message: `is not for ${effect}${hint}` }];
  }
  if (
    section.field !== undefined &&
    (section.field.becomes === undefined) === (section.field.value === undefined)
  ) {
    const message =
      "says what the field becomes, or a value that it never had; keep one of becomes and value";
    return [{ path: ["field"], which: "key", code: "CONFLICT", message }];
  }
  if (version !== undefined && (effect === "silence" || effect === "rollout" || effect === "field")) {
    return [
      { path: ["version"], which: "key", code: "CONFLICT", message: `is not for ${effect}; leave it out` },
    ];
  }
  return [];
}

function checkTimes({ at, until }: ChangeSection, lasts: number): FaultAt[] {
  const from = parseDuration(at) ?? 0;
  if (from >= lasts) {
    return [{ path: ["at"], code: "WINDOW", message: "is not before the end of the scenario; raise lasts" }];
  }
  if (until === undefined || (parseDuration(until) ?? 0) > from) return [];
  return [{ path: ["until"], code: "WINDOW", message: `is not after at: ${at}; both count from the start` }];
}

export function readChange(section: ChangeSection): Change {
  const { at, until, segment, version } = section;
  return {
    at: parseDuration(at) ?? 0,
    until: until === undefined ? Number.POSITIVE_INFINITY : (parseDuration(until) ?? 0),
    ...(segment === undefined ? {} : { segment }),
    ...(version === undefined ? {} : { version }),
    effect: readEffect(section),
  };
}

function readEffect(section: ChangeSection): Effect {
  const { column, field, swap, traffic, rollout, miscalibrate, error, invalid } = section;
  if (field !== undefined) return readField(field);
  if (swap !== undefined) return { kind: "swap", columns: [swap[0], swap[1]] };
  if (traffic !== undefined) return { kind: "traffic", by: traffic };
  if (rollout !== undefined) return { kind: "rollout", ...rollout };
  if (section.silence === true) return { kind: "silence" };
  if (section.labelFlip !== undefined) return { kind: "labelFlip", share: section.labelFlip };
  if (section.labelsMissing !== undefined) return { kind: "labelsMissing", share: section.labelsMissing };
  if (miscalibrate !== undefined) return { kind: "miscalibrate", slope: 1, offset: 0, ...miscalibrate };
  if (error !== undefined) return { kind: "error", scale: 1, shift: 0, ...error };
  if (column === undefined) return { kind: "invalidRows", share: invalid ?? 0 };
  return { kind: "column", column, effect: readColumnEffect(section) };
}

function readField({
  name,
  becomes = "text",
  value,
  share = 1,
}: NonNullable<ChangeSection["field"]>): Effect {
  return { kind: "field", field: name, becomes, share, ...(value === undefined ? {} : { value }) };
}

function readColumnEffect({
  shift,
  scale,
  nulls,
  invalid,
  newCategory,
  shares,
}: ChangeSection): ColumnEffect {
  if (typeof shift === "number") return { kind: "shift", by: shift, unit: "own" };
  if (shift !== undefined) return { kind: "shift", by: Number.parseFloat(shift), unit: "sd" };
  if (scale !== undefined) return { kind: "scale", by: scale };
  if (nulls !== undefined) return { kind: "nulls", share: nulls };
  if (newCategory !== undefined) return { kind: "newCategory", share: newCategory };
  if (shares !== undefined) return { kind: "shares", shares };
  return { kind: "invalid", share: invalid ?? 0 };
}
