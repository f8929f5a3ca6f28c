import { setFlagsFromString } from "node:v8";

/** By what part of what lives in it the heap may grow before V8 collects again. */
const GROWTH_PERCENT = { small: 30, roomy: 150 };

/**
 * Says how far the heap may grow between two collections, and that one thread collects what is young. Left to itself V8 finds
 * out how far from how fast the process was of late, by the clock: one that had nothing to do for a while, or that others keep from its processor, collects after every few megabytes,
 * on threads beside it. Members of one fleet, which read the same records, had 5 to 52 collections in a million events, and those
 * threads took 1 to 4 microseconds of CPU per event; with a fixed part it was 2 to 8, and 0.7 to 1.8, on a machine as busy
 * (`npm run bench -- fleet`).
 *
 * `small` is for a process that takes events over HTTP, beside its model server, or joins requests and responses: a million over
 * HTTP take 250 MB without it, and with it 100, for no more CPU (`npm run bench -- http`); in two topics 300 MB, and with it and
 * smaller fetches 130, for a sixth more (`npm run bench -- join-proof`). Reading a full topic of whole events, which leaves far
 * more behind, it would cost a quarter more (`npm run bench -- pipeline`): `roomy` is for those.
 */
export function boundHeapGrowth(bound: keyof typeof GROWTH_PERCENT): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT[bound]}`);
  // What is young is collected by one thread: several spend more on waiting for each other than there is to do, an eighth of all
  // CPU of a process that takes requests one by one (`npm run bench -- http`).
  setFlagsFromString("--no-parallel-scavenge");
}
