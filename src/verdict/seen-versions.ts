/**
 * When each version last sent something, in event time: the alerts of one that is gone would otherwise fire for ever, since
 * nothing is left that could calm them.
 */
export class SeenVersions {
  private readonly last = new Map<string, number>();
  private readonly forgetAfter: number;

  /** `forgetAfter` is how long a version may be silent, ms. */
  constructor(forgetAfter: number) {
    this.forgetAfter = forgetAfter;
  }

  /** The version has sent something in a span of event time that ends at `end`, ms. Spans come in order. */
  see(version: string, end: number): void {
    this.last.set(version, end);
  }

  has(version: string): boolean {
    return this.last.has(version);
  }

  /** The versions that have been silent for too long by `now`, with the event time since when they are; forgets them. */
  takeGone(now: number): { version: string; at: number }[] {
    const gone: { version: string; at: number }[] = [];
    for (const [version, end] of this.last) {
      if (now - end < this.forgetAfter) continue;
      this.last.delete(version);
      gone.push({ version, at: end + this.forgetAfter });
    }
    return gone;
  }

  export(): [string, number][] {
    return [...this.last];
  }

  restore(last: readonly (readonly [string, number])[]): void {
    for (const [version, end] of last) this.last.set(version, end);
  }
}
