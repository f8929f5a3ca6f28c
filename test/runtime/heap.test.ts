import { spawnSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { expect, test, vi } from "vitest";
import { boundHeapGrowth } from "../../src/runtime/heap.ts";

vi.mock("node:v8", () => ({ setFlagsFromString: vi.fn() }));

/** Sets flags once it runs, keeps 20 MB, lets 200 MB live for a while each, and prints how often V8 collected all of it. */
const PROGRAM = `
  const { PerformanceObserver, constants } = require("node:perf_hooks");
  for (const flag of process.argv.slice(1)) require("node:v8").setFlagsFromString(flag);
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries())
      if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++;
  });
  observer.observe({ entryTypes: ["gc"] });
  const make = () => Array.from({ length: 10_000 }, (_, i) => ({ i }));
  const kept = Array.from({ length: 50 }, make);
  const recent = [];
  let made = 0;
  (function step() {
    if (recent.push(make()) > 10) recent.shift();
    if (++made < 500) setImmediate(step);
    else setTimeout(() => console.log(collections, kept.length), 50);
  })();
`;

function flagsOf(bound: Parameters<typeof boundHeapGrowth>[0]): string[] {
  vi.mocked(setFlagsFromString).mockClear();
  boundHeapGrowth(bound);
  return vi.mocked(setFlagsFromString).mock.calls.map(([flag]) => flag);
}

/** A semi-space this small is left behind soon: what lives for a while is old then. */
function collectionsWith(flags: readonly string[]): number {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--max-semi-space-size=1", "-e", PROGRAM, "--", ...flags],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return Number.parseInt(stdout, 10);
}

test("a heap with room is collected less than half as often as a small one, also where that is said after the start", () => {
  const roomy = collectionsWith(flagsOf("roomy"));
  const small = collectionsWith(flagsOf("small"));
  expect(roomy).toBeGreaterThan(0);
  expect(small).toBeGreaterThan(2 * roomy);
});
