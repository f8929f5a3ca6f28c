/** A label that came before its prediction. */
export interface EarlyLabel {
  readonly high: number;
  readonly low: number;
  readonly truth: number;
  /** The stream that brought it, in whose ledger it waits. */
  readonly stream: string;
  /** Of the label's record in that stream. */
  readonly offset: number;
  /** The label's record time, ms since the epoch. */
  readonly recordTime: number;
}

/** The most labels that may wait; further ones are orphans at once. */
const MOST_EARLY = 100_000;

const NONE: readonly EarlyLabel[] = [];

/**
 * Labels of ids that nobody has predicted yet: few, and only for minutes. Part of the task's own record. One with another
 * truth than the last of its id waits too: it is a revision, whichever comes first, prediction or labels.
 */
export class EarlyLabels {
  /** By id, in the order in which they came. */
  private readonly labels = new Map<string, EarlyLabel[]>();
  private waiting = 0;

  get count(): number {
    return this.waiting;
  }

  /** Whether the label may wait; `known` where the last one of its id says the same. */
  add(label: EarlyLabel): "waiting" | "known" | "full" {
    const key = keyOf(label.high, label.low);
    const earlier = this.labels.get(key);
    if (earlier?.at(-1)?.truth === label.truth) return "known";
    if (this.waiting >= MOST_EARLY) return "full";
    if (earlier === undefined) this.labels.set(key, [label]);
    else earlier.push(label);
    this.waiting += 1;
    return "waiting";
  }

  /** The labels of this id, which no longer wait. */
  take(high: number, low: number): readonly EarlyLabel[] {
    if (this.waiting === 0) return NONE;
    const key = keyOf(high, low);
    const taken = this.labels.get(key) ?? NONE;
    this.labels.delete(key);
    this.waiting -= taken.length;
    return taken;
  }

  /** Gives up labels whose record is older than `before`. */
  expire(before: number): EarlyLabel[] {
    const expired: EarlyLabel[] = [];
    for (const [key, labels] of this.labels) {
      const kept = labels.filter(({ recordTime }) => recordTime >= before);
      if (kept.length === labels.length) continue;
      if (kept.length === 0) this.labels.delete(key);
      else this.labels.set(key, kept);
      expired.push(...labels.filter(({ recordTime }) => recordTime < before));
    }
    this.waiting -= expired.length;
    return expired;
  }

  export(): readonly EarlyLabel[] {
    return [...this.labels.values()].flat();
  }
}

function keyOf(high: number, low: number): string {
  return `${high}:${low}`;
}
