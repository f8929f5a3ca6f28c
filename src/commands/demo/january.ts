import { createDecoder } from "../../event/decoder.ts";
import { publicKeys } from "../../event/ids.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { ColumnPlan, EventBatch } from "../../event/batch.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import type { Reference } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import type { MonitorStart } from "./monitor.ts";

const NUMBER = { type: "number", pii: false, categories: [] } as const;
const CATEGORY = { type: "category", role: "feature", pii: false, categories: [], learn: true } as const;

const COLUMNS: readonly ColumnPlan[] = [
  { name: "distance", role: "feature", ...NUMBER },
  { name: "delay", role: "feature", ...NUMBER },
  { name: "origin", ...CATEGORY },
  { name: "destination", ...CATEGORY },
  { name: "prediction.score", role: "output", ...NUMBER },
  { name: "truth", role: "truth", ...NUMBER },
];

export const MAX_RECORD_BYTES = 1_000_000;

/** The reference of the demo: January's flights with the model's scores and what became of them. */
export async function buildJanuary(start: MonitorStart, model: Model): Promise<Reference> {
  const [stream] = start.streams;
  const plan = { model: model.name, needsId: false, columns: COLUMNS };
  const limits = { maxRecordBytes: MAX_RECORD_BYTES };
  const decoder = createDecoder({ stream, plans: [plan], key: publicKeys(), limits });
  const windowSizes = [...new Set([model.window.size, ...model.rules.map(({ window }) => window.size)])];
  const builder = new ReferenceBuilder({
    plan,
    segmentBy: model.segmentBy,
    top: model.segments.top,
    windowSizes,
    cohort: model.labels.cohort,
    independent: false,
  });
  const pass = async (take: (batch: EventBatch) => void): Promise<void> => {
    for await (const slice of start.january()) {
      if (start.signal.aborted) throw new CodedError("INTERRUPTED", "stopped while January was being read.");
      for (const batch of slice.batches) {
        for (const decoded of decoder.decode(batch, { now: slice.until }).batches) take(decoded);
      }
    }
  };
  await pass((batch) => builder.observe(batch));
  await pass((batch) => builder.count(batch));
  return builder.finish();
}
