import { formatDuration } from "../../config/quantity.ts";
import type { ColumnPlan } from "../../event/batch.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { printable } from "../text.ts";
import type { Guess } from "./guess.ts";
import { chooseSilence } from "./pace.ts";
import type { Pace, WindowChoice } from "./pace.ts";
import { roomLines } from "./room.ts";
import { yamlComment, yamlList, yamlText } from "./yaml-text.ts";

export interface RuleParts {
  readonly model: string;
  /** Of the file to be written, and what the reference is built of, as seen from the project's directory. */
  readonly reference: { readonly file: string; readonly id?: string };
  readonly buildLine: string;
  readonly columns: readonly ColumnPlan[];
  /** By column: why it seems to name people. */
  readonly personal: ReadonlyMap<string, string>;
  /** Those of them that have another value in nearly every row. */
  readonly unique: readonly string[];
  readonly hasPersonalIds: boolean;
  readonly segments: Guess["segments"];
  readonly window: WindowChoice;
  readonly pace: Pace;
  /** Of the source, as far as they were looked at. */
  readonly rows: number;
  /** What the truth can be held against; undefined where no labels come. */
  readonly labelled?: "score" | "decision" | "value";
}

function globs(patterns: readonly string[]): string {
  return `[${patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}]`;
}

/** The text of a rule file that explains itself. */
export function rulesText(parts: RuleParts): string {
  const { model, reference, buildLine, window } = parts;
  const sha256 = reference.id === undefined ? "" : `, sha256: ${reference.id}`;
  const lines = [
    ...yamlComment(
      `What driftd watches of the model ${printable(model)}, and when it speaks. A first draft, to be edited: \`driftd check\` says what is wrong and what each rule can see, \`driftd test\` tries it.`,
    ),
    "version: 1",
    `model: ${yamlText(model)}`,
    "",
    "# What the data looked like when all was well: counts, no rows. To build it anew, then write the sha256 that it prints:",
    `#   ${buildLine}`,
    `references: { default: { file: ${yamlText(reference.file)}${sha256} } }`,
    "",
    ...windowLines(parts),
    `window: { size: ${formatDuration(window.size)}, pane: ${formatDuration(window.pane)}, lateness: ${formatDuration(window.lateness)} }`,
    "",
    ...segmentLines(parts),
    ...roomLines({ columns: parts.columns.length, segments: parts.segments.count }),
    "# How many false alarms you accept. Every level of significance follows from it, over all rules and columns together.",
    "budget: { falseAlarms: 1, per: 30d }",
    "",
    ...columnLines(parts),
    "rules:",
    ...ruleLines(parts),
  ];
  return `${lines.join("\n")}\n`;
}

function windowLines({ window, pace }: RuleParts): string[] {
  const rows =
    pace.perHour === undefined
      ? ""
      : ` At the ${formatCount(Math.round(pace.perHour))} rows an hour of the source that is ${formatCount(Math.round((pace.perHour * window.size) / 3_600_000))} rows each.`;
  return yamlComment(
    `Every ${formatDuration(window.pane)} the last ${formatDuration(window.size)} are judged.${rows} A window of fewer than 100 values is not judged; more rows show smaller changes.`,
  );
}

function segmentLines({ segments }: RuleParts): string[] {
  const { by, others } = segments;
  if (by.length === 0 && others.length === 0) return [];
  const further = by.length === 0 ? others.slice(1) : others;
  const could =
    further.length === 0 ? "" : ` Others of few values: ${further.slice(0, 12).map(printable).join(", ")}.`;
  const said =
    by.length === 0
      ? `To be told which segments a change is in: segmentBy: [${others[0] ?? ""}].`
      : "Alerts say which of these segments moved; a rule with `by: [version, SEGMENT]` judges each for itself.";
  return [
    ...yamlComment(`${said}${could} After a change here build the reference anew.`),
    ...(by.length === 0 ? [] : [`segmentBy: ${yamlList(by)}`]),
    "",
  ];
}

function columnLines({ columns, personal, hasPersonalIds }: RuleParts): string[] {
  const lines: string[] = [];
  if (hasPersonalIds) {
    lines.push(
      "# The ids of events look personal: they are shown nowhere, not even as examples.",
      "id: { pii: true }",
      "",
    );
  }
  for (const type of ["number", "category", "boolean"] as const) {
    const names = columns.filter((column) => column.type === type && !personal.has(column.name));
    if (names.length === 0) continue;
    const shown = names.slice(0, MOST_NAMED).map(({ name }) => printable(name));
    const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
    lines.push(...yamlComment(`${WORDS[type]}: ${shown.join(", ")}${rest}.`));
  }
  lines.push(
    ...yamlComment(
      "The reference knows them with their types, and values of another type are invalid. Write here what it cannot know, such as amount: { type: number, minimum: 0 }.",
    ),
  );
  if (personal.size === 0) return [...lines, ""];
  lines.push(
    ...yamlComment(
      "These look personal. Values are replaced by a keyed hash as they come in, here, in the reference and in alerts. Remove what names nobody, then build the reference anew.",
    ),
    "columns:",
    ...[...personal].map(
      ([name, because]) => `  ${yamlText(name)}: { type: category, pii: true } # ${printable(because)}`,
    ),
  );
  return [...lines, ""];
}

