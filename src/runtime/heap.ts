import { setFlagsFromString } from "node:v8";

/** The heap may grow by this part of what lives in it before V8 collects again. */
const GROWTH_PERCENT = 30;

/**
 * Keeps a process small that takes events over HTTP, beside its model server, or joins requests and responses. Left to itself V8
 * lets the heap of a machine with much memory grow to several times of what lives in it: a million requests and responses over
 * HTTP then take 250 MB, and with this 100, for no more CPU (`npm run bench -- http`); in two topics 300 MB, and with this and smaller
 * fetches 130, for a sixth more (`npm run bench -- join-proof`). Reading a full topic of whole events, which leaves far more behind,
 * would cost a quarter more (`npm run bench -- pipeline`), and has no need of it.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
