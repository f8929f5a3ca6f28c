import { departureOf, type FieldExpectation } from "../counts/expected-fields.ts";
import {
  addDeparture,
  addField,
  addSighting,
  createFieldSummary,
  mergeFields,
  spanOffset,
} from "../counts/fields.ts";
import type { DepartureKind, FieldSummary } from "../counts/fields.ts";
import { packFields, unpackFields } from "../counts/fields-packed.ts";
import type { Sender } from "../counts/senders.ts";
import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import { TRUTH } from "../event/field-names.ts";
import { FIELD_SLOTS, SLOT } from "../event/field-slots.ts";
import { heldName } from "../event/record-fields.ts";
import type { FieldNode, FieldReader, ObservedRecord } from "../event/record-fields.ts";
import { cutId } from "../event/shown-id.ts";

/** Of the records of one stream, partition, side and pane these are looked at: the first ones, and from then on one of so many. */
const FIRST_SAMPLED = 16;
const SAMPLED_EVERY = 64;
/** A pane keeps an example of every field. Characters. */
const LONGEST_EXAMPLE = 64;

/** One model's fields in the open panes of one task. */
export class FieldIntake {
  private readonly expected: FieldExpectation;
  private readonly pane: number;
  private readonly panes = new Map<number, FieldPane>();
  private readonly isKnown: (name: string) => boolean;
  /** By entry of the expectation: the record in which it was met last. */
  private readonly met: Uint32Array;
  private record = 0;
  /** Nodes are as many as the reader keeps. */
  private readonly entryOfNode = new WeakMap<FieldNode, number>();

  /** @param plan `pane` in ms */
  constructor({ expected, pane }: { expected: FieldExpectation; pane: number }) {
    this.expected = expected;
    this.pane = pane;
    this.met = new Uint32Array(expected.entries.length);
    this.isKnown = (name) => expected.byName.has(name);
  }

  /** Takes in the rows of batch `b`; `starts` says which pane each belongs to, NaN for none. */
  count(decoded: DecodedRecords, b: number, starts: Float64Array): void {
    const batch = decoded.batches[b];
    const place = `${decoded.stream}/${decoded.partition}`;
    // Requests and responses of one stream come in any proportion.
    const source = batch.plan.half === undefined ? place : `${place}/${batch.plan.half}`;
    const isLabels = batch.plan.columns[0]?.role === "truth";
    let open: FieldPane | undefined;
    let first = 0;
    let before = -1;
    let position = 0;
    for (let row = 0; row < batch.rows; row++) {
      const start = starts[row];
      if (start !== start) continue;
      if (open?.start !== start) {
        open = this.paneAt(start);
        open.isDirty = true;
        first = batch.offset[row];
        position = open.summary.seen.get(source) ?? 0;
      }
      const { summary } = open;
      // The rows of one record have one set of fields.
      if (batch.offset[row] !== before) {
        before = batch.offset[row];
        if (position < FIRST_SAMPLED || position % SAMPLED_EVERY === 0) {
          if (decoded.fields !== undefined) this.observe(summary, decoded.fields, batch, row);
        }
        position += 1;
        summary.records += 1;
      }
      const isLast = row + 1 === batch.rows || starts[row + 1] !== start;
      if (!isLast) continue;
      // Where labels stand in panes is chance: a lineage of theirs would be another one after a restart.
      if (!isLabels) spanOffset(summary, place, { first, last: batch.offset[row] });
      summary.seen.set(source, position);
    }
  }

  /** Calls back with every pane that changed since the last `settle`. */
  forEachChanged(visit: (start: number, packed: Uint8Array) => void): void {
    for (const { start, summary, isDirty } of this.panes.values()) {
      if (isDirty) visit(start, packFields(summary));
    }
  }

  /** What changed has been committed. */
  settle(): void {
    for (const pane of this.panes.values()) pane.isDirty = false;
  }

  /** Takes up a stored pane of the task again. */
  restore(start: number, packed: Uint8Array): void {
    mergeFields(this.paneAt(start).summary, unpackFields(packed), this.isKnown);
  }

  /** Forgets the panes that end at or before `time`. */
  closeBefore(time: number): void {
    for (const start of this.panes.keys()) if (start + this.pane <= time) this.panes.delete(start);
  }

  private paneAt(start: number): FieldPane {
    let pane = this.panes.get(start);
    if (pane === undefined) {
      pane = { start, summary: createFieldSummary(), isDirty: false };
      this.panes.set(start, pane);
    }
    return pane;
  }

