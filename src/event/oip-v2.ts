import { ID, REQUEST_ID } from "./cloud-event.ts";
import { OPENED, takeId, takeKey, takeTime } from "./server-message.ts";
import type { Opening, ServerMessage } from "./server-message.ts";

const IDS = [REQUEST_ID, ID];

/**
 * Bodies of the Open Inference Protocol V2 without an envelope, JSON or protobuf. The id is the record's key, else the header
 * x-request-id (Seldon Core 2), else ce-id, else the body's own.
 */
export function openOip(message: ServerMessage, value: Uint8Array, key: Uint8Array | null): Opening {
  message.body = value;
  if (!takeKey(message, key)) takeId(message, IDS);
  takeTime(message);
  return OPENED;
}
