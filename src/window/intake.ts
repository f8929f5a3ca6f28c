import { addArrivals, markFaultyRows } from "../counts/arrivals.ts";
import { binColumn } from "../counts/bins.ts";
import { slotCategories, slotsOfCodes } from "../counts/categories.ts";
import { extendedSections } from "../counts/layout.ts";
import type { Section } from "../counts/layout.ts";
import { ARRIVALS } from "../counts/tails.ts";
import { addSlots, markFaults } from "../counts/slots.ts";
import { addSums, stepColumn } from "../counts/sums.ts";
import { addCells, cellColumn } from "../counts/distinct.ts";
import type { EventBatch } from "../event/batch.ts";
import { cellsOfTexts } from "../event/distinct-cell.ts";
import type { CountingPlan } from "./counting-plan.ts";
import { OpenPanes, type PaneGroup } from "./open-panes.ts";
import { assignSegments } from "./segments.ts";

/** One model's open panes in one task, and the scratch columns that counting a batch needs. */
export class Intake {
  readonly plan: CountingPlan;
  readonly panes: OpenPanes;
  private capacity = 0;
  private slots = new Int32Array(0);
  private faulty = new Uint8Array(0);
  private rowBlock = new Int32Array(0);
  /** By column of the plan: where its values are summed, or its different ones counted. */
  private readonly extended: readonly (Section | undefined)[];
  private amounts = new Int32Array(0);
  private cellOfCode: Int32Array[] = [];
  private slotOfCode: { dictionary: readonly string[]; size: number; slots: Int32Array }[] = [];
  /** Start of each row's pane, NaN for rows that belong to none: written by admission. */
  starts = new Float64Array(0);
  /** Per grouping, each row's segment: also read by whoever files predictions. */
  segmentOf: Int32Array[] = [];

  constructor(plan: CountingPlan) {
    this.plan = plan;
    const { layout, pane, segments } = plan;
    this.extended = extendedSections(
      layout,
      plan.columns.map(({ ref }) => ref),
    );
    this.panes = new OpenPanes({ stride: layout.stride, pane, segments: segments.names.length });
  }

  /** Makes the scratch columns long enough for a batch; called before it is admitted. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return;
    this.capacity = Math.max(rows, this.capacity * 2);
    this.slots = new Int32Array(this.capacity);
    if (this.extended.some((section) => section !== undefined)) this.amounts = new Int32Array(this.capacity);
    this.faulty = new Uint8Array(this.capacity);
    this.rowBlock = new Int32Array(this.capacity);
    this.starts = new Float64Array(this.capacity);
    this.segmentOf = this.plan.segments.groupings.map(() => new Int32Array(this.capacity));
  }

  /**
   * Counts an admitted batch: rows without a reason in `all` and in their segment of every grouping, invalid rows in
   * `all` only. `versionOf` maps the batch's version codes to admitted positions.
   */
  count(batch: EventBatch, versionOf: Int32Array): void {
    if (batch.rows === 0) return;
    markFaultyRows(batch, this.faulty);
    this.locate(batch, versionOf);
    this.countArrivals(batch);
    const groupBlocks = this.plan.segments.groupings.map((grouping, g) => {
      assignSegments(batch, grouping, this.segmentOf[g]);
      return this.locateSegments(batch, versionOf, g);
    });
    // Invalid rows have a block for their arrival; columns count measured rows only.
    for (let row = 0; row < batch.rows; row++) if (batch.reason[row] !== 0) this.rowBlock[row] = -1;
    for (const [c, column] of this.plan.columns.entries()) {
      this.slotColumn(batch, c);
      const section = this.plan.layout.sections[c + 1];
      const counting = { blocks: this.panes.blocks, section, slots: this.slots, rows: batch.rows };
      if (batch.faults > 0) markFaults(batch, column.position, section, this.slots);
      addSlots({ ...counting, rowBlock: this.rowBlock });
      for (const rowBlock of groupBlocks) addSlots({ ...counting, rowBlock });
      this.extendColumn(batch, c, [this.rowBlock, ...groupBlocks]);
    }
  }

