import type { Score } from "../statistics/score.ts";
import { measureNamed } from "../statistics/measures.ts";
import { formatAge, formatMoment, formatScore, formatShare, formatVersion } from "../verdict/quantities.ts";
import type { ReportedChange } from "./report.ts";

/** Names and sentences as they stand: what Markdown would read as its own is escaped, and no line ends within. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[\\`*<[\]|]/g, String.raw`\$&`);
}

/** Of RFC 3339, to the minute. */
export function momentOf(time: string): string {
  return formatMoment(Date.parse(time));
}

/** `amount, v7, region=eu `: nothing where the rule asks of all events together. */
export function placeOf({
  column,
  version,
  segment,
}: Pick<ReportedChange, "column" | "version" | "segment">): string {
  const parts = [column, version && formatVersion(version), segment].filter(
    (part) => part !== undefined && part !== "",
  );
  return parts.length === 0 ? "" : `${plain(parts.join(", "))} `;
}

/** In the measure's own unit. */
export function formatValue(measure: string, value: number): string {
  const { unit, nature } = measureNamed(measure) ?? {};
  if (unit === "seconds") return formatAge(value);
  return nature === "share" ? formatShare(value) : formatScore(value);
}

/** `95% interval 0.1 to 0.2`, or the bounds of a number that counts leave open; empty where there is none. */
export function intervalOf(measure: string, { lower, upper }: Score): string {
  if (lower === undefined || upper === undefined) return "";
  const kind = measureNamed(measure)?.isBounded === true ? "between" : "95% interval";
  const joint = measureNamed(measure)?.isBounded === true ? "and" : "to";
  return `${kind} ${formatValue(measure, lower)} ${joint} ${formatValue(measure, upper)}`;
}
