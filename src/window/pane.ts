/** A pane of one (layout, version, segment): all columns' integers, packed by counts/packed.ts. */
export interface PaneValue {
  /** Names the layout that the integers stand on; panes of different layouts never add up. */
  readonly layout: string;
  readonly version: string;
  readonly segment: string;
  /** Start of the pane, ms since the epoch. */
  readonly start: number;
  readonly packed: Uint8Array;
}
