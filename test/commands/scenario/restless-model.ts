import { openTraffic } from "../../../src/commands/scenario/traffic.ts";
import { createRandom } from "../../../src/commands/scenario/random.ts";
import type { Synthetic } from "../../../src/commands/scenario/scenario.ts";
import { unpackInto } from "../../../src/counts/packed.ts";
import { calibrate } from "../../../src/reference/calibration.ts";
import { fitModel, type FittedModel } from "../../../src/rules/fitted-model.ts";
import { readModel } from "../../../src/rules/model-file.ts";
import { MEASURES } from "../../../src/statistics/measures.ts";
import type { Calibration, Signal } from "../../../src/statistics/calibration.ts";
import { countDirections, directionsOf } from "../../../src/statistics/directions.ts";
import { createDraws } from "../../e2e/events.ts";
import { build, plan, type PlainRow } from "../../reference/plain-rows.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5);
const DAYS = 21;

const RULES = `version: 1
model: m
references: { default: { file: m.arrow } }
window: { size: 1h, pane: 10m }
segmentBy: [region]
rules:
  - { alert: Drift, measure: psi, columns: ["*"], for: 30m, keepFiringFor: 1h }
  - { alert: DriftByRegion, measure: psi, columns: [amount], by: [region], for: 30m, keepFiringFor: 1h }
  - { alert: CriesWolf, measure: psi, columns: [amount], above: 0.1, for: 30m, keepFiringFor: 1h }
  - { alert: Nulls, measure: missing, columns: ["*"], for: 30m, keepFiringFor: 1h }
`;

/**
 * A model whose hours differ by more than chance: amounts move by shocks that last, kinds by others, and so does what is missing. Its
 * reference is built of rows, as everybody's is.
 */
export function restlessModel({ rowsPerHour = 250, shock = 0.3 } = {}): FittedModel {
  const read = readModel({ text: RULES, file: "/m.yaml", extended: new Map(), measures: MEASURES });
  if (read.model === undefined) throw new Error(JSON.stringify(read.faults));
  const { uniform, normal } = createDraws(7);
  const rows: PlainRow[] = [];
  let amount = 0;
  let kind = 0;
  let missing = 0;
  for (let hour = -DAYS * 24; hour < 0; hour += 1) {
    amount = 0.7 * amount + Math.sqrt(1 - 0.49) * normal();
    kind = 0.5 * kind + Math.sqrt(0.75) * normal();
    missing = normal();
    const weights = [3, 2 * Math.exp(2 * shock * kind), 1];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const absent = 1 / (1 + Math.exp(2.5 - 2 * shock * missing));
    for (let row = 0; row < rowsPerHour; row += 1) {
      let left = uniform() * total;
      const place = weights.findIndex((weight) => (left -= weight) < 0);
      rows.push({
        time: START + hour * HOUR + (row * HOUR) / rowsPerHour,
        amount: uniform() < absent ? undefined : 100 + 20 * (normal() + shock * amount),
        kind: ["card", "cash", "other"][place] ?? "other",
        region: uniform() < 0.6 ? "eu" : "us",
      });
    }
  }
  const columns = plan(
    { name: "amount", type: "number" },
    { name: "kind", type: "category" },
    { name: "region", type: "category" },
  );
  const reference = build(columns, rows, { segmentBy: [["region"]] });
  return fitModel({ model: read.model, reference, hasLabels: false });
}

export function quietStory(days: number, seed = 1): Synthetic {
  return { lasts: days * 24 * HOUR, start: START, seed, version: "v1", changes: [] };
}

/** What the hours that a scenario draws would say of themselves, had they been a reference. */
export function calibrateDrawn(
  model: FittedModel,
  {
    column,
    signal,
    segment = "all",
    days,
  }: { column: string; signal: Signal; segment?: string; days: number },
): { readonly drawn: Calibration; readonly own: Calibration } {
  const { counting, reference } = model;
  const position = counting.columns.findIndex(({ ref }) => ref.column === column);
  const { ref } = counting.columns[position];
  const section = counting.layout.sections[position + 1];
  const directions = directionsOf(ref, signal);
  const story = quietStory(days);
  const traffic = openTraffic({ fitted: model, story, random: createRandom(3) });
  const hours = days * 24;
  const rows = new Float64Array(hours);
  const counts = new Float64Array(hours * directions.size);
  const vector = new Float64Array(counting.layout.stride);
  for (let hour = 0; hour < hours; hour += 1) {
    vector.fill(0);
    for (let start = START + hour * HOUR; start < START + (hour + 1) * HOUR; start += counting.pane) {
      const found = traffic.draw(start)?.panes.find((pane) => pane.segment === segment);
      if (found !== undefined) unpackInto(found.packed, vector, 1);
    }
    const into = counts.subarray(hour * directions.size, (hour + 1) * directions.size);
    rows[hour] = countDirections(
      directions,
      vector.subarray(section.offset, section.offset + section.length),
      into,
    );
  }
  const drawn = calibrate({
    signal,
    windowSize: HOUR,
    directions: directions.size,
    rows,
    counts,
    windowStart: Float64Array.from(rows, (_, hour) => START + hour * HOUR),
    independent: false,
  });
  const place = reference.segments.find(({ name }) => name === segment)?.columns[
    counting.columns[position].position
  ];
  const own = place?.calibrations.find((one) => one.signal === signal);
  if (own === undefined) throw new Error(`no windows of ${column}`);
  return { drawn, own };
}
