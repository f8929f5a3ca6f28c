import { addInto } from "../counts/vector.ts";

/**
 * Sums of the last `size` of event time, per series block, as a running difference: each step that enters is added, each
 * that leaves is subtracted. Integers, so nothing drifts. A step is `every` long: one pane, or several added up first.
 */
export class RollingWindow {
  readonly size: number;
  readonly every: number;
  private readonly stride: number;
  private readonly codec: VectorCodec;
  private readonly sums = new Map<number, Float64Array>();
  /** Of the window before this one, where it is asked for. */
  private readonly before: Map<number, Float64Array> | undefined;
  /** What is being gathered for the step that has not ended: a single pane as it came, or the sum of several. */
  private readonly gathering = new Map<number, Uint8Array | Float64Array>();
  /** Steps inside the window, oldest first; empty steps are not kept. */
  private readonly steps: Step[] = [];
  /** Steps of the window before, oldest first. */
  private readonly left: Step[] = [];
  private readonly spare: Float64Array[] = [];

  /**
   * `size` and `every` in ms, size a multiple of every; `stride` integers per block; `isTrailed`: the window before is summed
   * too.
   */
  constructor(options: {
    size: number;
    every: number;
    stride: number;
    codec: VectorCodec;
    isTrailed?: boolean;
  }) {
    this.size = options.size;
    this.every = options.every;
    this.stride = options.stride;
    this.codec = options.codec;
    this.before = options.isTrailed === true ? new Map() : undefined;
  }

  /** Adds a closed pane of one block. All panes of a step come before its `endStep`. The bytes are kept. */
  addPane(block: number, packed: Uint8Array): void {
    const before = this.gathering.get(block);
    if (before === undefined) {
      this.gathering.set(block, packed);
      return;
    }
    const sum = before instanceof Float64Array ? before : this.unpack(before);
    this.codec.unpackInto(packed, sum, 1);
    this.gathering.set(block, sum);
  }

  /** The step that ends at `end` is complete: it enters the window, and what is older than `size` leaves. */
  endStep(end: number): void {
    if (this.gathering.size > 0) {
      const vectors = new Map<number, Uint8Array>();
      for (const [block, gathered] of this.gathering) vectors.set(block, this.enter(block, gathered));
      this.gathering.clear();
      this.steps.push({ end, vectors });
    }
    this.leave(this.steps, end - this.size, { from: this.sums, ...(this.before && { into: this.before }) });
    if (this.before !== undefined) this.leave(this.left, end - 2 * this.size, { from: this.before });
  }

  /** Steps that ended by `end` leave one sum, and enter another one or are forgotten. */
  private leave(steps: Step[], end: number, { from, into }: { from: Sums; into?: Sums }): void {
    let oldest = steps[0];
    while (oldest !== undefined && oldest.end <= end) {
      for (const [block, packed] of oldest.vectors) {
        this.codec.unpackInto(packed, this.sumOf(from, block), -1);
        if (into !== undefined) this.codec.unpackInto(packed, this.sumOf(into, block), 1);
      }
      if (into !== undefined) this.left.push(oldest);
      steps.shift();
      oldest = steps[0];
    }
  }

  /** The sum of a block over the window; undefined if it never held anything. Do not keep it: it changes in place. */
  sum(block: number): Float64Array | undefined {
    return this.sums.get(block);
  }

  /** The same of the window before, which ends where this one begins. */
  sumBefore(block: number): Float64Array | undefined {
    return this.before?.get(block);
  }

  /** How many steps of the window fulfil a condition on a block's sums. Unpacks them all: for rare questions only. */
  countSteps(block: number, holds: (sum: Float64Array) => boolean): number {
    const vector = new Float64Array(this.stride);
    let holding = 0;
    for (const { vectors } of this.steps) {
      const packed = vectors.get(block);
      if (packed === undefined) continue;
      this.codec.unpackInto(packed, vector.fill(0), 1);
      if (holds(vector)) holding++;
    }
    return holding;
  }

  /** Adds what a block has gathered to its sum, and answers it packed. */
  private enter(block: number, gathered: Uint8Array | Float64Array): Uint8Array {
    if (gathered instanceof Uint8Array) {
      this.codec.unpackInto(gathered, this.sumOf(this.sums, block), 1);
      return gathered;
    }
    addInto(this.sumOf(this.sums, block), gathered);
    const packed = this.codec.pack(gathered);
    this.spare.push(gathered.fill(0));
    return packed;
  }

  private unpack(packed: Uint8Array): Float64Array {
    const vector = this.spare.pop() ?? new Float64Array(this.stride);
    this.codec.unpackInto(packed, vector, 1);
    return vector;
  }

  private sumOf(sums: Sums, block: number): Float64Array {
    let sum = sums.get(block);
    if (sum === undefined) {
      sum = new Float64Array(this.stride);
      sums.set(block, sum);
    }
    return sum;
  }
}

type Sums = Map<number, Float64Array>;

interface Step {
  readonly end: number;
  readonly vectors: ReadonlyMap<number, Uint8Array>;
}

/** Packs vectors of integers; counts/packed.ts is the one. */
export interface VectorCodec {
  pack(vector: Float64Array): Uint8Array;
  unpackInto(packed: Uint8Array, into: Float64Array, sign: 1 | -1): void;
}
