import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writevSync,
} from "node:fs";
import { join } from "node:path";
import { syncDirectory, tryDisk } from "./disk.ts";
import {
  damagedJournal,
  ENTRY_HEAD,
  readSegment,
  SEGMENT_HEAD,
  writeEntryHead,
  writeSegmentHead,
} from "./journal-segment.ts";
import type { Segment } from "./journal-segment.ts";

/** An entry, and its place among all: greater than that of every entry before it. */
export interface JournalEntry {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** What must outlive a crash from now on, and only until something else keeps it: appended, and released in the same order. */
export interface Journal {
  /** Answers its position once it is on the disk. One call at a time. Rejects with STATE_FULL or STATE_FAILED. */
  append(bytes: Uint8Array): Promise<number>;
  /** The entries that are not released, the oldest first; after a crash also some that were. */
  entries(): Iterable<JournalEntry>;
  /** This entry and all before it are not needed any more. */
  release(position: number): void;
  /** Bytes on the disk. */
  size(): number;
}

const NAME = /^journal-(\d+)$/;
/** A segment takes no further entry beyond this, bytes. */
const SEGMENT_BYTES = 8_388_608;

interface OpenSegment {
  readonly path: string;
  readonly generation: number;
  /** Behind the last entry. */
  end: number;
  /** Entries in it, and the position of the last one. */
  sequence: number;
  last: number;
}

/**
 * The journal of a state directory: files `journal-1`, `journal-2` ..., written one after the other, and again from the start
 * once all that a file holds is released, so that an entry needs no new space. Writes go through O_DSYNC: what is answered
 * outlives a power cut. Nothing is written before the first entry.
 */
export class JournalFiles implements Journal {
  private readonly directory: string;
  /** In the order of their generations; the last one is written to. */
  private segments: OpenSegment[] = [];
  /** Paths of files that hold nothing which is needed. */
  private readonly free: string[] = [];
  private descriptor: number | undefined;
  private position = 0;
  private released = 0;
  private generation = 0;
  /** Of the segment before the next one. */
  private before = 0;

  /** Throws STATE_DAMAGED, STATE_NEWER or STATE_FAILED. */
  constructor(directory: string) {
    this.directory = directory;
    for (const { path, segment } of readSegments(directory, (path) => this.free.push(path))) {
      this.position += segment.entries.length;
      this.generation = segment.generation;
      this.before = segment.end;
      const { generation, end, entries } = segment;
      this.segments.push({ path, generation, end, sequence: entries.length, last: this.position });
    }
  }

  async append(bytes: Uint8Array): Promise<number> {
    const segment = this.segmentFor(bytes.length);
    const { generation, end: at } = segment;
    const head = writeEntryHead({ generation, sequence: segment.sequence + 1 }, bytes);
    this.write(segment, { parts: [head, bytes], at });
    segment.end += ENTRY_HEAD + bytes.length;
    segment.sequence += 1;
    segment.last = this.position += 1;
    return this.position;
  }

  *entries(): Generator<JournalEntry> {
    for (const { path, sequence, last } of this.segments) {
      const segment = readSegment(
        tryDisk(path, () => readFileSync(path)),
        path,
      );
      // What was appended is there, and maybe more by now.
      for (const [i, bytes] of (segment?.entries ?? []).slice(0, sequence).entries()) {
        const position = last - sequence + 1 + i;
        if (position > this.released) yield { position, bytes };
      }
    }
  }

  release(position: number): void {
    this.released = Math.max(this.released, position);
    while (this.segments.length > 1 && this.segments[0].last <= this.released) {
      const [{ path }] = this.segments.splice(0, 1);
      // One is enough to go on in.
      if (this.free.length === 0) this.free.push(path);
      else tryDisk(path, () => unlinkSync(path));
    }
  }

  size(): number {
    const paths = [...this.free, ...this.segments.map(({ path }) => path)];
    return paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  }

  /** Leaves no file behind where nothing of them is needed any more. Safe to call twice. */
  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    const isDone = this.released >= this.position;
    const paths = [...this.free, ...(isDone ? this.segments.map(({ path }) => path) : [])];
    for (const path of paths.filter((path) => existsSync(path))) tryDisk(path, () => unlinkSync(path));
    this.free.length = 0;
    if (isDone) this.segments = [];
  }

