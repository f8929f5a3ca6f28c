import { mostAlarms } from "../../honesty/acceptance.ts";
import { INSECT_CHANGES, type judgeInsects, type NamedStream } from "../../honesty/streams.ts";
import { BUDGETS, type Months, type RivalMonths } from "./months.ts";
import { percent, short, table } from "./markdown.ts";
import type { MutationResult } from "./mutations.ts";

export function renderMonths(months: Months, rivals: RivalMonths): string[] {
  const rows = BUDGETS.map((budget, i) => {
    const alarms = months.alarms[i];
    const total = alarms.reduce((sum, one) => sum + one, 0);
    const most = mostAlarms(alarms, budget);
    const isKept = total <= most && (budget === 1 || total >= alarms.length);
    return [
      String(budget),
      String(alarms.length),
      String(total),
      `${short(total / alarms.length)} ± ${short(spreadOf(alarms))}`,
      String(Math.max(...alarms)),
      short(most),
      isKept ? "holds" : "**broken**",
    ];
  });
  const head = ["budget", "months", "alarms", "a month", "most in one", "at most in all", ""];
  const others = rivals.alarms.map(([name, alarms]) => `${OTHERS[name]} ${short(alarms)}`).join(", ");
  return [
    `${months.columns} columns, 17 rows a minute each, whose means follow an autoregression from minute to minute (.9, sd .1), through the
judge itself: 43,200 panes in, transitions out, ten minutes of \`for\`, no \`keepFiringFor\` that would join two alarms into one, no limit
on the effect, a fresh reference of 720 hours every month. ${percent(months.promised / months.columns)} of the series were promised. "At most in all" is the budget with three standard
deviations; a budget of 100 must also bring one alarm a month, or the test would prove nothing. One evaluation of one series takes
${short(months.micros)} us of CPU, the drawing of its stream included.`,
    table([head, ...rows]),
    `On the same stream the other rules bring, a month: ${others}.`,
  ];
}

const OTHERS = {
  plain: "KS at p < .05",
  psi: "decile PSI at .1",
  scaled: "scaled chi-square at 1e-5",
} as const;

function spreadOf(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const variance = numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (numbers.length - 1);
  return Math.sqrt(variance / numbers.length);
}

export function renderStreams(streams: readonly NamedStream[]): string[] {
  const head = ["stream", "trust", "windows", "judged", "p < 1e-2", "p < 1e-5", "KS p < 1e-2", "KS p < 1e-5"];
  const rows = streams.map(({ name, trust, windows, judged, below, plainBelow }) => [
    name,
    trust,
    String(windows),
    String(judged),
    String(below.hundredth),
    String(below.tiny),
    String(plainBelow.hundredth),
    String(plainBelow.tiny),
  ]);
  return [
    table([head, ...rows]),
    `Where nothing was judged, windows of that length differ by themselves so much that no difference would be news: \`driftd check\` says
"too variable". Not one of these streams raises an alarm.`,
  ];
}

export function renderInsects(changes: ReturnType<typeof judgeInsects>): string[] {
  const found = changes.map(({ at, columns }, i) => {
    const change = INSECT_CHANGES[i];
    const what = change === undefined ? "a false alarm" : `the change at ${change}, ${at - change} rows late`;
    return `- row ${at}: ${what} (${columns.join(", ")})`;
  });
  const text = `**Insects under a laser** (AbruptInsects, 5,325 rows x 49 columns, the mix of species changes at rows ${INSECT_CHANGES.join(" and ")}). Windows of 100
rows, looked at every 20; the reference is 1,000 rows, declared \`independent\`, and after each alarm the next 1,000; one false alarm
accepted in all looks at all columns:`;
  return [`${text}\n\n${found.join("\n")}`];
}

export function renderMutations(mutations: readonly MutationResult[]): string[] {
  const rows = mutations.map(({ name, world, intact, spoiled }) => [name, world, intact, spoiled]);
  return [table([["spoiled", "in", "as it is", "spoiled"], ...rows])];
}
