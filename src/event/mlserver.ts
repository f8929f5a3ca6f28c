import { ID, isAttribute, MLSERVER_MODEL, MLSERVER_VERSION, MODEL_ID, TYPE } from "./cloud-event.ts";
import type { Attributes } from "./cloud-event.ts";
import { OPENED, takeAttribute, takeId, takeKey, takeTime } from "./server-message.ts";
import type { Opening, ServerMessage } from "./server-message.ts";

const IDS = [ID];
const MODELS = [MODEL_ID, MLSERVER_MODEL];
const VERSIONS = [MLSERVER_VERSION];

/**
 * The topics of MLServer's Kafka server (mlserver/kafka): V2 JSON, keyed by the id, which beats the body's. Requests name
 * their model in `mlserver-model`, answers in `Ce-Modelid`; Ce-Endpoint is the model again, and no version.
 */
export function openMlserver(message: ServerMessage, value: Uint8Array, key: Uint8Array | null): Opening {
  const { attributes } = message;
  message.body = value;
  if (isAttribute(attributes, TYPE, REQUEST)) message.kind = "request";
  else if (isAttribute(attributes, TYPE, RESPONSE)) message.kind = "response";
  if (!takeKey(message, key)) takeId(message, IDS);
  takeTime(message);
  takeAttribute(message, message.model, MODELS);
  takeAttribute(message, message.version, VERSIONS);
  return OPENED;
}

const ENCODER = new TextEncoder();
const REQUEST = ENCODER.encode("io.seldon.serving.inference.request");
const RESPONSE = ENCODER.encode("io.seldon.serving.inference.response");

/** Whether the record is an event of Seldon's types, which MLServer writes. */
export function isSeldonEvent(attributes: Attributes): boolean {
  return isAttribute(attributes, TYPE, REQUEST) || isAttribute(attributes, TYPE, RESPONSE);
}
