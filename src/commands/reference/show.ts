import { formatDuration } from "../../config/quantity.ts";
import { resolvePath } from "../../config/path.ts";
import { readReference } from "../../reference/reference-file.ts";
import { readBytes } from "../../runtime/files.ts";
import { listed } from "../../verdict/movement.ts";
import { formatAge, formatCount, formatShare, formatVersion } from "../../verdict/quantities.ts";
import { plural, printable, renderTable } from "../text.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { describeReference } from "./description.ts";
import type {
  AcceptanceDescription,
  ColumnDescription,
  ReferenceDescription,
  WindowDescription,
} from "./description.ts";
import type { LabelDescription } from "./label-description.ts";
import type { SeasonDescription } from "./season-description.ts";

/** Of a field with more texts the first are printed. */
const MOST_TEXTS = 5;

export interface ShowOptions {
  readonly file: string;
  readonly json: boolean;
}

/** Says what a reference knows. */
export async function showReference(options: ShowOptions, io: CommandIo): Promise<number> {
  const path = resolvePath(io.cwd, options.file);
  const bytes = await readBytes(path, { what: "reference", code: "REFERENCE_INVALID" });
  const description = describeReference(readReference(bytes, options.file));
  if (options.json) {
    io.stdout.write(jsonLine(description));
    return 0;
  }
  io.stdout.write(
    `${textOf(description, { width: io.columns ?? Number.POSITIVE_INFINITY, color: false })}\n`,
  );
  return 0;
}

function textOf(description: ReferenceDescription, style: { width: number; color: boolean }): string {
  const { id, model, rows, from, to, independent, segments, outcome } = description;
  const span = from === undefined ? "without event time" : `${from} to ${to}`;
  const header = [
    "segment",
    "column",
    "values",
    "missing",
    "window",
    "K",
    "per window",
    "deff",
    "nu",
    "trust",
    "remark",
  ];
  const table = segments.flatMap(({ name, columns, labels }) => [
    ...columns.flatMap((column) =>
      [
        ...column.windows.map((window) => windowCells(window)),
        ...(column.seasons ?? []).map((season) => seasonCells(season)),
      ].map((cells) => ({
        cells: [name, column.name, formatCount(column.n), shareOf(column), ...cells],
      })),
    ),
    ...(labels === undefined ? [] : [{ cells: [name, "(labels)", ...labelCells(labels)] }]),
  ]);
  return [
    `model ${printable(model)}, ${plural(rows, "row")}, ${span}${independent ? ", declared independent" : ""}`,
    ...learntLines(description),
    ...outcomeLines(outcome),
    `sha256: ${id}`,
    ...gridLines(description),
    ...acceptanceLines(description),
    "",
    renderTable(header, table, style),
    ...fieldLines(description, style),
  ].join("\n");
}

/** What its records held, field by field. */
function fieldLines({ fields }: ReferenceDescription, style: { width: number; color: boolean }): string[] {
  if (fields === undefined) return [];
  const rows = fields.fields.map(({ name, type, values, absent, texts }) => ({
    cells: [
      printable(name),
      type,
      formatCount(values["null"] ?? 0),
      formatCount(absent),
      printable(texts?.slice(0, MOST_TEXTS).join(", ") ?? ""),
    ],
  }));
  const header = ["field", "type", "null", "absent", "texts"];
  return ["", `fields of ${plural(fields.sampled, "record")}`, "", renderTable(header, rows, style)];
}

function learntLines({ learnt }: ReferenceDescription): string[] {
  if (learnt === undefined) return [];
  return [`learnt by a daemon: a sample of ${plural(learnt.rows, "row")} of its stream`];
}

/** How many predictions have a label, and how late labels come. */
function outcomeLines(outcome: ReferenceDescription["outcome"]): string[] {
  if (outcome === undefined) return [];
  const { coverage, delay99 } = outcome;
  const within =
    delay99 === undefined
      ? "how late they came is not known"
      : `99% of them within ${formatAge(delay99 / 1000)}`;
  return [`labels of ${formatShare(coverage)} of predictions, ${within}`];
}

/** Of cohorts, as of windows. */
function labelCells(labels: LabelDescription): string[] {
  const { n, cohorts } = labels;
  return [formatCount(n), shareOf(labels), ...windowCells({ ...cohorts, tooVariable: [] })];
}

function gridLines({ gridOf }: ReferenceDescription): string[] {
  return gridOf === undefined ? [] : [`counted on the bins of ${gridOf}`];
}

/** What was accepted, columns of one span together, and what that says nothing of. */
function acceptanceLines({ accepted = [] }: ReferenceDescription): string[] {
  if (accepted.length === 0) return [];
  const together = new Map<string, AcceptanceDescription[]>();
  for (const acceptance of accepted) {
    const { column: _column, ...rest } = acceptance;
    const key = JSON.stringify(rest);
    together.set(key, [...(together.get(key) ?? []), acceptance]);
  }
  return [
    ...[...together.values()].map((group) =>
      acceptanceLine({ ...group[0], column: listed(group.map(({ column }) => column)) }),
    ),
    "how windows of these columns differ is still what the rows before said: the worst of it, which promises nothing",
  ];
}

/** "accepted by ann: amount of v8, in all and region=eu, as counted from ... to ...: new tariff" */
function acceptanceLine({
  column,
  version,
  segments,
  since,
  until,
  by,
  reason,
}: AcceptanceDescription): string {
  const whose = version === undefined ? column : `${column} of ${formatVersion(version)}`;
  const who = by === undefined ? "accepted" : `accepted by ${by}`;
  return printable(
    `${who}: ${whose}, in ${listed(segments)}, as counted from ${since} to ${until}: ${reason}`,
  );
}

function seasonCells(season: SeasonDescription): string[] {
  const { signal, size, slots, weeks, meanRows, deff, nu, status, trust, reason } = season;
  const by = slots > 24 ? "by hour of the week" : "by hour of the day";
  return [
    `${formatDuration(size)}, season${signal === "missing" ? " of missing" : ""}`,
    plural(weeks, "week"),
    formatCount(meanRows),
    rangeText(deff),
    rangeText(nu),
    status === "ok" ? trust : "-",
    [status === "ok" ? "" : status, by, reason ?? ""].filter((part) => part !== "").join("; "),
  ];
}

function windowCells(window: WindowDescription): string[] {
  const { size, k, meanRows, deff, nu, status, trust, reason = "", tooVariable, directions } = window;
  const left =
    status === "ok" && tooVariable.length > 0
      ? `${tooVariable.length} of ${directions} directions too variable: ${tooVariable.join(", ")}`
      : "";
  const remark = [status === "ok" ? "" : status, reason, left].filter((part) => part !== "").join("; ");
  return [
    formatDuration(size),
    String(k),
    formatCount(meanRows),
    rangeText(deff),
    rangeText(nu),
    status === "ok" ? trust : "-",
    remark,
  ];
}

function shareOf({ missing, n }: Pick<ColumnDescription, "missing" | "n">): string {
  return missing === 0 ? "0" : formatShare(missing / (missing + n));
}

function rangeText(range: readonly [number, number] | undefined): string {
  if (range === undefined) return "-";
  const [least, most] = range.map((value) => (Number.isFinite(value) ? value.toPrecision(3) : "inf"));
  return least === most ? `${least}` : `${least}..${most}`;
}
