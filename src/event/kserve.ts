import type { StreamConfig } from "../config/config.ts";
import {
  COMPONENT,
  CONTENT_TYPE,
  ENDPOINT,
  hasAttribute,
  ID,
  isAttribute,
  MODEL_ID,
  saysStructured,
  SERVICE,
  SPEC_VERSION,
  TYPE,
} from "./cloud-event.ts";
import type { Attributes } from "./cloud-event.ts";
import { isWholeEvent, readStructured } from "./cloud-event-json.ts";
import { FAILED, IGNORED, OPENED, takeAttribute, takeId, takeTime, UNDECODABLE } from "./server-message.ts";
import type { MessageOpener, Opening, ServerMessage } from "./server-message.ts";

const IDS = [ID];
const MODELS = [SERVICE, MODEL_ID];
const VERSIONS = [ENDPOINT];

/**
 * KServe's logger (pkg/logger): a CloudEvent for every request and for every response of status 200, in binary mode over
 * HTTP or Kafka, or in structured mode, where a broker has rewritten it. Both halves of a pair have the same id.
 */
export function kserveOpener(component: StreamConfig["component"]): MessageOpener {
  const encoder = new TextEncoder();
  const request = encoder.encode("org.kubeflow.serving.inference.request");
  const response = encoder.encode("org.kubeflow.serving.inference.response");
  const predictor = encoder.encode("predictor");
  const wanted = encoder.encode(component ?? "predictor");
  return (message, value) => {
    const { attributes } = message;
    if (!findEvent(message, value)) return UNDECODABLE;
    if (!isKnownVersion(attributes)) return UNDECODABLE;
    if (isAttribute(attributes, TYPE, request)) message.kind = "request";
    else if (isAttribute(attributes, TYPE, response)) message.kind = "response";
    else return IGNORED;
    // An agent that was not told which component it stands beside stands beside the predictor.
    const isNamed = hasAttribute(attributes, COMPONENT);
    if (isNamed ? !isAttribute(attributes, COMPONENT, wanted) : !equals(wanted, predictor)) return IGNORED;
    message.takesBodyId = false;
    takeId(message, IDS);
    takeTime(message);
    takeAttribute(message, message.model, MODELS);
    takeAttribute(message, message.version, VERSIONS);
    return message.body.length === 0 ? openEmpty(message) : OPENED;
  };
}

/**
 * A request without a body asks for health or metadata. A response without one ends such a request, which has no content
 * type, or a call that failed: over gRPC that is status 200, too.
 */
function openEmpty({ kind, attributes }: ServerMessage): Opening {
  return kind === "response" && hasAttribute(attributes, CONTENT_TYPE) ? FAILED : IGNORED;
}

/** Finds the body of an event in binary or structured mode; false if the record is no event. */
function findEvent(message: ServerMessage, value: Uint8Array): boolean {
  const { attributes, structured } = message;
  message.body = value;
  if (hasAttribute(attributes, TYPE)) return true;
  const isSaid = saysStructured(attributes);
  // Then it is the event's own content type, and not that of its data.
  if (isSaid) attributes.spans[CONTENT_TYPE].stop = attributes.spans[CONTENT_TYPE].start;
  if (!readStructured(structured, attributes, value)) return false;
  message.body = structured.body;
  return isSaid ? hasAttribute(attributes, TYPE) : isWholeEvent(attributes);
}

/** Attributes of 0.3 and 1.x are those that are read here. */
function isKnownVersion({ spans }: Attributes): boolean {
  const { bytes, start, stop } = spans[SPEC_VERSION];
  if (start === stop) return true;
  const isKnown = bytes[start] === 0x30 || bytes[start] === 0x31;
  return isKnown && (stop === start + 1 || bytes[start + 1] === 0x2e);
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
