import { MONTHLY_LEVEL, RULE_NAMES, type PowerOutcome, type RuleName } from "../../honesty/power.ts";
import { BUDGETS, type Months, type RivalMonths } from "./months.ts";
import { percent, short, table } from "./markdown.ts";

const TITLES: Readonly<Record<RuleName, string>> = {
  driftd: "driftd",
  plain: "plain test, p < .05",
  psi: "decile PSI >= .1",
  scaled: "scaled chi-square",
};

/** Windows of an hour that do not overlap, in a month of 20 columns. */
const WINDOWS_A_MONTH = 20 * 720;

/** The table that most readers came for. */
export function renderShort(options: {
  readonly months: Months;
  readonly rivals: RivalMonths;
  readonly power: readonly PowerOutcome[];
}): string[] {
  const { months, rivals, power } = options;
  const monthly = new Map<RuleName, number>([
    ...rivals.alarms,
    ["driftd", meanOf(months.alarms[BUDGETS.indexOf(1)])],
  ]);
  const claimed: Readonly<Record<RuleName, string>> = {
    driftd: "1",
    plain: `${0.05 * WINDOWS_A_MONTH}`,
    psi: "nothing is said",
    scaled: short(MONTHLY_LEVEL * WINDOWS_A_MONTH),
  };
  const seen = (name: RuleName, stream: string, change: string): string => {
    const found = power.filter(
      (outcome) => outcome.change.stream === stream && outcome.change.change === change,
    );
    const last = found.at(-1);
    return last === undefined ? "" : percent(last.power.get(name) ?? 0);
  };
  const rows = RULE_NAMES.map((name) => [
    TITLES[name],
    claimed[name],
    short(monthly.get(name) ?? Number.NaN),
    seen(name, "independent rows", "mean +0.2 sd"),
    seen(name, "independent rows", "mean +0.3 sd"),
    seen(name, "window shocks sd .05", "mean +0.3 sd"),
  ]);
  const head = [
    "rule",
    "false alarms claimed, a month",
    "measured, a month",
    "sees +0.2 sd",
    "sees +0.3 sd",
    "sees +0.3 sd among shocks of .05 sd",
  ];
  return [
    table([head, ...rows]),
    `One month of 20 columns in which nothing changes, ${months.alarms[0].length} times (${rivals.months} for the other rules): windows of an hour, looked at every minute, ten
minutes of \`for\`, means that wander by .1 sd within minutes. The other rules are held to the same ten minutes. What is seen: one
window of 2,000 rows against a reference of a month.`,
  ];
}

export function renderPower(power: readonly PowerOutcome[]): string[] {
  const half = power.length / 2;
  return [200, 720].flatMap((k, i) => {
    const own = power.slice(i * half, (i + 1) * half);
    const head = [
      "stream",
      "change",
      ...RULE_NAMES.flatMap((name) => [`${TITLES[name]}: of 1,000 calm`, "seen"]),
    ];
    const rows = own.map(({ change, falseAlarms, power: seen }) => [
      change.stream,
      change.change,
      ...RULE_NAMES.flatMap((name) => [
        short(1_000 * (falseAlarms.get(name) ?? 0)),
        percent(seen.get(name) ?? 0),
      ]),
    ]);
    return [`### K ${k}`, table([head, ...rows])];
  });
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