  /** Counts a record that could not be decoded at all. */
  countUndecodable(start: number, version: number): void {
    const offset = this.panes.touch(this.panes.group(start, version), 0);
    this.panes.blocks[offset + this.plan.layout.sections[0].offset + ARRIVALS.undecodable] += 1;
  }

  private locate(batch: EventBatch, versionOf: Int32Array): void {
    const { panes, starts, rowBlock } = this;
    let group: PaneGroup | undefined;
    let offset = -1;
    for (let row = 0; row < batch.rows; row++) {
      const start = starts[row];
      if (start !== start) {
        rowBlock[row] = -1;
        continue;
      }
      const version = versionOf[batch.version[row]];
      if (group === undefined || group.start !== start || group.version !== version) {
        group = panes.group(start, version);
        offset = panes.touch(group, 0);
      }
      rowBlock[row] = offset;
    }
  }

  private countArrivals(batch: EventBatch): void {
    const { offset } = this.plan.layout.sections[0];
    const { rowBlock, faulty } = this;
    addArrivals({ blocks: this.panes.blocks, rowBlock, offset, batch, faulty });
  }

  /** Each measured row's block in its segment of grouping g, arrivals counted on the way. */
  private locateSegments(batch: EventBatch, versionOf: Int32Array, g: number): Int32Array {
    const { panes, starts } = this;
    const segmentOf = this.segmentOf[g];
    const rowBlock = new Int32Array(batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const start = starts[row];
      if (start !== start || batch.reason[row] !== 0) {
        rowBlock[row] = -1;
        continue;
      }
      const group = panes.group(start, versionOf[batch.version[row]]);
      rowBlock[row] = panes.touch(group, segmentOf[row]);
    }
    const { offset } = this.plan.layout.sections[0];
    addArrivals({ blocks: panes.blocks, rowBlock, offset, batch, faulty: this.faulty });
    return rowBlock;
  }

  private slotColumn(batch: EventBatch, c: number): void {
    const { ref, position } = this.plan.columns[c];
    const column = batch.columns[position];
    if (column.type === "number") {
      if (ref.kind === "bins") binColumn(column, ref, batch.rows, this.slots);
      return;
    }
    if (ref.kind === "categories") {
      slotCategories(column, this.codeTable(c, column.categories, ref), batch.rows, this.slots);
    }
  }

  /** Sums up a column whose slots have been written, or counts its different values, if anybody asks for that. */
  private extendColumn(batch: EventBatch, c: number, rowBlocks: readonly Int32Array[]): void {
    const section = this.extended[c];
    if (section === undefined) return;
    const { ref, position } = this.plan.columns[c];
    const column = batch.columns[position];
    const { slots, amounts } = this;
    const { rows } = batch;
    const counting = { blocks: this.panes.blocks, section, rows };
    if (column.type === "number" && ref.kind === "bins") {
      stepColumn({ column, grid: ref.grid, slots, rows, into: amounts });
      for (const rowBlock of rowBlocks) addSums({ ...counting, rowBlock, slots }, ref.grid, amounts);
    } else if (column.type === "category") {
      cellColumn(column, this.cellTable(c), rows, amounts);
      for (const rowBlock of rowBlocks) addCells({ ...counting, rowBlock, slots: amounts });
    }
  }

  private cellTable(c: number): Int32Array {
    const { position } = this.plan.columns[c];
    this.cellOfCode[c] ??= cellsOfTexts(this.plan.plan.columns[position].categories);
    return this.cellOfCode[c];
  }

  private codeTable(
    c: number,
    dictionary: readonly string[],
    ref: Parameters<typeof slotsOfCodes>[1],
  ): Int32Array {
    const cached = this.slotOfCode[c];
    if (cached !== undefined && cached.dictionary === dictionary && cached.size === dictionary.length) {
      return cached.slots;
    }
    const slots = slotsOfCodes(dictionary, ref);
    this.slotOfCode[c] = { dictionary, size: dictionary.length, slots };
    return slots;
  }
}
