import { readRecording } from "./recorded.ts";

export interface RecordedBody {
  /** The case, and which half of it. */
  readonly label: string;
  readonly kind: "request" | "response";
  readonly bytes: Uint8Array;
  readonly note: string;
}

/** The bodies of a recording, without what stands around them: attributes, or an event in structured mode. */
export function recordedBodies(name: string): RecordedBody[] {
  return readRecording(name).flatMap((recorded) => {
    const value = recorded.value_b64 === null ? undefined : Buffer.from(recorded.value_b64, "base64");
    const bytes = value === undefined ? undefined : dataOf(value);
    if (bytes === undefined) return [];
    const kind = recorded.kind === "response" || recorded.kind === "error" ? "response" : "request";
    return [{ label: `${recorded.case ?? "answer"} ${recorded.kind}`, kind, bytes, note: recorded.note }];
  });
}

function dataOf(value: Buffer): Uint8Array | undefined {
  const text = value.toString();
  if (!text.includes('"specversion"')) return value;
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    return value;
  }
  if (typeof event !== "object" || event === null) return value;
  if ("data" in event) return Buffer.from(JSON.stringify(event.data));
  return "data_base64" in event ? Buffer.from(String(event.data_base64), "base64") : undefined;
}
