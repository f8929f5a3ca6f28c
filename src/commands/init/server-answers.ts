/** By output of the model: the column of the response that holds it. */
export type ServerAnswers = Readonly<Partial<Record<Output, string>>>;

const OUTPUTS = ["score", "decision", "value"] as const;
type Output = (typeof OUTPUTS)[number];
type Row = Readonly<Record<string, unknown>>;

/**
 * What a model server's answers are, as driftd guesses it while it runs (event/output-places.ts): of two numbers under one name the
 * second is the score; a column that is called as an output is that; of the others the only one of fractions is the score, or the value
 * where it is no share, and the only one of texts, booleans or whole numbers the decision.
 */
export function findAnswers(rows: readonly Row[]): ServerAnswers {
  const found: Partial<Record<Output, string>> = {};
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isListed = (name: string): boolean => /-\d+$/.test(name) && names.includes(name.replace(/\d+$/, "1"));
  for (const output of OUTPUTS) if (names.includes(output)) found[output] = output;
  const free = names.filter((name) => !isListed(name) && !Object.values(found).includes(name));
  const kinds = new Map(free.map((name) => [name, kindOf(rows.map((row) => row[name]))]));
  const only = (...wanted: readonly string[]): string | undefined => {
    const fitting = free.filter((name) => wanted.includes(kinds.get(name) ?? ""));
    return fitting.length === 1 ? fitting[0] : undefined;
  };
  const answers = {
    score: pairedScore(names) ?? only("share"),
    decision: only("label") ?? only("whole"),
    value: only("share") === undefined ? only("number") : undefined,
  };
  for (const output of OUTPUTS) if (answers[output] !== undefined) found[output] ??= answers[output];
  return found;
}

/** Two columns of one tensor are the probabilities of no and yes. */
function pairedScore(names: readonly string[]): string | undefined {
  const pairs = names.filter((name) => name.endsWith("-1") && !names.includes(name.replace(/1$/, "2")));
  return pairs.length === 1 ? pairs[0] : undefined;
}

function kindOf(cells: readonly unknown[]): "label" | "whole" | "share" | "number" | undefined {
  const values = cells.filter((cell) => cell !== undefined && cell !== null);
  if (values.length === 0) return undefined;
  if (values.every((value) => typeof value === "string" || typeof value === "boolean")) return "label";
  if (!values.every((value) => typeof value === "number")) return undefined;
  if (values.every((value) => Number.isInteger(value))) return "whole";
  return values.every((value) => value >= 0 && value <= 1) ? "share" : "number";
}
