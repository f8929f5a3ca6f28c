import { expect, test } from "vitest";
import type { Watched } from "../../src/daemon/pipeline.ts";
import { createReload, type ReadFiles } from "../../src/daemon/reload.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { recordLog } from "../runtime/log-lines.ts";

function watching(configHash: string): Watched {
  return { models: [], configHash };
}

/** Files that the story changes: their state as `fingerprint` and `read` tell it. */
async function storyOf() {
  const { log, lines } = recordLog("info");
  const clock = createSimulatedClock(1_000);
  let print = "a";
  let files: ReadFiles = { status: "read", watched: watching("a") };
  let watched = watching("a");
  const configured: string[] = [];
  let reads = 0;
  const reload = await createReload({
    reader: {
      fingerprint: async () => print,
      async read() {
        reads += 1;
        return files;
      },
    },
    watched: () => watched,
    async configure(next) {
      clock.advanceTo(clock.tick().now + 7);
      configured.push(next.configHash);
      watched = next;
    },
    clock,
    log,
  });
  return {
    reload,
    clock,
    lines,
    configured,
    reads: () => reads,
    change(next: string, content: ReadFiles = { status: "read", watched: watching(next) }) {
      print = next;
      files = content;
    },
  };
}

test("files that change are read once they have come to rest, and once", async () => {
  const { reload, clock, lines, configured, reads, change } = await storyOf();
  await reload.look();
  await reload.look();
  expect(reads()).toBe(0);
  change("b");
  await reload.look();
  change("c");
  await reload.look();
  expect(reads()).toBe(0);
  clock.advanceTo(5_000);
  for (let i = 0; i < 3; i++) await reload.look();
  expect(configured).toEqual(["c"]);
  expect(reads()).toBe(1);
  expect(reload.shown()).toEqual({ isSuccessful: true, succeededAt: 5_007 });
  expect(lines).toMatchObject([{ level: "info", configHash: "c", milliseconds: 7 }]);
});

test("what is not in order changes nothing, is told once with its places, and mended is taken over", async () => {
  const { reload, clock, lines, configured, change } = await storyOf();
  change("b", { status: "refused", reasons: ["rules/x.yaml:3:1  error  UNKNOWN_KEY"] });
  for (let i = 0; i < 4; i++) await reload.look();
  expect(configured).toEqual([]);
  expect(reload.shown()).toEqual({ isSuccessful: false, succeededAt: 1_000 });
  expect(lines).toMatchObject([{ level: "error", reasons: ["rules/x.yaml:3:1  error  UNKNOWN_KEY"] }]);
  // Put back as it was: nothing has to be taken over, and all is well again.
  change("a");
  clock.advanceTo(2_000);
  for (let i = 0; i < 2; i++) await reload.look();
  expect(configured).toEqual([]);
  expect(reload.shown()).toEqual({ isSuccessful: true, succeededAt: 2_000 });
});

test("who asks is answered at once, also where nothing has changed, and looks do not read it again", async () => {
  const { reload, lines, configured, reads, change } = await storyOf();
  await reload.read();
  expect(lines).toMatchObject([{ level: "info", configHash: "a" }]);
  change("b");
  await Promise.all([reload.read(), reload.read()]);
  expect(configured).toEqual(["b"]);
  const before = reads();
  for (let i = 0; i < 2; i++) await reload.look();
  expect(reads()).toBe(before);
});
