import { createDecoder } from "../../dist/event/decoder.js";
import { publicKeys } from "../../dist/event/ids.js";
import { ReferenceBuilder } from "../../dist/reference/builder.js";
import { FieldTally } from "../../dist/reference/field-tally.js";
import { fitModel } from "../../dist/rules/fitted-model.js";
import { readModel } from "../../dist/rules/model-file.js";
import { MEASURES } from "../../dist/statistics/measures.js";

/** Event time between two events, ms: 100 a second. */
export const STEP = 10;
export const FEATURES = 20;
const REGIONS = ["eu", "uk", "us"];
const WINDOW = 600_000;

export const RULES = `
version: 1
model: fraud
references: { default: { file: fraud.arrow } }
window: { size: 10m, pane: 1m, lateness: 1m }
segmentBy: [region]
columns: { region: { type: category } }
labels: { cohort: 1h, matureAfter: 10m, expireAfter: 2h }
rules:
  - { alert: FeatureDrift, measure: psi, columns: ["*"], by: [version], for: 2m }
  - { alert: FeatureDriftByRegion, measure: psi, columns: ["*"], by: [version, region], for: 2m }
  - { alert: NullSpike, measure: missing, columns: ["*"] }
  - { alert: SchemaBroken, measure: invalid, above: 0.01 }
`;

/** The i-th event of a stream that begins at `start` and has one every `step` (ms), as JSON: about 450 bytes, 20 numbers. */
export function eventText(i, start, { decimals = 4, step = STEP } = {}) {
  const features = {};
  for (let k = 0; k < FEATURES; k++) {
    const value = Math.sin(i * FEATURES + k) * 100;
    features[`f${k}`] = decimals > 15 ? value : Number(value.toFixed(decimals));
  }
  return JSON.stringify({
    id: eventId(i),
    time: new Date(start + i * step).toISOString(),
    model: "fraud",
    version: "v7",
    segment: { region: REGIONS[i % REGIONS.length] },
    features,
    prediction: { score: Number(((i % 997) / 997).toFixed(3)), decision: i % 2 === 0 ? "yes" : "no" },
  });
}

/** The truth of the i-th event. */
export function labelText(i, start) {
  return JSON.stringify({
    id: eventId(i),
    time: new Date(start + i * STEP).toISOString(),
    model: "fraud",
    truth: i % 5 === 0,
  });
}

/** As long as every other. */
export function eventId(i) {
  return `event-${String(i).padStart(9, "0")}`;
}

/** Records as a source hands them on: `count` events from the `from`-th on, of the first partition. */
export function eventBatch(from, count, start) {
  return recordBatch(
    "scored",
    from,
    Array.from({ length: count }, (_, k) => eventText(from + k, start)),
    start,
  );
}

export function recordBatch(stream, from, texts, start) {
  const count = texts.length;
  return {
    kind: "records",
    stream,
    partition: 0,
    count,
    offsets: Float64Array.from({ length: count }, (_, k) => from + k),
    timestamps: Float64Array.from({ length: count }, (_, k) => start + (from + k) * STEP),
    values: texts.map((text) => Buffer.from(text)),
    keys: Array.from({ length: count }, () => null),
    headers: Array.from({ length: count }, () => undefined),
    end: from + count,
  };
}

export function streamConfig(overrides = {}) {
  return {
    name: "scored",
    role: "inference",
    format: "native",
    map: {},
    from: "earliest",
    maxAhead: 300_000,
    idleAfter: 60_000,
    ...overrides,
  };
}

const number = { type: "number", pii: false, categories: [] };
const category = { type: "category", pii: false, categories: [], learn: true };

export const EVENT_PLAN = {
  model: "fraud",
  needsId: false,
  columns: [
    ...Array.from({ length: FEATURES }, (_, k) => ({ ...number, name: `f${k}`, role: "feature" })),
    { ...category, name: "region", role: "segment" },
    { ...number, name: "prediction.score", role: "output" },
    { ...category, name: "prediction.decision", role: "output" },
  ],
};

/** The rules that the benchmarks run, fitted to a reference. */
export function fitBenchModel(reference, { hasLabels = false } = {}) {
  return fitModel({ model: readBenchRules(), reference, hasLabels });
}

/** A reference of 60,000 of the stream's own events, up to `start` (ms), as `driftd reference build` makes it. */
export function buildBenchReference(start) {
  const fields = new FieldTally();
  const builder = new ReferenceBuilder({
    plan: EVENT_PLAN,
    segmentBy: readBenchRules().segmentBy,
    top: 20,
    windowSizes: [WINDOW],
    independent: true,
    fields,
  });
  const limits = { maxRecordBytes: 1_000_000 };
  const decoder = createDecoder({ stream: streamConfig(), plans: [EVENT_PLAN], key: publicKeys(), limits });
  for (const pass of ["observe", "count"]) {
    for (let from = 0; from < 60_000; from += 6_000) {
      const batch = eventBatch(from, 6_000, start - WINDOW);
      const decoded = decoder.decode(batch, { now: start });
      if (pass === "observe") fields.observe(decoded);
      for (const one of decoded.batches) builder[pass](one);
    }
  }
  return builder.finish();
}

function readBenchRules() {
  const { model, faults } = readModel({
    text: RULES,
    file: "fraud.yaml",
    extended: new Map(),
    measures: MEASURES,
  });
  if (model === undefined) throw new Error(JSON.stringify(faults));
  return model;
}
