import { RivalWatch, RIVAL_NAMES, type RivalName } from "../../honesty/rivals.ts";
import { runMonth, type MonthOutcome, type SeenPane } from "../../honesty/month.ts";

export const BUDGETS = [1, 100] as const;
const MONTHS = 200;
const RIVAL_MONTHS = 5;
const STREAM = { columns: 20, rows: 17, sd: 0.1, memory: 0.9 };
const EVALUATIONS = 43_200;

/** Months of one model of 20 columns through the judge, under both budgets at once. */
export interface Months {
  readonly columns: number;
  readonly promised: number;
  /** By budget: alarms of each month. */
  readonly alarms: readonly (readonly number[])[];
  /** Of CPU, for one evaluation of one series under one budget, the drawing of its share of the stream included. */
  readonly micros: number;
}

/** `keep` is told what there is after every fifth month. */
export function measureMonths(
  scale: number,
  say: (text: string) => void,
  keep: (months: Months) => void,
): Months {
  const count = Math.max(5, Math.round(monthsAsked() * scale));
  const before = process.cpuUsage().user;
  const outcomes: MonthOutcome[] = [];
  while (outcomes.length < count) {
    const budgets = BUDGETS.map((falseAlarms) => ({ falseAlarms }));
    outcomes.push(runMonth({ ...STREAM, seed: 50_000 + outcomes.length, budgets }));
    if (outcomes.length % 5 !== 0) continue;
    say(`months: ${outcomes.length} of ${count}`);
    keep(summarize(outcomes, process.cpuUsage().user - before));
  }
  return summarize(outcomes, process.cpuUsage().user - before);
}

function summarize(outcomes: readonly MonthOutcome[], micros: number): Months {
  const { length } = outcomes;
  return {
    columns: STREAM.columns,
    promised: outcomes.reduce((sum, { promised }) => sum + promised, 0) / length,
    alarms: BUDGETS.map((_, i) => outcomes.map(({ alarms }) => alarms[i])),
    micros: micros / (length * BUDGETS.length * STREAM.columns * EVALUATIONS),
  };
}

function monthsAsked(): number {
  const asked = process.argv.find((argument) => argument.startsWith("--months="));
  return asked === undefined ? MONTHS : Number(asked.slice("--months=".length));
}

/** The same stream under what else is in use, alarms per month over all columns. */
export interface RivalMonths {
  readonly months: number;
  readonly alarms: readonly (readonly [RivalName, number])[];
}

export function measureRivalMonths(scale: number, say: (text: string) => void): RivalMonths {
  const months = Math.max(1, Math.round(RIVAL_MONTHS * scale));
  const alarms = new Map<RivalName, number>(RIVAL_NAMES.map((name) => [name, 0]));
  for (let month = 0; month < months; month += 1) {
    const watch = new RivalWatch({ most: 60, evaluations: 11, keepFiringFor: 0 });
    const see = (pane: SeenPane): void => watch.see(pane);
    runMonth({ ...STREAM, seed: 50_000 + month, budgets: [{ falseAlarms: 1 }], watch: see });
    for (const name of RIVAL_NAMES) {
      alarms.set(name, (alarms.get(name) ?? 0) + (watch.alarms.get(name) ?? 0) / months);
    }
    say(`months of the others: ${month + 1} of ${months}`);
  }
  return { months, alarms: [...alarms] };
}
