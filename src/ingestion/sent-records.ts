import type { DecodedRecords } from "../event/batch.ts";
import type { RecordBatch } from "../event/records.ts";
import { turnAway, tellDropped } from "./delivery.ts";
import { decodeGroups, encodeGroups } from "./journal-entry.ts";
import { endOf, firstRecord, groupOf, inParts, type SentGroup } from "./sent-groups.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Journal } from "../state/journal.ts";
import { recordsOf } from "../stream/sent-request.ts";
import type { Delivery } from "../stream/source.ts";
import type { OwnedTask, TaskOwnership } from "./task-ownership.ts";

export interface SentRecordsOptions {
  readonly tasks: Pick<TaskOwnership, "of">;
  /** Absent where no records are sent to this daemon. */
  readonly journal: Journal | undefined;
  /** Streams that are sent here, by name, in the order in which what waits is counted. */
  readonly streams: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes records into their task; undefined where it is not ours. The caller has the engine to itself. */
  readonly takeIn: (batch: RecordBatch) => Promise<DecodedRecords | undefined>;
  readonly commitIfDue: (owned: OwnedTask) => Promise<void>;
  /** Runs work when nothing else touches the engine. */
  readonly exclusive: (work: () => Promise<void>) => Promise<void>;
  /** The journal cannot be written: the daemon cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** Records are taken in together with those that come so much later, ms: many cost each less than few. */
const TAKE_EVERY = 50;
/** So many wait at most, in records and bytes; so many records are taken in at once. */
const MOST_HELD = { records: 8_192, bytes: 8_388_608 };

const PARTITION = 0;

/** A group that stands in the journal and is to be taken in. */
interface Held extends SentGroup {
  readonly dropped?: Delivery["dropped"];
}

/** An entry of the journal, until all of it is committed. */
interface Outstanding {
  readonly position: number;
  readonly ends: readonly { readonly stream: string; readonly end: number }[];
}

/**
 * Records that are sent to this daemon. They are numbered, and acknowledged once they stand in the journal under their numbers;
 * they are counted a moment later, many at once, and committed like records of a topic. After a crash those that the committed
 * offset does not cover are taken out of the journal again: each is counted exactly once.
 */
export class SentRecords {
  private readonly options: SentRecordsOptions;
  /** By stream, the offset of the next record; only of those that are ready to be sent to. */
  private readonly next = new Map<string, number>();
  private readonly held = new Map<string, Held[]>();
  private readonly size = { records: 0, bytes: 0 };
  private outstanding: Outstanding[] = [];
  /** Never rejects. */
  private appending: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SentRecordsOptions) {
    this.options = options;
  }

  /** As `SourceListener.deliver` says. */
  async deliver(deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
    if (this.size.records >= MOST_HELD.records || this.size.bytes >= MOST_HELD.bytes) await this.takeHeld();
    const groups = deliveries.map((delivery) => this.number(delivery));
    const accepted = groups.filter((group) => group !== undefined);
    if (accepted.length > 0) {
      await this.append(accepted);
      // Who is told what became of each record waits until that is known.
      if (accepted.some(({ dropped }) => dropped !== undefined)) await this.takeHeld();
      else this.timer ??= setTimeout(() => this.onTime(), TAKE_EVERY).unref();
    }
    return groups.map((group) => group !== undefined);
  }

  /** Takes in what waits. The caller has the engine to itself. */
  async take(): Promise<void> {
    const streams = [...this.options.streams].filter((stream) => this.held.has(stream));
    const all = streams.map((stream) => this.held.get(stream) ?? []);
    this.forget(streams);
    for (const groups of all)
      for (const part of inParts(groups, MOST_HELD.records)) await this.takePart(part);
  }

  /** Lets go of what is committed. */
  release(): void {
    let position: number | undefined;
    while (this.outstanding.length > 0 && this.isCommitted(this.outstanding[0]))
      position = this.outstanding.shift()?.position;
    if (position !== undefined) this.options.journal?.release(position);
  }

  /**
   * Their tasks were opened where the store last knew them: takes in what the journal has besides. From then on they can be
   * sent to. The caller has the engine to itself.
   */
  async replay(streams: readonly string[]): Promise<void> {
    for (const stream of streams) this.next.delete(stream);
    await this.appending;
    this.forget(streams);
    const entries = Array.from(this.options.journal?.entries() ?? [], ({ position, bytes }) => ({
      position,
      groups: this.ofStreams(decodeGroups(bytes)),
    }));
    this.outstanding = entries.map(({ position, groups }) => ({ position, ends: groups.map(placeOf) }));
    for (const stream of streams) {
      const stored = this.options.tasks.of(stream, PARTITION)?.task.progressOf(stream).next ?? 0;
      const groups = entries.flatMap((entry) => entry.groups.filter((group) => group.stream === stream));
      const missing = groups.filter(({ first }) => first >= stored);
      for (const group of missing) this.hold(group);
      this.next.set(stream, Math.max(stored, ...groups.slice(-1).map(endOf)));
      const records = missing.reduce((sum, group) => sum + group.records, 0);
      if (records > 0) this.options.log.info({ stream, records }, REPLAYED);
    }
    await this.take();
    this.release();
  }