  private observe(summary: FieldSummary, reader: FieldReader, batch: EventBatch, row: number): void {
    const record = reader.read(batch.offset[row]);
    if (record === undefined) return;
    summary.sampled += 1;
    this.record = (this.record + 1) >>> 0;
    let sender: Sender | undefined;
    const senderOf = (): Sender => {
      if (sender !== undefined) return sender;
      const origin = reader.origin(batch.offset[row], batch.versions[batch.version[row]]);
      const { producer, rank, example = "" } = origin;
      sender = { producer, rank, example: cutId(example, rank, LONGEST_EXAMPLE) };
      return sender;
    };
    const depart = (field: string, kind: DepartureKind, value?: string): void => {
      const told = value === undefined ? {} : { value };
      addDeparture(summary, { field, kind, ...senderOf(), ...told });
    };
    for (const { field, keyword } of reader.violations())
      depart(heldName(record.holder, field), `declared ${keyword}`);
    if (reader.layout !== this.expected.layout) {
      summary.foreign += 1;
      sightRecord(summary, { record, reader, sender: senderOf() });
      return;
    }
    for (let i = 0; i < record.count; i++) {
      const node = record.fields[i];
      if (node.name === TRUTH) continue;
      const entry = this.entryOf(node);
      const name = entry < 0 ? node.name : this.expected.entries[entry].field.name;
      addField(summary, name, record.slots[i], this.isKnown);
      this.compare({ record, reader, i, entry, depart });
    }
    this.lookForAbsent(depart);
  }

  private compare(met: MetField): void {
    const { record, reader, i, entry, depart } = met;
    const node = record.fields[i];
    const slot = record.slots[i];
    if (entry < 0) {
      // What a new field holds is new with it.
      const { parent } = node;
      if (parent === undefined || parent.depth === 0 || this.entryOf(parent) >= 0) depart(node.name, "new");
      return;
    }
    this.met[entry] = this.record;
    const expected = this.expected.entries[entry];
    const { isJudged, values, field } = expected;
    if (!isJudged) return;
    const departed = departureOf(expected, slot);
    if (departed !== undefined) depart(field.name, departed);
    else if (values !== undefined && slot !== SLOT.null) {
      const value = reader.valueOf(i);
      if (value !== undefined && !values.has(value)) depart(field.name, "enum", value);
    }
  }

  /** Of what was in every record of the reference; where its holder is absent too, that says it. */
  private lookForAbsent(depart: (field: string, kind: DepartureKind) => void): void {
    const { entries } = this.expected;
    for (let position = 0; position < entries.length; position++) {
      const { isRequired, field, parent } = entries[position];
      if (!isRequired || this.met[position] === this.record) continue;
      if (parent < 0 || this.met[parent] === this.record) depart(field.name, "absent");
    }
  }

  private entryOf(node: FieldNode): number {
    let entry = this.entryOfNode.get(node);
    if (entry === undefined) {
      const { byName, byPointer } = this.expected;
      entry = byName.get(node.name) ?? byPointer.get(node.pointer) ?? -1;
      this.entryOfNode.set(node, entry);
    }
    return entry;
  }
}

interface FieldPane {
  readonly start: number;
  readonly summary: FieldSummary;
  isDirty: boolean;
}

interface MetField {
  readonly record: ObservedRecord;
  readonly reader: FieldReader;
  /** Position in the record. */
  readonly i: number;
  /** Position among the expected fields; -1 for a strange one. */
  readonly entry: number;
  readonly depart: (field: string, kind: DepartureKind, value?: string) => void;
}

/** Counts the fields of a record that the reference says nothing of, as they are: what is expected of them is known later. */
function sightRecord(
  summary: FieldSummary,
  { record, reader, sender }: { record: ObservedRecord; reader: FieldReader; sender: Sender },
): void {
  const { holder } = record;
  addSighting(summary, { holder, field: holder, parent: "", type: "object", ...sender });
  for (let i = 0; i < record.count; i++) {
    const { name, parent } = record.fields[i];
    const isTop = parent === undefined || parent.depth === 0;
    const value = reader.valueOf(i);
    addSighting(summary, {
      holder,
      field: heldName(holder, name),
      parent: isTop ? holder : heldName(holder, parent.name),
      type: record.tensors[i] ?? FIELD_SLOTS[record.slots[i]],
      ...sender,
      ...(value === undefined ? {} : { value }),
    });
  }
}
