import type { DecodedRecords, EventBatch } from "../event/batch.ts";
import type { StreamProgress } from "./stream-progress.ts";

/**
 * The versions that batch `b` brings which are not admitted yet, in order of first sight, as if every record had come alone.
 * An invalid row may name anything as its version, so only its lack of one is taken at its word; but where nothing is admitted
 * yet even garbage must be counted somewhere that a rule can see: it is what the first row says, or says nothing.
 */
export function newVersionsOf(decoded: DecodedRecords, b: number, admitted: readonly string[]): string[] {
  const batch = decoded.batches[b];
  if (batch.plan.half !== undefined) return newVersionsOfHalves(decoded, b, admitted);
  const names: string[] = [];
  if (admitted.length === 0 && beginsWithGarbage(decoded, b)) names.push("");
  const seen = new Uint8Array(batch.versions.length);
  for (let row = 0; row < batch.rows; row++) {
    const code = batch.version[row];
    if (seen[code] === 1) continue;
    const isFirst = admitted.length + names.length === 0;
    if (batch.reason[row] !== 0 && code !== 0 && !isFirst) continue;
    seen[code] = 1;
    const name = batch.versions[code];
    if (!admitted.includes(name) && !names.includes(name)) names.push(name);
  }
  return names;
}

/**
 * What halves name. That they name nothing says little, since the other half may; but where nothing is admitted yet garbage
 * must be counted somewhere.
 */
function newVersionsOfHalves(decoded: DecodedRecords, b: number, admitted: readonly string[]): string[] {
  const { model } = decoded.batches[b].plan;
  const named = decoded.batches.map((batch) => (batch.plan.model === model ? namedBy(batch) : []));
  if (named.some((names) => names.length > 0)) return named[b].filter((name) => !admitted.includes(name));
  const hasGarbage = decoded.undecodableTime.some((time) => Number.isFinite(time));
  return admitted.length === 0 && hasGarbage ? [""] : [];
}

/** The versions that valid rows name, in order of first sight. */
function namedBy(batch: EventBatch): string[] {
  const names = new Set<number>();
  for (let row = 0; row < batch.rows; row++) {
    if (batch.reason[row] === 0 && batch.version[row] !== 0) names.add(batch.version[row]);
  }
  return [...names].map((code) => batch.versions[code]);
}

/** Whether a record that cannot be decoded stands before the first row of the batch. */
function beginsWithGarbage(
  { undecodableTime, undecodableAfter, sequence }: DecodedRecords,
  b: number,
): boolean {
  const first = undecodableTime.findIndex((time) => Number.isFinite(time));
  return first >= 0 && !sequence.subarray(0, undecodableAfter[first]).includes(b);
}

/**
 * The batch's version codes -> positions among the admitted versions; `keep` for those without a place, whose names are added
 * to `overflow` once all places are taken.
 */
export function positionsOf(
  batch: EventBatch,
  places: { admitted: readonly string[]; keep: number; overflow: Set<string> },
): Int32Array {
  const { admitted, keep, overflow } = places;
  const used = batch.version.subarray(0, batch.rows);
  return Int32Array.from(batch.versions, (name, code) => {
    const position = admitted.indexOf(name);
    if (position >= 0) return position;
    // The code of "no version" is there in every batch, whether or not a row lacks one.
    if (admitted.length >= keep && used.includes(code)) overflow.add(name);
    return keep;
  });
}

/** The position of the last version up to `row` that is counted one by one; undefined where no row names one. */
export function lastPosition(options: {
  batch: EventBatch;
  versionOf: Int32Array;
  row: number;
  keep: number;
}): number | undefined {
  const { batch, versionOf, keep } = options;
  for (let row = options.row; row >= 0; row--) {
    const position = versionOf[batch.version[row]];
    if (position < keep) return position;
  }
  return undefined;
}

/** Notes the last version of the batch, for the garbage that may follow it. */
export function rememberVersion(
  progress: StreamProgress,
  batch: EventBatch,
  versionOf: Int32Array,
  keep: number,
): void {
  for (let row = batch.rows - 1; row >= 0; row--) {
    const code = batch.version[row];
    if (versionOf[code] >= keep) continue;
    progress.lastVersion[batch.plan.model] = batch.versions[code];
    return;
  }
}
