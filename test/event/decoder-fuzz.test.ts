import { expect, it } from "vitest";
import type { DecodedRecords, EventBatch, EventPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import type { RecordHeaders } from "../../src/event/records.ts";
import { createDraw, mutatedBody, recordedCorpus } from "./body-mutations.ts";
import type { Draw } from "./body-mutations.ts";
import { batchOfRecorded, readRecording } from "./recorded.ts";
import { columnOf, decoderOf, planOf, recordsOf, streamOf } from "./records-of.ts";

/** More of them by hand: FUZZ_CASES=1000000, and FUZZ_SEED for others. */
const CASES = Number(process.env.FUZZ_CASES ?? 10_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_102);
const CALL = 8;
const NOW = Date.UTC(2026, 10, 21, 12);

const FEATURES = ["x-0", "x-1", "distance", "u", "age"].map((name) =>
  columnOf({ name, minimum: -1e6, maximum: 1e6 }),
);
const KINDS = [
  columnOf({ name: "carrier", type: "category", categories: ["WN"] }),
  columnOf({ name: "city", type: "category", learn: true, pii: true }),
  columnOf({ name: "flag", type: "boolean" }),
];
const OUTPUTS = [
  columnOf({ name: "prediction.score", role: "output" }),
  columnOf({ name: "prediction.decision", role: "output", type: "category", learn: true }),
  columnOf({ name: "prediction.confidence", role: "output" }),
  columnOf({ name: "prediction.probabilities.0", role: "probability" }),
];
const PLANS = ["flight-delay", "flight"].flatMap((model): EventPlan[] => [
  planOf([...FEATURES, ...KINDS], { model, needsId: true, half: "input" }),
  planOf(OUTPUTS, { model, needsId: true, half: "output" }),
]);
const only = (half: EventPlan["half"]): EventPlan[] => PLANS.filter((plan) => plan.half === half);

const STREAMS: readonly (readonly [Partial<StreamConfig>, readonly EventPlan[]])[] = [
  [{ format: "kserve", component: "predictor", names: { instances: ["x-0", "x-1", "a", "b"] } }, PLANS],
  [{ format: "auto", component: "predictor" }, PLANS],
  [{ format: "oip-v2", role: "inputs", map: { model: { value: "flight" } } }, only("input")],
  [{ format: "oip-v2", role: "outputs", map: { score: { pointer: "/score" } } }, only("output")],
  [{ format: "mlserver", role: "inputs", map: { id: { key: true, as: "hex" } } }, only("input")],
  [{ format: "mlserver", role: "outputs" }, only("output")],
];

const HEADERS = ["kserve-agent", "mlserver-kafka", "cloudevents"].flatMap(
  (name) => batchOfRecorded(readRecording(name)).headers,
);
const STRUCTURED = readRecording("cloudevents").filter(({ headers }) => headers["ce_type"] === undefined);

function pick<T>(from: readonly T[], draw: Draw): T {
  return from[draw(from.length)];
}

const randomBytes = (draw: Draw): Uint8Array => Uint8Array.from({ length: draw(12) }, () => draw(256));

/** Recorded headers, most often with one that is gone, odd, or there twice. */
function mutatedHeaders(draw: Draw): RecordHeaders | undefined {
  const headers = { ...pick(HEADERS, draw) };
  const names = Object.keys(headers);
  if (names.length === 0 || draw(3) === 0) return headers;
  const name = pick(names, draw);
  switch (draw(4)) {
    case 0:
      return { ...headers, [name]: randomBytes(draw) };
    case 1:
      return { ...headers, [name]: [randomBytes(draw), "text"] };
    case 2:
      return { ...headers, [name]: undefined };
    default:
      return draw(2) === 0 ? undefined : { ...headers, [`Ce-${name}`]: "x", [""]: "" };
  }
}

it("makes of mutated records rows with reasons, whatever they hold", { timeout: 600_000 + CASES }, () => {
  const bodies = recordedCorpus();
  const corpus = [
    ...bodies,
    ...STRUCTURED.map(({ value_b64 }) => ({
      ...bodies[0],
      bytes: Buffer.from(value_b64 ?? "", "base64"),
    })),
  ];
  const draw = createDraw(SEED);
  const decoders = STREAMS.map(([stream, plans]) => decoderOf(plans, streamOf(stream)));
  const seen = { rows: 0, decoded: 0, undecodable: 0, ignored: 0 };
  for (let i = 0; i < CASES; i += CALL) {
    const values = Array.from({ length: CALL }, () => mutatedBody(corpus, draw).bytes);
    const headers = values.map(() => mutatedHeaders(draw));
    const keys = values.map(() => (draw(3) === 0 ? null : randomBytes(draw)));
    const batch = recordsOf(values, { headers, keys });
    const decoded = pick(decoders, draw).decode(batch, { now: NOW });
    checkLedger(decoded);
    checkOrder(decoded);
    for (const rows of decoded.batches) checkCells(rows);
    seen.rows += decoded.rows;
    seen.decoded += decoded.ledger.decoded;
    seen.undecodable += decoded.ledger.undecodable;
    seen.ignored += decoded.ledger.ignored;
  }
  // Enough of each must be there, or this says nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(CASES / 20);
});

function demand(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}

function checkLedger({ ledger, refused, unroutable, rows, batches }: DecodedRecords): void {
  const { decoded, undecodable, ignored, oversize } = ledger;
  demand(decoded + undecodable + ignored + oversize === CALL, "a record is lost");
  const unknown = refused.count - undecodable - ignored - oversize;
  demand(unknown >= 0 && unknown <= decoded, "a refusal is lost");
  demand(unknown > 0 || unroutable["unknown-model"] === undefined, "rows of unknown models are made up");
  demand(rows === batches.reduce((sum, batch) => sum + batch.rows, 0), "a row is lost");
}

/** Rows stand in offset order, and the first row of a record says how many it has. */
function checkOrder({ batches, sequence, rows }: DecodedRecords): void {
  const next = batches.map(() => 0);
  let last = -1;
  for (let k = 0; k < rows; k++) {
    const batch = batches[sequence[k]];
    const row = next[sequence[k]]++;
    demand(batch.offset[row] >= last, "rows are out of order");
    const isFirst = batch.offset[row] > last;
    demand(batch.rowsOfRecord[row] > 0 === isFirst, "a record says its rows more than once, or never");
    if (isFirst)
      demand(batch.offset[row + batch.rowsOfRecord[row] - 1] === batch.offset[row], "rows are missing");
    last = batch.offset[row];
  }
}

function checkCells(batch: EventBatch): void {
  const faults = new Set<number>();
  for (let i = 0; i < batch.faults; i++) {
    demand(batch.faultRow[i] < batch.rows, "a fault of no row");
    faults.add(batch.faultRow[i] * 64 + batch.faultColumn[i]);
  }
  for (const [index, column] of batch.columns.entries()) {
    for (let row = 0; row < batch.rows; row++) {
      const isValid = ((column.validity[row >> 3] >> (row & 7)) & 1) === 1;
      demand(!isValid || !faults.has(row * 64 + index), "a fault has a value");
      if (column.type === "number")
        demand(isValid || Number.isNaN(column.values[row]), "a number of no cell");
      else demand(isValid === column.codes[row] >= 0, "a code of no cell");
    }
  }
}
