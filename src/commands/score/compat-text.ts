import { formatScore } from "../../verdict/quantities.ts";
import { plural, renderTable, wrap } from "../text.ts";
import type { TextStyle } from "../text.ts";
import type { ColumnCompat, CompatReport } from "./compat.ts";

const NAMES = { evidently: "Evidently", nannyml: "NannyML" } as const;

/** The section of the other tool: its method, its threshold, its verdict, and what counts do not tell. */
export function renderCompat(report: CompatReport, style: TextStyle): string {
  const { tool, columns, drifted, judged, dataset } = report;
  const rows = Object.entries(columns).map(([name, column]) => ({
    cells: [
      name,
      column.method ?? "-",
      number(column.value),
      number(column.threshold),
      verdictOf(column),
      column.isExact === true ? "" : "*",
    ],
    paint: column.drifted === true ? ("red" as const) : undefined,
  }));
  const reasons = new Set(
    Object.values(columns).flatMap(({ isExact, reason }) => (isExact === true ? [] : (reason ?? []))),
  );
  const whole = dataset === undefined ? "" : `; the data set ${dataset ? "drifted" : "did not drift"}`;
  return [
    "",
    `What ${NAMES[tool]} would say by its defaults: ${drifted} of ${plural(judged, "column")} drifted${whole}.`,
    renderTable(["column", "method", "value", "threshold", "verdict", ""], rows, style),
    ...[...reasons].map((reason) => wrap(`* ${reason}.`, "  ", Math.min(style.width, 120))),
  ].join("\n");
}

function verdictOf({ drifted, alerts, values }: ColumnCompat): string {
  if (drifted === undefined) return "undecided";
  if (alerts === undefined || values === undefined) return drifted ? "drift" : "same";
  return alerts === 0 ? "same" : `${alerts} of ${plural(values.length, "chunk")} alert`;
}

function number(value: number | undefined): string {
  return value === undefined ? "-" : formatScore(value);
}
