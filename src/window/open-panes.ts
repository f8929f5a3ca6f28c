/**
 * The panes of one task that may still grow: one block of integers per (pane, version, segment), side by side in one
 * array, so that counting a column is one loop over offsets.
 */
export class OpenPanes {
  readonly stride: number;
  readonly pane: number;
  readonly segments: number;
  /** Integers of all blocks; replaced by a larger array when it is full, so read it anew in every loop. */
  blocks: Float64Array;
  private dirty: Uint8Array;
  private readonly free: number[] = [];
  private used = 0;
  private begunSince = 0;
  private readonly groups = new Map<number, PaneGroup>();
  private last: PaneGroup | undefined;

  constructor(options: { stride: number; pane: number; segments: number }) {
    this.stride = options.stride;
    this.pane = options.pane;
    this.segments = options.segments;
    this.blocks = new Float64Array(options.stride * 8);
    this.dirty = new Uint8Array(8);
  }

  get size(): number {
    return this.groups.size;
  }

  /** How many panes, of all versions, have begun since the last call of `settle`. */
  get begun(): number {
    return this.begunSince;
  }

  /** The blocks of one pane and version; made empty if they are not there. `start` is a multiple of the pane. */
  group(start: number, version: number): PaneGroup {
    const last = this.last;
    if (last !== undefined && last.start === start && last.version === version) return last;
    const key = (start / this.pane) * VERSION_SPAN + version;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { start, version, blockOfSegment: new Int32Array(this.segments).fill(-1) };
      this.groups.set(key, group);
      this.begunSince += 1;
    }
    this.last = group;
    return group;
  }

  /** Offset in `blocks` of a segment of a group, marked as changed; allocated at first use. */
  touch(group: PaneGroup, segment: number): number {
    let block = group.blockOfSegment[segment];
    if (block < 0) {
      block = this.allocate();
      group.blockOfSegment[segment] = block;
    }
    this.dirty[block] = 1;
    return block * this.stride;
  }

  /** Calls back for every block that changed since the last call of `settle`. */
  forEachChanged(visit: (group: PaneGroup, segment: number, offset: number) => void): void {
    for (const group of this.groups.values()) {
      for (let segment = 0; segment < this.segments; segment++) {
        const block = group.blockOfSegment[segment];
        if (block >= 0 && this.dirty[block] === 1) visit(group, segment, block * this.stride);
      }
    }
  }

  /** What changed has been committed. */
  settle(): void {
    this.dirty.fill(0);
    this.begunSince = 0;
  }

  /** Forgets the panes that end at or before `time`: nothing can reach them any more. They must have been committed. */
  closeBefore(time: number): void {
    for (const [key, group] of this.groups) {
      if (group.start + this.pane > time) continue;
      for (const block of group.blockOfSegment) if (block >= 0) this.release(block);
      this.groups.delete(key);
      if (this.last === group) this.last = undefined;
    }
  }

  private allocate(): number {
    const reused = this.free.pop();
    if (reused !== undefined) return reused;
    if (this.used === this.dirty.length) this.grow();
    return this.used++;
  }

  private release(block: number): void {
    this.blocks.fill(0, block * this.stride, (block + 1) * this.stride);
    this.dirty[block] = 0;
    this.free.push(block);
  }

  private grow(): void {
    const blocks = new Float64Array(this.blocks.length * 2);
    blocks.set(this.blocks);
    this.blocks = blocks;
    const dirty = new Uint8Array(this.dirty.length * 2);
    dirty.set(this.dirty);
    this.dirty = dirty;
  }
}

/** Versions per model stay below this (versions.keep <= 8, and `other`), so that pane and version make one number. */
const VERSION_SPAN = 16;

export interface PaneGroup {
  /** ms since the epoch. */
  readonly start: number;
  /** Position among the model's admitted versions; `versions.keep` is `other`. */
  readonly version: number;
  /** Block of each segment, -1 where nothing was counted yet. */
  readonly blockOfSegment: Int32Array;
}
