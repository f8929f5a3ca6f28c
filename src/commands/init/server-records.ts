import { CodedError } from "../../config/coded-error.ts";
import type { Sample } from "../../event/sample.ts";

/**
 * Requests and responses of a model server come one by one; a reference is built of whole events.
 * @throws CodedError SOURCE_INVALID where the records are such
 */
export function refuseServerRecords({ columns }: Sample, source: string): void {
  const tops = new Set(columns.map(({ path }) => path[0]));
  const types = columns.find(({ path }) => path.join() === "type")?.values ?? [];
  const isKserve = types.some((type) => typeof type === "string" && type.startsWith("org.kubeflow.serving."));
  const isTensor = ["inputs", "outputs", "instances", "predictions"].some((name) => {
    const found = columns.find(({ path }) => path.length === 1 && path[0] === name);
    return found !== undefined && found.values.every((value) => Array.isArray(value));
  });
  if (!isKserve && !isTensor) return;
  const [what, format] = isKserve
    ? ["events of KServe's logger", "kserve"]
    : ["requests or responses of the Open Inference Protocol", tops.has("instances") ? "kserve" : "oip-v2"];
  const message =
    `${source} holds ${what}: a request and its response apart. driftd run reads them as they are (format: ${format}, see docs/SERVERS.md), ` +
    `but init learns from whole events. Write a file of one row, or one JSON object, for each inference: its features under the names of the ` +
    `model's inputs, and the answer (score, decision or value). Then run driftd init on that file, and change its stream to format: ${format}.`;
  throw new CodedError("SOURCE_INVALID", message);
}
