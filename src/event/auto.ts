import {
  clearAttributes,
  createAttributes,
  hasAttribute,
  MLSERVER_MODEL,
  saysStructured,
  TYPE,
} from "./cloud-event.ts";
import { isWholeEvent, readStructured } from "./cloud-event-json.ts";
import { isSeldonEvent, openMlserver } from "./mlserver.ts";
import { openOip } from "./oip-v2.ts";
import type { MessageOpener } from "./server-message.ts";

/**
 * Tells each record's format: the headers of MLServer; a CloudEvent by its headers or, structured, by its value; else a body
 * without an envelope. Only requests and responses are told apart: a whole event of our own is undecodable, since what is
 * counted of a model is either pairs or whole events.
 */
export function autoOpener(openKserve: MessageOpener): MessageOpener {
  const peeked = createAttributes();
  return (message, value, key) => {
    const { attributes, structured } = message;
    if (isSeldonEvent(attributes) || hasAttribute(attributes, MLSERVER_MODEL)) {
      return openMlserver(message, value, key);
    }
    if (hasAttribute(attributes, TYPE) || saysStructured(attributes)) return openKserve(message, value, key);
    if (!mentionsVersion(value)) return openOip(message, value, key);
    clearAttributes(peeked);
    const isEvent = readStructured(structured, peeked, value) && isWholeEvent(peeked);
    return isEvent ? openKserve(message, value, key) : openOip(message, value, key);
  };
}

/** Without this member no value is an event: most bodies are told by one look for it. */
function mentionsVersion(value: Uint8Array): boolean {
  return Buffer.from(value.buffer, value.byteOffset, value.length).includes('"specversion"');
}
