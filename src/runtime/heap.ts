import { setFlagsFromString } from "node:v8";

/** The heap may grow by this part of what lives in it before V8 collects again. */
const GROWTH_PERCENT = 30;

/**
 * Keeps the process small beside its model server. Left to itself V8 lets the heap of a machine with much memory grow to
 * several times of what lives in it: a million requests and responses over HTTP then take 250 MB, and with this 100, for no more
 * CPU (`npm run bench -- http`).
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
