const MOST_VERSIONS = 256;
/** As decoders call those that they do not tell apart. */
const OTHER_VERSION = "other";

/** Numbers that stand for version names in entries that outlive the process: part of the task's record. */
export class VersionNumbers {
  /** By number; the first is none. */
  readonly names: string[] = [""];
  private last:
    { readonly names: readonly string[]; readonly count: number; readonly numbers: Int32Array } | undefined;

  /** Of a decoder's list of names, by position. Lists only grow. */
  of(names: readonly string[]): Int32Array {
    if (this.last?.names !== names || this.last.count !== names.length) {
      this.last = {
        names,
        count: names.length,
        numbers: Int32Array.from(names, (name) => this.number(name)),
      };
    }
    return this.last.numbers;
  }

  restore(names: readonly string[]): void {
    this.names.splice(0, this.names.length, ...names);
    this.last = undefined;
  }

  /** A decoder tells few versions apart, but each start of the daemon may tell others. */
  private number(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    if (this.names.length < MOST_VERSIONS) return this.names.push(name) - 1;
    const other = this.names.indexOf(OTHER_VERSION);
    return other >= 0 ? other : this.names.push(OTHER_VERSION) - 1;
  }
}
