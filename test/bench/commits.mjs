// What the benches of the two stores commit: the same panes, and ids that nobody has seen.
import { randomBytes, randomUUID } from "node:crypto";
import { pack } from "../../dist/counts/packed.js";

export const TASK = { group: "bench", partition: 0 };
export const PANES = 400;

/** Commits under the version that the session holds, and takes the next one over. */
export async function commit(session, panes, entries = []) {
  const outcome = await session.store.commit({
    task: TASK,
    expected: session.version,
    commitId: randomUUID(),
    state: new Uint8Array(500),
    panes,
    entries,
  });
  if (outcome.status !== "committed") throw new Error(outcome.status);
  session.version = outcome.version;
}

export function panesOf(k, start) {
  return Array.from({ length: PANES }, (_, segment) => ({
    layout: "bench",
    version: "v1",
    segment: `region=${segment}`,
    start: start * 60_000,
    packed: pack(Float64Array.from({ length: 480 }, (_unused, i) => 100 + k + (i % 90))),
  }));
}

export function randomIds(count) {
  const bytes = randomBytes(count * 8);
  return {
    high: new Uint32Array(bytes.buffer, bytes.byteOffset, count),
    low: new Uint32Array(bytes.buffer, bytes.byteOffset + count * 4, count),
    count,
  };
}
