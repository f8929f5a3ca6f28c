import type { Closing } from "../engine/engine.ts";

/** Name under which whoever judges announces what of a model is closed. */
export function closingName(model: string): string {
  return `closing/${model}`;
}

export function writeClosing({ panes, outcomes }: Closing): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([finite(panes), finite(outcomes)]));
}

export function readClosing(blob: Uint8Array): Closing {
  // Written by writeClosing and guarded by the store's checksum.
  const [panes, outcomes] = JSON.parse(new TextDecoder().decode(blob)) as (number | null)[];
  return { panes: panes ?? Number.NEGATIVE_INFINITY, outcomes: outcomes ?? Number.NEGATIVE_INFINITY };
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}
