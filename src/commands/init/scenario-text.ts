import { formatDuration } from "../../config/quantity.ts";
import type { Reference } from "../../reference/reference.ts";
import { LEAST_NULL_CASES } from "../../statistics/calibration.ts";
import type { ReferenceDescription } from "../reference/description.ts";
import { printable } from "../text.ts";
import type { RuleOutlook } from "../rule-outlook.ts";
import type { WindowChoice } from "./pace.ts";
import { yamlComment, yamlText } from "./yaml-text.ts";

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
  const lines = [
    ...yamlComment(
      "What the rules beside this file must say, and must not; `driftd test` runs it. Counts are drawn from the reference, so that days take no time. Add what you have seen go wrong.",
    ),
    `- name: nothing is said while nothing changes`,
    `  synthetic: { ${rateOf(parts)}lasts: ${formatDuration(calm)} }`,
    '  expect: [{ alert: "*", never: true }]',
    ...driftLines(parts),
    ...missingLines(parts),
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

/** Without hours of its own a reference does not know its traffic. */
function rateOf({ reference, window }: ScenarioParts): string {
  const isKnown = reference.segments[0]?.hourOfDay.some((rows) => rows > 0) === true;
  if (isKnown) return "";
  const span = reference.to - reference.from;
  const rows = span > 0 ? Math.round((reference.rows * window.size) / span) : LEAST_ROWS;
  return `rate: ${Math.max(LEAST_ROWS, rows)}/${formatDuration(window.size)}, `;
}

/** Enough of a window to be judged. */
const LEAST_ROWS = 1_000;

/** Twice the smallest shift that the rule can see at all, of the column where that is least. */
function driftLines(parts: ScenarioParts): string[] {
  const { rules, window } = parts;
  const seen = rules
    .filter(({ alert }) => alert === "InputDrift" || alert === "OutputDrift")
    .flatMap(({ alert, shift }) => shift.map((one) => ({ alert, ...one })))
    .flatMap(({ alert, column, segment, smallest }) =>
      smallest === null || segment !== "all" || smallest > MOST_SHIFT / 2
        ? []
        : [{ alert, column, smallest }],
    )
    .toSorted((a, b) => a.smallest - b.smallest);
  const [found] = seen;
  if (found === undefined) return [];
  const shift = Math.max(0.5, Math.ceil(20 * found.smallest) / 10);
  const within = window.size + 3 * window.wait;
  return [
    `- name: ${yamlText(`all values of ${printable(found.column)} lie ${shift} standard deviations higher`)}`,
    `  synthetic: { ${rateOf(parts)}lasts: ${formatDuration(window.size + 2 * within)}, changes: [{ at: ${formatDuration(window.size)}, column: ${yamlText(found.column)}, shift: ${shift}sd }] }`,
    `  expect: [{ alert: ${found.alert}, column: ${yamlText(found.column)}, firing: { within: ${formatDuration(within)} } }]`,
  ];
}

const MOST_SHIFT = 3;

/** Of a column that is hardly ever missing, which a plain share judges. */
function missingLines(parts: ScenarioParts): string[] {
  const { described, window } = parts;
  const columns = described.segments[0]?.columns ?? [];
  const found = columns.find(({ missing, n }) => missing < LEAST_NULL_CASES && n > 0);
  if (found === undefined) return [];
  const within = window.size + 3 * window.wait;
  return [
    `- name: ${yamlText(`half of ${printable(found.name)} goes missing`)}`,
    `  synthetic: { ${rateOf(parts)}lasts: ${formatDuration(window.size + 2 * within)}, changes: [{ at: ${formatDuration(window.size)}, column: ${yamlText(found.name)}, nulls: 0.5 }] }`,
    `  expect: [{ alert: MissingValues, column: ${yamlText(found.name)}, firing: { within: ${formatDuration(within)} } }]`,
  ];
}
