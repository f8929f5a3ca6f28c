import type { FileOutcome, TimedOutcome } from "./report.ts";

/** The report as JUnit XML, which CI servers show: a suite for every test file, a case for every scenario. */
export function junitReport(files: readonly FileOutcome[]): string {
  const all = files.flatMap(({ outcomes }) => outcomes);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="driftd test" ${countsOf(all)}>`,
    ...files.flatMap(({ file, outcomes }) => [
      `  <testsuite name="${escape(file)}" ${countsOf(outcomes)}>`,
      ...outcomes.map((outcome) => caseOf(outcome, file)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function countsOf(outcomes: readonly TimedOutcome[]): string {
  const failed = outcomes.filter(({ ok }) => !ok).length;
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  return `tests="${outcomes.length}" failures="${failed}" errors="0" time="${seconds.toFixed(3)}"`;
}

function caseOf({ name, ok, problems, seconds }: TimedOutcome, file: string): string {
  const head = `    <testcase name="${escape(name)}" classname="${escape(file)}" time="${seconds.toFixed(3)}"`;
  if (ok) return `${head}/>`;
  const [message = "failed"] = problems;
  const body = escape(problems.join("\n"));
  return `${head}>\n      <failure message="${escape(message)}" type="expectation">${body}</failure>\n    </testcase>`;
}

/** Control characters become question marks: most of them XML 1.0 cannot hold at all. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
