import { formatDuration } from "../../config/quantity.ts";
import type { Reference } from "../../reference/reference.ts";
import { LEAST_NULL_CASES } from "../../statistics/calibration.ts";
import type { ReferenceDescription } from "../reference/description.ts";
import { printable } from "../text.ts";
import type { RuleOutlook } from "../rule-outlook.ts";
import type { WindowChoice } from "./pace.ts";
import { yamlComment, yamlList, yamlText } from "./yaml-text.ts";

export interface ScenarioParts {
  readonly reference: Reference;
  readonly described: ReferenceDescription;
  /** What the rules can see. */
  readonly rules: readonly RuleOutlook[];
  readonly window: WindowChoice;
}

/** The text of the scenarios beside a rule file: what must be found, and that nothing is found where nothing changes. */
export function scenarioText(parts: ScenarioParts): string {
  const { window, reference } = parts;
  const calm = 4 * window.size;
  const { columns } = reference;
  const some =
    columns.length > MOST_DRAWN ? yamlList(columns.slice(0, MOST_DRAWN).map(({ name }) => name)) : "";
  const lines = [
    ...yamlComment(
      "What the rules beside this file must say, and must not; `driftd test` runs it. Counts are drawn from the reference, so that days take no time. Add what you have seen go wrong.",
    ),
    "- name: nothing is said while nothing changes",
    `  synthetic: { ${knowsHours(reference) ? "" : rateOf(parts)}lasts: ${formatDuration(calm)}${some === "" ? "" : `, columns: ${some}`} }`,
    '  expect: [{ alert: "*", never: true }]',
    ...driftLines(parts),
    ...missingLines(parts),
    ...scenarioLines(parts, {
      name: "a tenth of the rows cannot be read",
      change: "invalid: 0.1",
      expected: "alert: SchemaBroken",
    }),
  ];
  if (Number.isNaN(reference.from)) {
    lines.push(
      ...yamlComment(
        "The reference has no event time, so nothing can be shown of drift: chance is not known.",
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Drawing hundreds of columns takes its time; nothing more is learnt of the rules. */
const MOST_DRAWN = 20;

/** One change after one quiet window, and what must be said of it soon after the next one. */
function scenarioLines(
  parts: ScenarioParts,
  { name, change, expected, column }: { name: string; change: string; expected: string; column?: string },
): string[] {
  const { window, reference } = parts;
  const within = window.size + 3 * window.wait;
  const lasts = formatDuration(window.size + 2 * within);
  const isWide = reference.columns.length > MOST_DRAWN;
  const drawn = column ?? reference.columns[0]?.name ?? "";
  const columns = isWide ? `, columns: ${yamlList([drawn])}` : "";
  const of = column === undefined ? "" : `column: ${yamlText(column)}, `;
  return [
    `- name: ${yamlText(name)}`,
    `  synthetic: { ${rateOf(parts)}lasts: ${lasts}${columns}, changes: [{ at: ${formatDuration(window.size)}, ${of}${change} }] }`,
    `  expect: [{ ${expected}, ${of}firing: { within: ${formatDuration(within)} } }]`,
  ];
}

/** Whether it has been there for enough days to know what usually comes at which hour. */
function knowsHours({ segments }: Reference): boolean {
  return segments[0]?.hourOfDay.some((rows) => rows > 0) === true;
}

/** What comes on average, as a change is looked for: scenarios begin at midnight, when little may. */
function rateOf({ reference, window }: ScenarioParts): string {
  const span = reference.to - reference.from;
  const rows = span > 0 ? Math.round((reference.rows * window.size) / span) : LEAST_ROWS;
  return `rate: ${Math.max(LEAST_ROWS, rows)}/${formatDuration(window.size)}, `;
}

/** Enough of a window to be judged well. */
const LEAST_ROWS = 500;

/** Twice the smallest shift that the rule can see at all, of the column where that is least. */
function driftLines(parts: ScenarioParts): string[] {
  const { rules } = parts;
  const seen = rules
    .filter(({ alert }) => alert === "InputDrift" || alert === "OutputDrift")
    .flatMap(({ alert, shift }) => shift.map((one) => ({ alert, ...one })))
    .flatMap(({ alert, column, segment, smallest }) =>
      !isSmooth(parts.reference, column) ||
      smallest === null ||
      segment !== "all" ||
      smallest > MOST_SHIFT / 2
        ? []
        : [{ alert, column, smallest }],
    )
    .toSorted((a, b) => a.smallest - b.smallest);
  const [found] = seen;
  if (found === undefined) return [];
  const shift = Math.max(0.5, Math.ceil(20 * found.smallest) / 10);
  return scenarioLines(parts, {
    name: `all values of ${printable(found.column)} lie ${shift} standard deviations higher`,
    change: `shift: ${shift}sd`,
    expected: `alert: ${found.alert}`,
    column: found.column,
  });
}

/** Where a few values are all there are, one that lies between two of them is no larger than the lesser to whom counts by them. */
function isSmooth({ columns }: Reference, column: string): boolean {
  const grid = columns.find(({ name }) => name === column)?.grid;
  return grid !== undefined && grid.edges.length >= LEAST_BINS;
}

const LEAST_BINS = 20;
const MOST_SHIFT = 3;

/** Of a column that is hardly ever missing, which a plain share judges, and that the reference has windows of. */
function missingLines(parts: ScenarioParts): string[] {
  const { described, window } = parts;
  const found = described.segments[0]?.columns.find(
    ({ missing, windows }) =>
      missing < LEAST_NULL_CASES && windows.some(({ size, k }) => size === window.size && k > 0),
  );
  if (found === undefined) return [];
  return scenarioLines(parts, {
    name: `half of ${printable(found.name)} goes missing`,
    change: "nulls: 0.5",
    expected: "alert: MissingValues",
    column: found.name,
  });
}
