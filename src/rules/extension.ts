import { isMapData } from "../config/document.ts";
import type { Document, Marks } from "../config/document.ts";

type Data = Readonly<Record<string, unknown>>;

/**
 * One rule file laid over the file that it extends: maps merge by key, rules by name, lists replace; `off: true` removes
 * a rule. Every part keeps the mark of the file that it came from. Both documents share their marks.
 */
export function extendDocument(base: Document, own: Document): Document {
  if (!isMapData(base.data) || !isMapData(own.data)) return own;
  const { marks } = own;
  const data = mergeMaps(marks, base.data, own.data);
  return { file: own.file, data: data, marks, faults: [...base.faults, ...own.faults] };
}

/** What a file says of itself, and does not hand on. */
const NOT_INHERITED = new Set(["version", "model", "extends"]);

function mergeMaps(marks: Document["marks"], base: Data, own: Data, depth = 0): Data {
  const data: Record<string, unknown> = { ...base };
  const merged = copyMarks(marks, base, own);
  if (depth === 0) for (const key of NOT_INHERITED) delete data[key];
  for (const [key, value] of Object.entries(own)) {
    const before = data[key];
    if (depth === 0 && key === "rules" && areRules(before) && areRules(value)) {
      data[key] = mergeRules(marks, before, value);
    } else if (depth === 0 && key === "references" && isMapData(before) && isMapData(value)) {
      data[key] = mergeReferences(marks, before, value);
    } else if (isMapData(before) && isMapData(value)) {
      data[key] = mergeMaps(marks, before, value, depth + 1);
    } else {
      data[key] = value;
    }
  }
  if (merged !== undefined) marks.set(data, merged);
  return data;
}

function copyMarks(marks: Document["marks"], base: object, own: object): Marks | undefined {
  const [below, above] = [marks.get(base), marks.get(own)];
  if (below === undefined || above === undefined) return above;
  return {
    self: above.self,
    keys: new Map([...below.keys, ...above.keys]),
    values: new Map([...below.values, ...above.values]),
  };
}

/** Under `alert`, or under `review`. */
type NamedRule = Data & ({ readonly alert: string } | { readonly review: string });

function nameOf(rule: NamedRule): unknown {
  return rule["review"] ?? rule["alert"];
}

function mergeRules(
  marks: Document["marks"],
  base: readonly NamedRule[],
  own: readonly NamedRule[],
): readonly Data[] {
  const [below, above] = [marks.get(base), marks.get(own)];
  const entries = base.map((rule, position) => ({ rule, mark: below?.values.get(String(position)) }));
  for (const [position, rule] of own.entries()) {
    const mark = above?.values.get(String(position));
    const at = entries.findIndex((entry) => nameOf(entry.rule) === nameOf(rule));
    const before = entries[at];
    if (before === undefined) entries.push({ rule, mark });
    else if (rule["off"] === true) entries.splice(at, 1);
    else entries[at] = { rule: mergeRule(marks, before.rule, rule), mark };
  }
  const data = entries.map((entry) => entry.rule);
  if (above !== undefined) {
    const values = entries.flatMap(({ mark }, position) =>
      mark === undefined ? [] : [[String(position), mark] as const],
    );
    marks.set(data, { self: above.self, keys: new Map(), values: new Map(values) });
  }
  return data;
}

const LIMITS = ["atLeast", "above", "below"];

/**
 * Of what excludes each other the nearer file's takes the place of what was there: another kind of limit, a comparison of versions or
 * a single measure. A rule could not be changed to it otherwise.
 */
function mergeRule(marks: Document["marks"], base: NamedRule, own: NamedRule): NamedRule {
  const gone = [
    ...(LIMITS.some((limit) => limit in own) ? LIMITS : []),
    ...("compare" in own ? ["measure", "against", ...LIMITS] : []),
    ...("measure" in own ? ["compare"] : []),
  ];
  // The name is in both.
  return mergeMaps(marks, without(marks, base, gone), own, 1) as NamedRule;
}

/** By version: a file is no longer learnt, and has an id of its own. */
function mergeReferences(marks: Document["marks"], base: Data, own: Data): Data {
  const replaced = Object.entries(base).map(([version, reference]) => {
    const nearer = own[version];
    if (!isMapData(reference) || !isMapData(nearer)) return [version, reference];
    const gone = [
      ...("file" in nearer ? ["learn", "sha256"] : []),
      ...("learn" in nearer ? ["file", "sha256", "refresh"] : []),
    ];
    return [version, without(marks, reference, gone)];
  });
  const kept: Data = Object.fromEntries(replaced);
  const found = marks.get(base);
  if (found !== undefined) marks.set(kept, found);
  return mergeMaps(marks, kept, own, 1);
}

/** A copy that stands where the map stood. */
function without(marks: Document["marks"], map: Data, keys: readonly string[]): Data {
  const kept = Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
  const found = marks.get(map);
  if (found !== undefined) marks.set(kept, found);
  return kept;
}

function areRules(value: unknown): value is readonly NamedRule[] {
  return (
    Array.isArray(value) &&
    value.every((rule) => isMapData(rule) && typeof (rule["review"] ?? rule["alert"]) === "string")
  );
}
