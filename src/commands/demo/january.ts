import { createDecoder } from "../../event/decoder.ts";
import { publicKeys } from "../../event/ids.ts";
import { CodedError } from "../../config/coded-error.ts";
import type { ColumnPlan, DecodedRecords } from "../../event/batch.ts";
import { ReferenceBuilder } from "../../reference/builder.ts";
import { FieldTally } from "../../reference/field-tally.ts";
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
  const fields = new FieldTally();
  const builder = new ReferenceBuilder({
    plan,
    fields,
    segmentBy: model.segmentBy,
    top: model.segments.top,
    windowSizes,
    cohort: model.labels.cohort,
    independent: false,
  });
  const pass = async (take: (decoded: DecodedRecords) => void): Promise<void> => {
    for await (const slice of start.january()) {
      if (start.signal.aborted) throw new CodedError("INTERRUPTED", "stopped while January was being read.");
      for (const batch of slice.batches) {
        take(decoder.decode(batch, { now: slice.until }));
      }
    }
  };
  await pass((decoded) => {
    fields.observe(decoded);
    for (const batch of decoded.batches) builder.observe(batch);
  });
  await pass(({ batches }) => {
    for (const batch of batches) builder.count(batch);
  });
  return builder.finish();
}
