import { crc32 } from "node:zlib";
import type { CodedError } from "../config/coded-error.ts";
import { damaged, newer } from "./sealed.ts";

const MAGIC = "driftdJ";
/** Raised when the bytes change their meaning. */
const FORMAT = 1;
/** Magic, format, generation, end of the segment before, CRC-32 of all that, four of padding. */
export const SEGMENT_HEAD = 24;
/** Generation, sequence, length of the entry, CRC-32 of the entry and these three. */
export const ENTRY_HEAD = 16;

/** Of a segment: which one it is. A file is used again for segment after segment, and the rest of older ones stays in it. */
export interface SegmentHead {
  /** Counts segments, from 1. */
  readonly generation: number;
  /** Bytes of the segment of the generation before, with its last entry; 0 where there was none. */
  readonly before: number;
}

export function writeSegmentHead({ generation, before }: SegmentHead): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEAD);
  new TextEncoder().encodeInto(MAGIC, bytes);
  bytes[MAGIC.length] = FORMAT;
  const view = new DataView(bytes.buffer);
  view.setUint32(8, generation, true);
  view.setUint32(12, before, true);
  view.setUint32(16, crc32(bytes.subarray(0, 16)), true);
  return bytes;
}

/** What stands before the entry; `sequence` counts the entries of the segment, from 1. */
export function writeEntryHead(
  { generation, sequence }: { readonly generation: number; readonly sequence: number },
  entry: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(ENTRY_HEAD);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, generation, true);
  view.setUint32(4, sequence, true);
  view.setUint32(8, entry.length, true);
  view.setUint32(12, crc32(bytes.subarray(0, 12), crc32(entry)), true);
  return bytes;
}

export interface Segment extends SegmentHead {
  /** Views on the file's bytes, in order. */
  readonly entries: readonly Uint8Array[];
  /** Behind the last entry, bytes. */
  readonly end: number;
}

/**
 * Reads the file of a segment up to its last whole entry: what a crash cut short was never acknowledged. Undefined where the
 * file was only begun. Throws STATE_DAMAGED where something was whole once and is not any more, STATE_NEWER where a later
 * driftd wrote it.
 */
export function readSegment(file: Uint8Array, name: string): Segment | undefined {
  // A power cut may leave zeros where a file was extended.
  if (file.length < SEGMENT_HEAD || file.subarray(0, SEGMENT_HEAD).every((byte) => byte === 0))
    return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (new TextDecoder("latin1").decode(file.subarray(0, MAGIC.length)) !== MAGIC)
    throw damagedJournal(`${name} is no journal.`);
  if (view.getUint32(16, true) !== crc32(file.subarray(0, 16)))
    throw damagedJournal(`The checksum of ${name}'s head is wrong.`);
  if (file[MAGIC.length] > FORMAT)
    throw newer(`journal format ${file[MAGIC.length]}, this one knows ${FORMAT}`);
  const head = { generation: view.getUint32(8, true), before: view.getUint32(12, true) };
  const entries: Uint8Array[] = [];
  let end = SEGMENT_HEAD;
  for (;;) {
    const place = { generation: head.generation, sequence: entries.length + 1 };
    const entry = readEntry(file, end, place);
    if (entry === undefined) break;
    entries.push(entry);
    end += ENTRY_HEAD + entry.length;
  }
  if (hasEntry(file, end, { generation: head.generation, sequence: entries.length + 2 }))
    throw damagedJournal(`Entry ${entries.length + 1} of ${name} is not as it was written.`);
  return { ...head, entries, end };
}

interface Place {
  readonly generation: number;
  readonly sequence: number;
}

/** The entry that begins there, if it is the one that is asked for, and whole. */
function readEntry(file: Uint8Array, at: number, { generation, sequence }: Place): Uint8Array | undefined {
  if (at + ENTRY_HEAD > file.length) return undefined;
  const view = new DataView(file.buffer, file.byteOffset + at, ENTRY_HEAD);
  if (view.getUint32(0, true) !== generation || view.getUint32(4, true) !== sequence) return undefined;
  const begin = at + ENTRY_HEAD;
  const length = view.getUint32(8, true);
  if (begin + length > file.length) return undefined;
  const entry = file.subarray(begin, begin + length);
  return view.getUint32(12, true) === crc32(file.subarray(at, at + 12), crc32(entry)) ? entry : undefined;
}

/** Whether that entry stands anywhere behind: entries are written one after the other, so that all before it were whole. */
function hasEntry(file: Uint8Array, from: number, place: Place): boolean {
  const pattern = Buffer.alloc(8);
  pattern.writeUInt32LE(place.generation, 0);
  pattern.writeUInt32LE(place.sequence, 4);
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  for (let at = bytes.indexOf(pattern, from); at >= 0; at = bytes.indexOf(pattern, at + 1)) {
    if (readEntry(file, at, place) !== undefined) return true;
  }
  return false;
}

/** It is the last seconds of what was sent: less than the rest of the state, which need not be given up with it. */
export function damagedJournal(what: string): CodedError {
  const way =
    "The journal holds what was sent last, and is acknowledged and maybe not counted: to go on without that, delete journal-* there.";
  return damaged(`${what} ${way}`);
}
