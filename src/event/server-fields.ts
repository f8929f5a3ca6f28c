import { hashSpan, setSpan, createSpan, findCode } from "./byte-table.ts";
import { SOURCE } from "./cloud-event.ts";
import type { DecoderState } from "./decoder-state.ts";
import { decodeText } from "./dictionary.ts";
import { createSipHash, hashId, rankOf } from "./ids.ts";
import type { PrivacyKeys } from "./ids.ts";
import { SLOT, tensorType } from "./field-slots.ts";
import type { FieldReading } from "./field-reader.ts";
import { normalizeId } from "./number-id.ts";
import { addMember, boundTree, createFieldTree, createObservedRecord, noteField } from "./observed-record.ts";
import type { FieldTree } from "./observed-record.ts";
import { producerOf } from "./producer.ts";
import type { FieldNode, ObservedRecord } from "./record-fields.ts";
import { recordAt } from "./records.ts";
import { readMessage } from "./server-decoder.ts";
import { OPENED } from "./server-message.ts";
import { findOwnId } from "./server-rows.ts";
import type { ServerState } from "./server-state.ts";
import { readShownId } from "./shown-id.ts";
import { BOOLEAN, MISSING, NUMBER, TEXT } from "./tensor-body.ts";
import type { Tensor } from "./tensor-body.ts";

const ENCODER = new TextEncoder();

/**
 * Of requests and responses the tensors are the fields, each with its datatype and how many cells a row has. Failed calls and
 * batches without rows say nothing of them.
 */
export function createServerFields(state: DecoderState, server: ServerState, key: PrivacyKeys): FieldReading {
  const sip = createSipHash(key.id);
  const record = createObservedRecord();
  const tree = createFieldTree((pointer) => pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~"));
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
      const { body } = server.bodies;
      if (opened !== OPENED || body.rows === 0) return undefined;
      boundTree(tree);
      record.count = 0;
      record.isJson = false;
      record.holder = body.kind === "request" ? "inputs" : "outputs";
      for (let t = 0; t < body.count; t++) {
        const tensor = body.tensors[t];
        const field = fieldOf(tree, tensor.name);
        if (field !== undefined) noteTensor(record, field, tensor);
      }
      return record;
    },
    valueOf: () => undefined,
    violations: () => [],
    origin(offset, version) {
      const { source } = reading;
      const at = source?.kind === "records" ? recordAt(source, offset) : -1;
      const { bytes, start, stop } = server.message.attributes.spans[SOURCE];
      const event = decodeText(bytes.subarray(start, stop));
      const producer = producerOf(source, at, { version, event });
      if (at < 0 || source?.kind !== "records" || hidesIds) return { producer, rank: "" };
      // The id that the halves are joined by and that labels name, of the record that was read last.
      const { span: id } = server;
      if (!findOwnId(state, server, { batch: source, record: at }) || id.start === id.stop)
        return { producer, rank: "" };
      const { as, digits } = state.ids;
      if (as !== undefined) normalizeId(id, as, digits);
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

/** By slot: what V1 calls a tensor of such cells, which names no datatype; whole numbers may be floats without their point. */
const V1_DATATYPES = new Map<number, string>([
  [SLOT.number, "number"],
  [SLOT.boolean, "boolean"],
  [SLOT.text, "text"],
  [SLOT.object, "object"],
]);
/** So many cells of V1 are looked at for one that is not missing. */
const MOST_CELLS = 1_024;

function noteTensor(record: ObservedRecord, field: FieldNode, tensor: Tensor): void {
  const { datatype, width } = tensor;
  const slot = datatype === "" ? slotOfCells(tensor) : slotOfDatatype(datatype);
  const named = datatype === "" ? V1_DATATYPES.get(slot) : datatype;
  noteField(record, field, slot, named === undefined ? undefined : tensorType(named, width));
}

function slotOfDatatype(datatype: string): number {
  if (/^(?:FP|BF)/.test(datatype)) return SLOT.number;
  if (datatype === "BOOL") return SLOT.boolean;
  return datatype === "BYTES" ? SLOT.text : SLOT.integer;
}

/** Of the first cell that is there. */
function slotOfCells({ states, width, stride, rows }: Tensor): number {
  for (let row = 0; row < rows && row * width < MOST_CELLS; row++) {
    for (let i = 0; i < width; i++) {
      const state = states[row * stride + i];
      if (state === MISSING) continue;
      if (state === NUMBER) return SLOT.number;
      if (state === BOOLEAN) return SLOT.boolean;
      return state === TEXT ? SLOT.text : SLOT.object;
    }
  }
  return SLOT.null;
}
