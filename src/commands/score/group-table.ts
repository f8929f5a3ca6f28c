import { measureNamed } from "../../statistics/measures.ts";
import { formatCount, formatScore, formatShare } from "../../verdict/quantities.ts";
import { renderTable } from "../text.ts";
import type { TextStyle } from "../text.ts";
import { RATES } from "./group-report.ts";
import type { FairnessReport } from "./group-report.ts";

/** The groups of one column, each rate with its interval and its members, and below them how far apart they lie. */
export function renderGroups(column: string, report: FairnessReport, style: TextStyle): string[] {
  const groups = Object.entries(report.groups).map(([group, rates]) => ({
    cells: [
      group,
      ...RATES.map((rate) => {
        const found = rates[rate];
        if (found === undefined) return "-";
        const { value, lower, upper, n } = found;
        const interval = `${formatShare(lower)} to ${formatShare(upper)}`;
        return `${formatShare(value)} (${interval}; n=${formatCount(n)})`;
      }),
    ],
  }));
  const measures = Object.entries(report.measures).map(([name, score]) => {
    const { value, lower, upper, status, reason, n } = score;
    const isKnown = value !== undefined && lower !== undefined && upper !== undefined;
    return {
      cells: [
        measureNamed(name)?.title ?? name,
        isKnown ? formatScore(value) : "-",
        isKnown ? `${formatScore(lower)} to ${formatScore(upper)}` : "-",
        formatCount(n),
        status === "ok" ? "" : `${status}: ${reason ?? ""}`,
      ],
    };
  });
  return [
    "",
    renderTable([column, "selected", "selected of class 1", "selected of the others"], groups, style),
    "",
    renderTable([`groups of ${column}`, "value", "95% interval", "n", ""], measures, style),
  ];
}
