import { expect, test } from "vitest";
import type { MetricsView } from "../../src/publish/metrics.ts";
import { createPrometheus } from "../../src/publish/prometheus.ts";
import type { PrometheusOptions } from "../../src/publish/prometheus.ts";
import { MEASURES as ALL_MEASURES } from "../../src/statistics/measures.ts";
import { runTool } from "../services/tool.ts";
import { MEASURES, exampleView, shownScore } from "./view.ts";

function exposition(view: () => MetricsView, options: Partial<PrometheusOptions> = {}) {
  return createPrometheus({ view, measures: MEASURES, segments: "firing", maxLines: 20_000, ...options });
}

function samples(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("a scrape is this text", async () => {
  const text = await exposition(exampleView).render();
  await expect(text).toMatchFileSnapshot("../golden/metrics.txt");
});

test("promtool finds no fault in it, with any measure of the table", async (context) => {
  const scores = ALL_MEASURES.map(({ name }) => shownScore({ measure: name }));
  const { render } = exposition(() => exampleView({ scores }), { measures: ALL_MEASURES });
  const input = await render();
  for (const { name } of ALL_MEASURES)
    expect(input).toMatch(new RegExp(`^driftd_${name.replaceAll("-", "_")}(_ratio|_seconds)?\\{`, "m"));
  const { status, output } = runTool(context, { tool: "promtool", args: ["check", "metrics"], input });
  expect(output).toBe("");
  expect(status).toBe(0);
});

test("limits by type of column are told by column", async () => {
  const rule = { model: "fraud", alert: "FeatureDrift" };
  const rules = [
    { ...rule, column: "amount", threshold: 0.02 },
    { ...rule, column: "merchant", threshold: 0.05 },
  ];
  const lines = samples(await exposition(() => exampleView({ rules })).render());
  expect(lines.filter((line) => line.startsWith("driftd_alert_threshold"))).toEqual([
    'driftd_alert_threshold{alert="FeatureDrift",model="fraud",column="amount"} 0.02',
    'driftd_alert_threshold{alert="FeatureDrift",model="fraud",column="merchant"} 0.05',
  ]);
});

test("what is gone leaves no ghost", async () => {
  let view = exampleView();
  const { render } = exposition(() => view);
  expect(await render()).toContain('segment="region=eu"');
  const quarantine = { streams: {}, failures: 0, away: false };
  view = exampleView({ scores: [], alerts: [], ledgers: {}, partitions: [], quarantine });
  const text = await render();
  expect(text).not.toMatch(/segment=|stream=|alert="FeatureDrift",model="fraud",version/);
});

test("what moved is shown while an alert fires, and is the first of alerts that a cap takes", async () => {
  const [firing] = exampleView().alerts;
  if (firing === undefined) throw new Error("no alert");
  const moversOf = (text: string): number =>
    samples(text).filter((line) => line.startsWith("driftd_alert_mover_ratio{")).length;
  expect(moversOf(await exposition(exampleView).render())).toBe(2);
  const pending = { ...firing, state: "pending" as const };
  expect(moversOf(await exposition(() => exampleView({ alerts: [pending] })).render())).toBe(0);
  const whole = await exposition(() => exampleView({ scores: [] })).render();
  const maxLines = whole.split("\n").length - 2;
  const cut = await exposition(() => exampleView({ scores: [] }), { maxLines }).render();
  expect(moversOf(cut)).toBeLessThan(2);
  expect(cut).toContain('driftd_alert_firing{alert="FeatureDrift"');
});

test("counters tell the ledger's number, also after many scrapes", async () => {
  const { render } = exposition(exampleView);
  await render();
  expect(await render()).toContain('driftd_rows_measured_total{stream="fraud"} 95\n');
});

test("a score that is not ok has no line: it never becomes 0", async () => {
  const scores = (["too-few", "too-variable", "no-data", "no-reference", "undefined"] as const).map(
    (status) => shownScore({ column: status, score: { status, n: 3 } }),
  );
  const text = await exposition(() => exampleView({ scores, alerts: [] })).render();
  expect(text).not.toContain("driftd_psi{");
  expect(text).toContain('driftd_scores{model="fraud",status="too-variable"} 1');
});

test("segments are shown by choice, and those with an alert by default", async () => {
  const segments = async (choice: "firing" | "all" | "none") => {
    const text = await exposition(exampleView, { segments: choice }).render();
    return samples(text)
      .filter((line) => line.startsWith("driftd_psi{"))
      .map((line) => /segment="(?<segment>[^"]*)"/.exec(line)?.groups?.["segment"])
      .sort();
  };
  expect(await segments("firing")).toEqual(["all", "region=eu"]);
  expect(await segments("all")).toEqual(["all", "region=eu", "region=us"]);
  expect(await segments("none")).toEqual(["all"]);
});

test("of one measure's windows the shortest is shown", async () => {
  const day = shownScore({ window: 86_400_000, score: { status: "ok", n: 1e6, value: 0.5 } });
  for (const scores of [
    [day, shownScore({})],
    [shownScore({}), day],
  ]) {
    const text = await exposition(() => exampleView({ scores, alerts: [] })).render();
    expect(samples(text).filter((line) => line.startsWith("driftd_psi{"))).toEqual([
      'driftd_psi{model="fraud",version="7",segment="all",column="amount"} 0.031',
    ]);
  }
});

test("beyond the cap scores give way, and are counted; alerts and operation stay", async () => {
  const scores = Array.from({ length: 500 }, (_, index) => shownScore({ column: `c${index}` }));
  const { render } = exposition(() => exampleView({ scores }), { maxLines: 300 });
  const first = await render();
  expect(first.trimEnd().split("\n")).toHaveLength(300);
  expect(first).toContain('driftd_alert_firing{alert="FeatureDrift"');
  expect(first).toContain('driftd_rows_received_total{stream="fraud"} 98');
  const dropped = (text: string) => Number(/^driftd_metric_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
  const shown = first.match(/^driftd_(samples|psi)\{/gm)?.length ?? 0;
  expect(dropped(first)).toBe(1_000 - shown);
  expect(dropped(await render())).toBe(2 * (1_000 - shown));
});

test("scrapes that overlap get one whole answer", async () => {
  let views = 0;
  const { render } = exposition(() => {
    views += 1;
    return exampleView();
  });
  const [first, second] = await Promise.all([render(), render()]);
  expect(first).toBe(second);
  expect(views).toBe(1);
});

test("a view that fails fails its scrape only", async () => {
  let broken = true;
  const { render } = exposition(() => {
    if (broken) throw new Error("store closed");
    return exampleView();
  });
  await expect(render()).rejects.toThrow("store closed");
  broken = false;
  expect(await render()).toContain("driftd_psi{");
});
