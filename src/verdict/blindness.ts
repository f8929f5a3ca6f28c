import { MINUTE } from "../config/quantity.ts";
import { awakeAt, type Tick } from "../config/tick.ts";
import { formatAge, formatCount, formatShare } from "./quantities.ts";

/** What the daemon knows of one stream of a model at one moment. Counts are since the store began. */
export interface StreamSight {
  readonly stream: string;
  readonly role: "inference" | "inputs" | "outputs" | "labels";
  /** Records that came, and rows that they held. */
  readonly records: number;
  readonly received: number;
  readonly undecodable: number;
  /** Rows dropped, by what it says of the monitor. */
  readonly invalid: number;
  readonly unknownModel: number;
  readonly orphans: number;
  readonly future: number;
  readonly late: number;
  readonly measured: number;
  /** Records between the next one to read and the end, over all partitions; NaN where not known. */
  readonly lag: number;
  /** Record time that the stream has reached, ms; -Infinity before the first record. */
  readonly reached: number;
  /** A file, which has an end: nothing is late in it, and nothing falls behind. */
  readonly bounded: boolean;
}

/** Why part of what is watched cannot be seen, in one sentence without its full stop. */
export interface BlindCause {
  readonly name: string;
  readonly text: string;
  /** Wall clock, ms: when it was first found, had that clock never been set since. */
  readonly since: number;
}

/** What came in this time decides; ms. */
const SPAN = 10 * MINUTE;
/** A look is kept this often. */
const STEP = MINUTE / 2;
/** Fewer records or rows in the span decide nothing. */
const LEAST = 100;
/** So much of all that came is as good as all. */
const ALMOST_ALL = 0.9;
/** Of rows dated in the future half is enough: a clock is wrong. */
const HALF = 0.5;

interface Look {
  /** Awake time, ms. */
  readonly at: number;
  readonly streams: ReadonlyMap<string, StreamSight>;
}

export interface LookAt {
  readonly streams: readonly StreamSight[];
  /** Why sources cannot be read from for now. */
  readonly outages: readonly string[];
  /** Why requests and responses do not find each other; absent where they do. */
  readonly broken?: string;
  /** Labels are missed when none has come for this long while predictions went on, ms; Infinity where none are expected. */
  readonly labelPatience: number;
}

/**
 * Watches whether the monitor of one model sees anything at all: nothing that it counts would tell (STREAMING 31). Goes by the
 * time that somebody was awake to look, and remembers the last ten minutes of it.
 */
export class BlindnessWatch {
  private looks: readonly Look[] = [];
  /** When each cause was first found, awake time, ms. */
  private causes: ReadonlyMap<string, number> = new Map();

  /** All that cannot be seen at this moment. */
  look({ streams, outages, broken, labelPatience }: LookAt, tick: Tick): readonly BlindCause[] {
    const now = awakeAt(tick);
    const look: Look = { at: now, streams: new Map(streams.map((sight) => [sight.stream, sight])) };
    const before = this.looks.find(({ at }) => at >= now - SPAN) ?? look;
    const found = [
      // Not by its text, which says for how long.
      ...outages.map((text, position) => ({ name: `away: ${position}`, text })),
      ...(broken === undefined ? [] : [{ name: "join-broken", text: broken }]),
      ...streams.flatMap((sight) => {
        const earlier = before.streams.get(sight.stream);
        return earlier === undefined
          ? []
          : [...lost(earlier, sight), ...behind(earlier, sight, now - before.at)];
      }),
      ...unlabelled(streams, labelPatience),
    ];
    if (now - (this.looks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= STEP) {
      this.looks = [...this.looks.filter(({ at }) => at >= now - SPAN), look];
    }
    this.causes = new Map(found.map(({ name }) => [name, this.causes.get(name) ?? now]));
    return found.map(({ name, text }) => {
      const lasted = now - (this.causes.get(name) ?? now);
      return { name, text, since: tick.now - lasted };
    });
  }
}

type Found = Pick<BlindCause, "name" | "text">;

/** What came in the span, and was not counted. */
function lost(earlier: StreamSight, sight: StreamSight): Found[] {
  const { stream } = sight;
  const rise = (field: keyof StreamSight): number => Number(sight[field]) - Number(earlier[field]);
  const records = rise("records");
  const rows = rise("received");
  const found: Found[] = [];
  const add = (name: string, count: number, { of, what, least = ALMOST_ALL }: Finding): void => {
    if (of < LEAST || count < least * of) return;
    found.push({
      name: `${name}: ${stream}`,
      text: `${formatShare(count / of)} of the last ${formatCount(of)} ${what}`,
    });
  };
  add("undecodable", rise("undecodable"), { of: records, what: `records of ${stream} could not be decoded` });
  const envelope = `rows of ${stream} are invalid as a whole: id, time or version cannot be read, or the time is ahead of the clock`;
  add("invalid", rise("invalid"), { of: rows, what: envelope });
  add("unknown model", rise("unknownModel"), {
    of: rows,
    what: `rows of ${stream} name a model without rule file`,
  });
  // What still waits is no orphan yet.
  const settled = rise("orphans") + rise("measured");
  const other = { inference: "half", inputs: "response", outputs: "request", labels: "prediction" }[
    sight.role
  ];
  add("orphans", rise("orphans"), { of: settled, what: `rows of ${stream} never met their ${other}` });
  const skewed = `rows of ${stream} are dated ahead of their record: a clock is wrong`;
  add("clock skew", rise("future"), { of: rows, what: skewed, least: HALF });
  add("late", rise("late"), { of: rows, what: `rows of ${stream} came after their pane had closed` });
  return found;
}

interface Finding {
  readonly of: number;
  readonly what: string;
  readonly least?: number;
}

/** Falls behind though it is read: what is written is more than what is read, for the whole span. */
function behind(earlier: StreamSight, sight: StreamSight, span: number): Found[] {
  const { stream, lag, bounded } = sight;
  if (bounded || span < SPAN - STEP || !(lag >= LEAST) || !(lag > 1.1 * earlier.lag)) return [];
  const then = `${formatCount(earlier.lag)} ${formatAge(span / 1000)} ago`;
  // So little is caught up within a minute of reading.
  const read = sight.records - earlier.records;
  if (lag < read / 10) return [];
  return [
    {
      name: `lag: ${stream}`,
      text: `${stream} is ${formatCount(lag)} records behind and falls further back, ${then}`,
    },
  ];
}

function unlabelled(streams: readonly StreamSight[], patience: number): Found[] {
  const predictions = Math.max(
    ...streams.filter(({ role }) => role !== "labels").map(({ reached }) => reached),
  );
  const labels = streams.filter(({ role, bounded }) => role === "labels" && !bounded);
  return labels.flatMap(({ stream, reached }) => {
    const wait = predictions - reached;
    if (!(Number.isFinite(reached) && wait > patience)) return [];
    const text = `${stream} has brought no label for ${formatAge(wait / 1000)}, and predictions went on`;
    return [{ name: `labels: ${stream}`, text }];
  });
}