const MOST_NAMED = 40;
const WORDS = { number: "Numbers", category: "Categories", boolean: "True or false" } as const;

function ruleLines(parts: RuleParts): string[] {
  const { columns, unique, window, pace, labelled } = parts;
  const outputs = columns.filter(({ role }) => role === "output");
  const hasInputs = outputs.length + unique.length < columns.length;
  // Nothing can be compared where every row has another value.
  const apart = unique.map((name) => `!${name}`);
  const wait = `for: ${formatDuration(window.wait)}, keepFiringFor: ${formatDuration(3 * window.wait)}`;
  const isTimed = pace.perHour !== undefined;
  const rule = (comment: string, text: string): string[] => [
    ...yamlComment(comment, "  "),
    `  - { ${text} }`,
  ];
  return [
    ...(hasInputs
      ? rule(
          "What the model is asked has another distribution: by more than chance, and by a PSI of 0.02 or more, about a seventh of a standard deviation.",
          `alert: InputDrift, measure: psi, columns: ${globs(["*", ...(outputs.length > 0 ? ["!prediction.*"] : []), ...apart])}, ${wait}, severity: ticket`,
        )
      : []),
    ...(outputs.length > 0
      ? rule(
          "What the model answers has another distribution.",
          `alert: OutputDrift, measure: psi, columns: ["prediction.*"], ${wait}, severity: ticket`,
        )
      : []),
    ...rule(
      "Values are missing that were not; where the reference misses almost none, a share of 1% is enough.",
      `alert: MissingValues, measure: missing, columns: ["*"], ${wait}, severity: ticket`,
    ),
    ...rule(
      "Categories that the reference never had, and numbers beyond all of it.",
      `alert: NovelValues, measure: novel, columns: ${globs(["*", ...apart])}, ${novelLimit(parts.rows)}${wait}, severity: ticket`,
    ),
    ...rule(
      "A field is new, gone, or of another type.",
      "alert: SchemaChanged, measure: schema-drift, severity: ticket",
    ),
    ...rule(
      "More than 1% of the rows have values that cannot be read.",
      "alert: SchemaBroken, measure: invalid, above: 0.01, severity: page",
    ),
    ...(isTimed
      ? rule(
          "Less than half, or more than twice, of the rows that the same hour of the week usually has.",
          `alert: VolumeChanged, measure: volume, ${wait}, severity: ticket`,
        )
      : []),
    ...silenceLines(parts, rule),
    ...(labelled === undefined ? [] : rule(LABEL_RULES[labelled].comment, LABEL_RULES[labelled].text)),
  ];
}

/** Beyond the least and the greatest of few rows lies a share of what comes that is no news: ten rows' worth. */
function novelLimit(rows: number): string {
  const share = Math.min(0.5, Math.ceil(1_000 / Math.max(1, rows)) / 100);
  return share > 0.01 ? `atLeast: ${share}, ` : "";
}

function silenceLines({ pace }: RuleParts, rule: (comment: string, text: string) => string[]): string[] {
  const seen =
    pace.silence === undefined
      ? "Nothing comes at all."
      : `Nothing comes at all. The longest time without a row in the first rows of the source was ${formatSilence(pace.silence)}.`;
  return rule(
    seen,
    `alert: StreamSilent, measure: freshness, above: ${formatDuration(chooseSilence(pace))}, severity: page`,
  );
}

function formatSilence(ms: number): string {
  if (ms < 1000) return "under a second";
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

const LABEL_RULES = {
  score: {
    comment:
      "Scores do not mean what they meant in the reference: of those of 0.3 not 30% come true any more. Judged once for each day of predictions.",
    text: "alert: Miscalibrated, measure: calibration-gap, severity: page",
  },
  decision: {
    comment:
      "Too many decisions turn out wrong. EDIT THIS: the limit is a guess. Judged once for each day of predictions.",
    text: "alert: Inaccurate, measure: accuracy, below: 0.5, severity: page",
  },
  value: {
    comment: "Errors have grown by a fifth. Judged once for each day of predictions.",
    text: "alert: ErrorsGrew, measure: rmse-ratio, above: 1.2, severity: page",
  },
} as const;
