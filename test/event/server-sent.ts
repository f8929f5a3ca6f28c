import type { DecodedRecords, EventPlan } from "../../src/event/batch.ts";
import type { StreamConfig } from "../../src/config/config.ts";
import type { RecordHeaders } from "../../src/event/records.ts";
import { columnOf, decoderOf, NOW, planOf, recordsOf, streamOf } from "./records-of.ts";
import { rowsOf } from "./shown.ts";

export const tick = { now: NOW };
const x = columnOf({ name: "x" });
const score = columnOf({ name: "prediction.score", role: "output" });

export function halves(model: string): EventPlan[] {
  return [
    planOf([x], { model, needsId: true, half: "input" }),
    planOf([score], { model, needsId: true, half: "output" }),
  ];
}

export const inputs = (...models: string[]): EventPlan[] => models.flatMap((model) => halves(model)[0]);
export const outputs = (...models: string[]): EventPlan[] => models.flatMap((model) => halves(model)[1]);

export interface Sent {
  readonly value: object | string | Uint8Array | null;
  readonly headers?: RecordHeaders;
  readonly key?: string;
}

export function decode(
  sent: readonly Sent[],
  plans: readonly EventPlan[],
  stream: Partial<StreamConfig>,
): DecodedRecords {
  const records = recordsOf(
    sent.map(({ value }) => value),
    {
      keys: sent.map(({ key }) => (key === undefined ? null : Buffer.from(key))),
      headers: sent.map(({ headers }) => headers),
    },
  );
  return decoderOf(plans, streamOf(stream)).decode(records, tick);
}

/** The rows without what every one of them has. */
export function shown(decoded: DecodedRecords): object[] {
  return rowsOf(decoded, new Map([["0000000000000000", "none"]]));
}

export const v2 = (...rows: number[]): object => ({
  inputs: [{ name: "x", datatype: "FP64", shape: [rows.length], data: rows }],
});
export const event = (type: "request" | "response", headers: RecordHeaders = {}): RecordHeaders => ({
  ce_specversion: "1.0",
  ce_id: "a",
  ce_source: "s",
  ce_type: `org.kubeflow.serving.inference.${type}`,
  ce_inferenceservicename: "m",
  "content-type": "application/json",
  ...headers,
});
export const kserve = { format: "kserve", component: "predictor" } as const;
