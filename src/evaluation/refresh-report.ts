import type { ColumnDistance } from "../reference/candidate.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { Store } from "../state/store.ts";
import { formatCount, formatScore } from "../verdict/quantities.ts";

/** What came of making a candidate for a model's reference. Times are RFC 3339 UTC. */
export interface RefreshReport {
  /** Wall clock. */
  readonly at: string;
  /** Id of the reference in use, which the candidate was made from. */
  readonly reference: string;
  /** Id of the candidate; absent where there is none. */
  readonly candidate?: string;
  /** Why there is none, in sentences. */
  readonly refused: readonly string[];
  /** Event time of what was counted; absent where nothing was. */
  readonly from?: string;
  readonly to?: string;
  readonly rows: number;
  /** By length of window, such as 1h. */
  readonly windows: Readonly<Record<string, number>>;
  /** The worst first. */
  readonly columns: readonly ColumnDistance[];
  /** Those of the model that fired in that time. */
  readonly alerts: readonly FiredAlert[];
  /** Present where alerts that ended before are not known any more, and some may have fired in that time. */
  readonly alertsKnownSince?: string;
}

interface FiredAlert {
  readonly id: string;
  readonly alert: string;
  readonly column?: string;
  readonly version?: string;
  readonly segment?: string;
  readonly from: string;
  /** Absent while it fires. */
  readonly to?: string;
}

const REPORTS = "refresh/";
const CANDIDATES = "candidate/";

/** Name under which the store has what came of the last refresh of a model. */
export function refreshName(model: string): string {
  return `${REPORTS}${model}`;
}

/** Name under which the store has the file of the candidate of a model. */
export function candidateName(model: string): string {
  return `${CANDIDATES}${model}`;
}

export function isRefreshName(name: string): boolean {
  return name.startsWith(REPORTS) || name.startsWith(CANDIDATES);
}

/** Of the models whose references are refreshed: what came of it, where it is still of the reference in use. */
export function refreshesIn(
  models: readonly FittedModel[],
  recorded: ReadonlyMap<string, Uint8Array>,
): Map<string, RefreshReport> {
  const reports = new Map<string, RefreshReport>();
  for (const { model, reference } of models) {
    const bytes = recorded.get(refreshName(model.name));
    if (model.refresh === undefined || bytes === undefined) continue;
    // Written by writeRefresh, under the store's checksum.
    const report = JSON.parse(new TextDecoder().decode(bytes)) as RefreshReport;
    if (report.reference === reference.id) reports.set(model.name, report);
  }
  return reports;
}

/** The same, whoever made them. */
export async function readRefreshes(
  store: Pick<Store, "readJudgement">,
  models: readonly FittedModel[],
): Promise<Map<string, RefreshReport>> {
  const names = models.filter(({ model }) => model.refresh !== undefined);
  if (names.length === 0) return new Map();
  const recorded = await store.readJudgement(names.map(({ model }) => refreshName(model.name)));
  return refreshesIn(models, recorded);
}

export function writeRefresh(report: RefreshReport): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(report));
}

/** So many columns and alerts are named in the log; the API has all. */
const MOST_NAMED = 5;

/** For the log: what stands ready or why nothing does, what it rests on, and what to do. */
export function describeRefresh(model: string, report: RefreshReport): string {
  if (report.candidate === undefined)
    return `no candidate for the reference could be made: ${report.refused.join(" ")}`;
  return (
    `a candidate for the reference stands ready. ${describeContents(report)} ` +
    `It is not used before somebody commits it: driftd reference export ${model} --candidate --output ${model}.arrow`
  );
}

/** What a candidate rests on, how far it is from the reference in use, and what fired meanwhile. */
export function describeContents(
  report: Pick<RefreshReport, "from" | "to" | "rows" | "windows" | "columns" | "alerts" | "alertsKnownSince">,
): string {
  const { from = "", to = "", rows, windows, columns } = report;
  const held = Object.entries(windows).map(([size, count]) => `${formatCount(count)} windows of ${size}`);
  const distances = columns
    .slice(0, MOST_NAMED)
    .map(({ column, psi, status, n }) =>
      psi === undefined ? `${column} ${status}` : `${column} ${formatScore(psi)} (n=${formatCount(n)})`,
    );
  return (
    `It is made of ${formatCount(rows)} rows, in ${held.join(", ")}, from ${from} to ${to}. ` +
    `PSI against the reference in use: ${distances.join(", ")}${more(columns)}. ${describeAlerts(report)}`
  );
}

/** Nobody is to take an incident for the new normal unawares. */
function describeAlerts({
  alerts,
  alertsKnownSince: since,
}: Pick<RefreshReport, "alerts" | "alertsKnownSince">): string {
  const before = since === undefined ? "" : ` Alerts that ended before ${since} are not known any more.`;
  if (alerts.length === 0) return `No alert is known to have fired in that time.${before}`;
  const named = alerts
    .slice(0, MOST_NAMED)
    .map(({ alert, column, from, to }) =>
      [alert, column, `from ${from}`, to === undefined ? "still firing" : `to ${to}`]
        .filter((part) => part !== undefined)
        .join(" "),
    );
  const many = alerts.length === 1 ? "1 alert" : `${formatCount(alerts.length)} alerts`;
  return `${many} fired in that time, whose rows are in it: ${named.join("; ")}${more(alerts)}.${before}`;
}

function more({ length }: readonly unknown[]): string {
  return length > MOST_NAMED ? ` and ${length - MOST_NAMED} more` : "";
}