  /** Numbers the records; undefined where their task is not ours, or not open yet. */
  private number({ stream, requests, unread, dropped }: Delivery): Held | undefined {
    const first = this.next.get(stream);
    if (first === undefined || this.options.tasks.of(stream, PARTITION) === undefined) return undefined;
    const group = groupOf({ stream, first, unread, requests });
    this.next.set(stream, endOf(group));
    return dropped === undefined ? group : { ...group, dropped };
  }

  private append(groups: readonly Held[]): Promise<void> {
    const appended = this.appending.then(() => this.write(groups));
    const { onFailure } = this.options;
    this.appending = appended.catch((error: unknown) =>
      onFailure(error instanceof Error ? error : new Error(String(error))),
    );
    return appended;
  }

  private async write(groups: readonly Held[]): Promise<void> {
    const { journal } = this.options;
    if (journal === undefined) throw new Error("records were sent, and the store has no journal");
    this.release();
    const position = await journal.append(encodeGroups(groups));
    this.outstanding.push({ position, ends: groups.map(placeOf) });
    for (const group of groups) this.hold(group);
  }

  private hold(group: Held): void {
    const groups = this.held.get(group.stream) ?? [];
    this.held.set(group.stream, groups);
    groups.push(group);
    this.size.records += group.records;
    this.size.bytes += group.bytes;
  }

  private forget(streams: readonly string[]): void {
    for (const group of streams.flatMap((stream) => this.held.get(stream) ?? [])) {
      this.size.records -= group.records;
      this.size.bytes -= group.bytes;
    }
    for (const stream of streams) this.held.delete(stream);
  }

  private onTime(): void {
    this.timer = undefined;
    // Whoever runs it has told of its failure.
    this.takeHeld().catch(() => undefined);
  }

  private takeHeld(): Promise<void> {
    return this.options.exclusive(() => this.take());
  }

  private async takePart(groups: readonly Held[]): Promise<void> {
    const { tasks, takeIn, commitIfDue, clock } = this.options;
    const { stream } = groups[0];
    const owned = tasks.of(stream, PARTITION);
    // Who opens the task the next time finds them in the journal.
    if (owned === undefined) return;
    const unread = { overflow: 0, oversize: 0 };
    for (const group of groups) {
      unread.overflow += group.unread.overflow;
      unread.oversize += group.unread.oversize;
    }
    turnAway(owned, { stream, unread, now: clock.tick().now });
    const batch = recordsOf(
      stream,
      groups.map((group) => ({ requests: group.requests, offset: firstRecord(group) })),
    );
    if (batch.count > 0) {
      const decoded = await takeIn(batch);
      if (decoded === undefined) return;
      if (groups.some(({ dropped }) => dropped !== undefined)) {
        tellDropped(decoded, (offset, ...why) => {
          const group = groups.findLast(({ first }) => first <= offset) ?? groups[0];
          group.dropped?.(offset - firstRecord(group), ...why);
        });
      }
    }
    owned.task.progressOf(stream).next = endOf(groups[groups.length - 1]);
    await commitIfDue(owned);
  }

  private isCommitted({ ends }: Outstanding): boolean {
    return ends.every(({ stream, end }) => {
      const progress = this.options.tasks.of(stream, PARTITION)?.task.progressOf(stream);
      return (progress?.committed.next ?? 0) >= end;
    });
  }

  /** Without those of streams that are not sent here any more: nobody will ever take them in. */
  private ofStreams(groups: readonly SentGroup[]): readonly SentGroup[] {
    const { streams, log } = this.options;
    return groups.filter(({ stream, records }) => {
      if (streams.has(stream)) return true;
      log.warn({ stream, records }, ORPHANED);
      return false;
    });
  }
}

const REPLAYED = "records that were acknowledged and not counted yet are taken out of the journal";
const ORPHANED =
  "acknowledged records of a stream that is not in the configuration any more are dropped from the journal";

function placeOf(group: SentGroup): { readonly stream: string; readonly end: number } {
  return { stream: group.stream, end: endOf(group) };
}
