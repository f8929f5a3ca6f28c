import type { RecordHeaders } from "../event/records.ts";

/** A payload as a record: the gRPC body and the attributes that KServe's logger would have given it. */
export interface Payload {
  readonly value: Uint8Array;
  readonly headers: RecordHeaders;
}

/**
 * Headers of what is none: whatever its bytes are, a CloudEvent of an unknown version cannot be decoded, and is counted so.
 * ModelMesh does not look at answers.
 */
export const NO_PAYLOAD: RecordHeaders = {
  "ce-type": "org.kubeflow.serving.inference.request",
  "ce-specversion": "none",
};

const KINDS = ["request", "response"];

/**
 * ModelMesh's payload: `{id, kind: "request"|"response", modelid, data, metadata}`, where data is the base64 text of a
 * ModelInferRequest or ModelInferResponse (absent or null: the call failed). Answers in words what is wrong with one.
 */
export function readPayload(bytes: Uint8Array): Payload | string {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "The body is no JSON.";
  }
  if (typeof payload !== "object" || payload === null) return "The body is no JSON object.";
  const { id, kind, modelid, data } = payload as Readonly<Record<string, unknown>>; // whatever its fields hold
  if (typeof id !== "string" || id === "") return "id is missing. It joins request and response.";
  if (typeof kind !== "string" || !KINDS.includes(kind))
    return 'kind is missing. Write "request" or "response".';
  if (typeof modelid !== "string" || modelid === "") return "modelid is missing.";
  const message = typeof data === "string" ? Buffer.from(data, "base64") : Buffer.alloc(0);
  // What Buffer left out is no base64.
  if (typeof data === "string" && message.length < Math.floor((data.replace(/[=\s]/g, "").length * 3) / 4)) {
    return "data is no base64.";
  }
  return {
    value: frame(message),
    headers: {
      "ce-id": id,
      "ce-type": `org.kubeflow.serving.inference.${kind}`,
      "ce-inferenceservicename": modelid,
      "content-type": "application/grpc",
    },
  };
}

/** As gRPC writes a message: not compressed, its length, its bytes. Nothing at all for a call that failed. */
function frame(message: Uint8Array): Uint8Array {
  if (message.length === 0) return message;
  const framed = new Uint8Array(message.length + 5);
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, 5);
  return framed;
}
