import { hashSpan, setSpan, createSpan, findCode } from "./byte-table.ts";
import type { DecoderState } from "./decoder-state.ts";
import { createSipHash, hashId, rankOf } from "./ids.ts";
import type { PrivacyKeys } from "./ids.ts";
import { SLOT } from "./field-slots.ts";
import type { FieldReading } from "./field-reader.ts";
import { addMember, boundTree, createFieldTree, createObservedRecord, noteField } from "./observed-record.ts";
import type { FieldTree } from "./observed-record.ts";
import { producerOf } from "./producer.ts";
import { recordAt } from "./records.ts";
import { readMessage } from "./server-decoder.ts";
import { FAILED, OPENED } from "./server-message.ts";
import { findOwnId } from "./server-rows.ts";
import type { ServerState } from "./server-state.ts";
import { readShownId } from "./shown-id.ts";
import { BOOLEAN, NUMBER, TEXT } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";

const ENCODER = new TextEncoder();

/**
 * Of requests and responses the tensors are the fields: `inputs.x[4]` is a tensor x of four cells a row, and its datatype the
 * type of its values.
 */
export function createServerFields(state: DecoderState, server: ServerState, key: PrivacyKeys): FieldReading {
  const sip = createSipHash(key.id);
  const record = createObservedRecord();
  const tree = createFieldTree((pointer) => pointer.slice(1));
  const hidesIds = state.targets.some(({ plan }) => plan.hidesIds === true);
  const reading: FieldReading = {
    layout: "server",
    source: undefined,
    read(offset) {
      const { source } = reading;
      if (source?.kind !== "records") return undefined;
      const at = recordAt(source, offset);
      const value = source.values[at];
      if (value === null || value === undefined) return undefined;
      const opened = readMessage(state, server, { batch: source, record: at }, value);
      if (opened !== OPENED && opened !== FAILED) return undefined;
      boundTree(tree);
      record.count = 0;
      record.isJson = false;
      const { body } = server.bodies;
      const side = body.kind === "request" ? "inputs" : "outputs";
      for (let t = 0; t < body.count; t++) {
        const tensor = body.tensors[t];
        const width = tensor.width === 1 ? "" : `[${tensor.width}]`;
        const field = fieldOf(tree, `${side}.${tensor.name}${width}`);
        if (field !== undefined) noteField(record, field, slotOf(tensor));
      }
      return record;
    },
    valueOf: () => undefined,
    violations: () => [],
    origin(offset, version) {
      const { source } = reading;
      const at = source?.kind === "records" ? recordAt(source, offset) : -1;
      const producer = producerOf(source, at, version);
      if (at < 0 || source?.kind !== "records" || hidesIds) return { producer, rank: "" };
      // The id that the halves are joined by and that labels name, of the record that was read last.
      const { span: id } = server;
      if (!findOwnId(state, server, { batch: source, record: at }) || id.start === id.stop)
        return { producer, rank: "" };
      hashId(sip, id);
      const rank = rankOf(sip);
      return { producer, rank, example: readShownId(id, rank) };
    },
  };
  return reading;
}

function fieldOf(tree: FieldTree, name: string) {
  const key = ENCODER.encode(name);
  const span = createSpan();
  setSpan(span, key, 0, key.length);
  hashSpan(span);
  const position = findCode(tree.root.byName, span);
  return position >= 0 ? tree.root.children[position] : addMember(tree, tree.root, key, name);
}

/** V1 names no datatype: the first cell has to do. */
function slotOf({ datatype, states, numbers, width, rows }: Tensor): number {
  if (/^(?:FP|BF)/.test(datatype)) return SLOT.number;
  if (/^U?INT/.test(datatype)) return SLOT.integer;
  if (datatype === "BOOL") return SLOT.boolean;
  if (datatype === "BYTES") return SLOT.text;
  if (width === 0 || rows === 0) return SLOT.null;
  if (states[0] === NUMBER) return Number.isInteger(numbers[0]) ? SLOT.integer : SLOT.number;
  if (states[0] === BOOLEAN) return SLOT.boolean;
  return states[0] === TEXT ? SLOT.text : SLOT.null;
}