  /** Where the next entry goes. */
  private segmentFor(length: number): OpenSegment {
    const last = this.segments.at(-1);
    const hasRoom = last !== undefined && last.end + ENTRY_HEAD + length <= SEGMENT_BYTES;
    // Behind what a crash cut short nothing is written: the next segment says where it ended.
    if (this.descriptor !== undefined && hasRoom) return last;
    return this.beginSegment();
  }

  private beginSegment(): OpenSegment {
    const { before, position: last } = this;
    const path = this.free.at(-1) ?? this.newPath();
    const segment = { path, generation: this.generation + 1, end: SEGMENT_HEAD, sequence: 0, last };
    const head = writeSegmentHead({
      generation: segment.generation,
      before: this.segments.at(-1)?.end ?? before,
    });
    const descriptor = openFile(path, this.directory);
    try {
      // On the disk before any entry: no crash may leave the head of an older segment before a younger one's entries.
      writeWhole(path, descriptor, { parts: [head], at: 0 });
    } catch (error) {
      // Entries that still find room go where they went.
      closeSync(descriptor);
      throw error;
    }
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = descriptor;
    this.free.pop();
    this.generation = segment.generation;
    this.segments.push(segment);
    this.release(this.released);
    return segment;
  }

  private write({ path }: OpenSegment, piece: Piece): void {
    if (this.descriptor === undefined) throw new Error("the journal is closed");
    writeWhole(path, this.descriptor, piece);
  }

  private newPath(): string {
    const taken = new Set(this.segments.map(({ path }) => path));
    for (let number = 1; ; number++) {
      const path = join(this.directory, `journal-${number}`);
      if (!taken.has(path)) return path;
    }
  }
}

/** The segments of a directory by generation; `onFree` is told of files that hold none. */
function readSegments(
  directory: string,
  onFree: (path: string) => void,
): { readonly path: string; readonly segment: Segment }[] {
  const paths = tryDisk(directory, () => readdirSync(directory))
    .filter((name) => NAME.test(name))
    .map((name) => join(directory, name));
  const found = paths.flatMap((path) => {
    const segment = readSegment(
      tryDisk(path, () => readFileSync(path)),
      path,
    );
    if (segment === undefined) onFree(path);
    return segment === undefined ? [] : [{ path, segment }];
  });
  const ordered = found.toSorted((a, b) => a.segment.generation - b.segment.generation);
  for (const [i, { path, segment }] of ordered.entries()) {
    const next = ordered.at(i + 1)?.segment;
    if (next !== undefined && next.generation === segment.generation + 1 && segment.end < next.before)
      throw damagedJournal(`${path} ends before the last of its entries.`);
  }
  return ordered;
}

/** How much a state directory's journal holds. Throws as opening it does. */
export function inspectJournal(directory: string): { readonly entries: number; readonly bytes: number } {
  let entries = 0;
  let bytes = 0;
  for (const { segment } of readSegments(directory, () => undefined)) {
    entries += segment.entries.length;
    for (const entry of segment.entries) bytes += entry.length;
  }
  return { entries, bytes };
}

function openFile(path: string, directory: string): number {
  return tryDisk(path, () => {
    const isNew = !existsSync(path);
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC, 0o600);
    if (isNew) syncDirectory(directory);
    return descriptor;
  });
}

interface Piece {
  readonly parts: readonly Uint8Array[];
  readonly at: number;
}

/**
 * Writes all of it: a disk that runs full takes a part first. Waits for the disk, as a commit of the store does: to hand a few
 * kilobytes to another thread and back took a third of the CPU of a small group of requests (`npm run bench -- http`).
 */
function writeWhole(path: string, descriptor: number, { parts, at }: Piece): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const written = tryDisk(path, () => writevSync(descriptor, parts, at));
  if (written === length) return;
  const rest = Buffer.concat(parts).subarray(written);
  writeWhole(path, descriptor, { parts: [rest], at: at + written });
}
