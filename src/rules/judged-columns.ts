import type { Document } from "../config/document.ts";
import type { Fault } from "../config/fault.ts";
import { faultAt } from "../config/location.ts";
import type { FaultAt } from "../config/location.ts";
import { suggestWord } from "../config/nearest-word.ts";
import type { ReferenceColumn } from "../reference/reference.ts";
import { matchesGlob, selectNames } from "./column-globs.ts";
import { expandComparison } from "./compare-section.ts";
import { fitsColumn, isPerColumn } from "./measure-terms.ts";
import type { MeasureTerms } from "./measure-terms.ts";
import type { Model, Rule } from "./model.ts";
import { checkReviewColumns, isReview } from "./review-section.ts";
import { dataOf, pathOfAlert } from "./rule-file.ts";

type Column = Pick<ReferenceColumn, "name" | "type" | "role" | "pii">;

/** A rule, and the columns it judges. */
export interface ResolvedRule {
  readonly rule: Rule;
  /** In the reference's order; empty for measures of whole events and of labels. */
  readonly columns: readonly string[];
}

/**
 * For each rule the features and outputs that its globs choose and its measure can be computed of; of measures across
 * groups, the columns that the model is split by.
 */
export function resolveRules(source: Judgeable): readonly ResolvedRule[] {
  return source.model.rules.map((rule) => ({ rule, columns: judgedColumns(rule, source) }));
}

/** What a rule may judge. */
interface Judgeable {
  readonly model: Model;
  readonly columns: readonly Column[];
  readonly measures: readonly MeasureTerms[];
}

/** The same for one rule of the model. */
export function judgedColumns(
  rule: Pick<Rule, "measure" | "columns">,
  { model, columns, measures }: Judgeable,
): readonly string[] {
  const measure = measures.find(({ name }) => name === rule.measure);
  if (measure === undefined || !isPerColumn(measure)) return [];
  const split = model.segmentBy.flatMap((keys) => (keys.length === 1 ? keys : []));
  const names = judgeable(columns, measure)
    .filter(({ name }) => measure.across === undefined || split.includes(name))
    .filter((column) => fitsColumn(measure, column))
    .map(({ name }) => name);
  return selectNames(rule.columns, names);
}

function judgeable(columns: readonly Column[], { across }: MeasureTerms): readonly Column[] {
  return columns.filter(
    ({ role }) => role === "feature" || role === "output" || (across !== undefined && role === "segment"),
  );
}

/** A rule whose globs take away what they gave, or whose measure fits none of the columns, would never speak. */
export function checkEmptyRules(source: {
  document: Document;
  model: Model;
  columns: readonly Column[];
  measures: readonly MeasureTerms[];
}): readonly Fault[] {
  const { document, measures } = source;
  return resolveRules(source).flatMap(({ rule, columns }) => {
    const measure = measures.find(({ name }) => name === rule.measure);
    if (columns.length > 0 || measure === undefined || !isPerColumn(measure)) return [];
    const message = `${measure.name} finds no column to judge; choose others, or remove the rule`;
    const path = [...pathOfAlert(document, rule.alert), "alert"];
    return [faultAt(document, { path, code: "NO_JUDGEMENT", level: "warning", message })];
  });
}

/** What a rule file says of columns that its reference does not know, or knows otherwise. */
export function checkAgainstColumns(source: {
  document: Document;
  columns: readonly Column[];
  measures: readonly MeasureTerms[];
}): readonly Fault[] {
  const { document, columns, measures } = source;
  const { rules, segmentBy } = dataOf(document);
  const found: FaultAt[] = [
    ...checkDeclared(document, columns),
    ...(rules ?? []).flatMap((rule, position) => {
      const path = ["rules", position];
      if (isReview(rule))
        return checkReviewColumns(rule, columns).map((fault) => ({
          ...fault,
          path: [...path, ...fault.path],
        }));
      const [asked] = expandComparison(rule);
      const measure = measures.find(({ name }) => name === asked?.measure);
      if (measure === undefined || rule.columns === undefined) return [];
      return checkGlobs({ globs: rule.columns, columns, measure }).map((fault) => ({
        ...fault,
        path: [...path, "columns", ...fault.path],
      }));
    }),
    ...(segmentBy ?? []).flatMap((entry, position) => {
      const faults = checkSegments(entry, columns);
      return faults.map((fault) => ({ ...fault, path: ["segmentBy", position, ...fault.path] }));
    }),
  ];
  return found.map((fault) => faultAt(document, fault));
}

