import { expect, it } from "vitest";
import type { StreamConfig } from "../../src/config/config.ts";
import { nameTensorType } from "../../src/event/field-slots.ts";
import { batchOfRecorded, readRecording, type Recorded } from "./recorded.ts";
import { decoderOf, streamOf } from "./records-of.ts";
import { halves } from "./server-sent.ts";

/** What model servers sent in these cases, as fields: by case and record, `name type`. */
function fieldsOf(records: readonly Recorded[], stream: Partial<StreamConfig>): Record<string, string[][]> {
  const decoded = decoderOf(halves("m"), streamOf(stream)).decode(batchOfRecorded(records), {
    now: Date.UTC(2026, 10, 21, 12),
  });
  const seen: Record<string, string[][]> = {};
  for (const [offset, record] of records.entries()) {
    const read = decoded.fields?.read(offset);
    const fields = read?.fields.slice(0, read.count).map(({ name }, i) => {
      const tensor = read.tensors[i];
      return `${read.holder}.${name} ${tensor === undefined ? "null" : nameTensorType(tensor)}`;
    });
    (seen[record.case ?? ""] ??= []).push(fields ?? []);
  }
  return seen;
}

it("KServe's agent: V1, V2, binary tensors, and no fields of what is no inference", () => {
  const fields = fieldsOf(readRecording("kserve-agent"), { format: "kserve", component: "predictor" });
  expect(fields).toMatchObject({
    "v1-single-row": [["inputs.instances number[4]"], ["outputs.predictions number"]],
    "v1-objects-strings-nulls": [
      ["inputs.carrier text", "inputs.origin text", "inputs.distance number", "inputs.dep_hour number"],
      ["outputs.class text", "outputs.proba number"],
    ],
    "v1-proba": [["inputs.instances number[4]"], ["outputs.predictions number[2]"]],
    "v1-error-in-200": [["inputs.instances number[4]"], []],
    "v1-empty-200": [["inputs.instances number[4]"], []],
    "v1-truncated-json": [[]],
    "get-metadata": [[], []],
    "v2-flat": [["inputs.x FP32[4]"], ["outputs.score FP32", "outputs.label INT64"]],
    "v2-nested": [["inputs.x FP64[4]"], ["outputs.score FP32", "outputs.label INT64"]],
    "v2-shape-mismatch": [[]],
    "v2-empty-batch": [[], []],
    "v2-binary-fp32": [["inputs.x FP32[4]"], ["outputs.score FP32", "outputs.label INT64"]],
    "image-body": [[]],
  });
});

it("MLServer on Kafka: flat and nested data are one tensor, and dimensions after the first are its cells", () => {
  const requests = readRecording("mlserver-kafka").filter(({ kind }) => kind === "request");
  const fields = fieldsOf(requests, { format: "mlserver", role: "inputs" });
  expect(fields).toMatchObject({
    "single-nested": [["inputs.x FP32[4]"]],
    "single-flat": [["inputs.x FP32[4]"]],
    "batch-flat": [["inputs.x FP64[4]"]],
    "odd-fp16-uint8": [["inputs.h FP16[2]", "inputs.px UINT8[3]"]],
    "odd-3d": [["inputs.cube FP32[4]"]],
  });
});
