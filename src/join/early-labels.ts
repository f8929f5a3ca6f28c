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

/** Labels of ids that nobody has predicted yet: few, and only for minutes. Part of the task's own record. */
export class EarlyLabels {
  private readonly labels = new Map<string, EarlyLabel>();

  get count(): number {
    return this.labels.size;
  }

  /** Whether the label may wait; the first one of an id stays. */
  add(label: EarlyLabel): "waiting" | "known" | "full" {
    const key = keyOf(label.high, label.low);
    if (this.labels.has(key)) return "known";
    if (this.labels.size >= MOST_EARLY) return "full";
    this.labels.set(key, label);
    return "waiting";
  }

  /** The label of this id, which no longer waits. */
  take(high: number, low: number): EarlyLabel | undefined {
    if (this.labels.size === 0) return undefined;
    const key = keyOf(high, low);
    const label = this.labels.get(key);
    if (label !== undefined) this.labels.delete(key);
    return label;
  }

  /** Gives up labels whose record is older than `before`. */
  expire(before: number): EarlyLabel[] {
    const expired: EarlyLabel[] = [];
    for (const [key, label] of this.labels) {
      if (label.recordTime >= before) continue;
      this.labels.delete(key);
      expired.push(label);
    }
    return expired;
  }

  export(): readonly EarlyLabel[] {
    return [...this.labels.values()];
  }
}

function keyOf(high: number, low: number): string {
  return `${high}:${low}`;
}