function checkGlobs(source: {
  globs: readonly string[];
  columns: readonly Column[];
  measure: MeasureTerms;
}): FaultAt[] {
  const { globs, columns, measure } = source;
  const known = judgeable(columns, measure);
  const names = known.map(({ name }) => name);
  return globs.flatMap((text, position): FaultAt[] => {
    const glob = text.replace(/^!/, "");
    const matched = known.filter(({ name }) => matchesGlob(glob, name));
    if (glob.includes("*") || text.startsWith("!")) {
      if (matched.length > 0) return [];
      const message = `fits no column of the reference; ${suggestWord(glob.replaceAll("*", ""), names)}`;
      return [{ path: [position], code: "NO_MATCH", level: "warning", message }];
    }
    const [column] = matched;
    if (column === undefined) {
      const message = `is no feature or output of the reference; ${suggestWord(glob, names)}`;
      return [{ path: [position], code: "UNKNOWN_COLUMN", message }];
    }
    if (fitsColumn(measure, column)) return [];
    const message =
      measure.only === undefined || measure.only.includes(column.name)
        ? `${measure.name} cannot be computed of a ${column.type}; use psi, or leave the column out`
        : `${measure.name} is computed of ${measure.only.join(" or ")} only; leave columns out`;
    return [{ path: [position], code: "CONFLICT", message }];
  });
}

function checkDeclared(document: Document, columns: readonly Column[]): FaultAt[] {
  const names = columns.map(({ name }) => name);
  return Object.entries(dataOf(document).columns ?? {}).flatMap(([name, declared]): FaultAt[] => {
    const column = columns.find((candidate) => candidate.name === name);
    const path = ["columns", name];
    if (column === undefined) {
      const message = `is no column of the reference; ${suggestWord(name, names)}`;
      return [{ path, which: "key", code: "UNKNOWN_COLUMN", message }];
    }
    const faults: FaultAt[] = [];
    if (declared.type !== undefined && declared.type !== column.type) {
      const message = `the reference knows ${name} as ${column.type}; write that, or build the reference again`;
      faults.push({ path: [...path, "type"], code: "REFERENCE", message });
    }
    if ((declared.pii ?? false) !== column.pii) {
      const message = column.pii
        ? `the reference holds ${name} hashed; add pii: true, or build the reference again`
        : `the reference holds ${name} in the clear; build it again with this rule file`;
      faults.push({ path: declared.pii === undefined ? path : [...path, "pii"], code: "PII", message });
    }
    return faults;
  });
}

function checkSegments(entry: string | readonly string[], columns: readonly Column[]): FaultAt[] {
  const known = columns.filter(({ role, type }) => role !== "truth" && type !== "number");
  const names = known.map(({ name }) => name);
  const wanted = typeof entry === "string" ? [entry] : entry;
  return wanted.flatMap((name, position): FaultAt[] => {
    if (names.includes(name)) return [];
    const column = columns.find((candidate) => candidate.name === name);
    const what =
      column === undefined
        ? "is no column of the reference"
        : `is a ${column.type}, and segments are categories`;
    const path = typeof entry === "string" ? [] : [position];
    return [{ path, code: "UNKNOWN_COLUMN", message: `${what}; ${suggestWord(name, names)}` }];
  });
}
