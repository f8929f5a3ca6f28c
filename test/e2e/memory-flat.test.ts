import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { describeService } from "../services/service.ts";
import { driftdProgram } from "./program.ts";

/** DRIFTD_MEMORY_EVENTS makes it shorter. */
const EVENTS = Number(process.env["DRIFTD_MEMORY_EVENTS"] ?? 10_000_000);

describeService("memory", process.platform === "linux" ? undefined : "/proc is not there", () => {
  test("stays where it is from one million events to ten", { timeout: 1_800_000 }, async () => {
    const program = dirname(dirname(await driftdProgram()));
    const directory = mkdtempSync(join(tmpdir(), "driftd-memory-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    // What `npm run bench -- memory` runs, beside the program as it is now.
    const bench = join(program, "test/bench");
    cpSync(join(import.meta.dirname, "../bench"), bench, { recursive: true });
    const events = [0.1, 0.4, 0.7, 1].map((share) => share * EVENTS);
    const child = join(bench, "memory-child.mjs");
    const setup = JSON.stringify({ hasLabels: false, events, directory });
    const { stdout } = await promisify(execFile)(process.execPath, [child, setup]);
    // memory-child.mjs writes it.
    const { sizes } = JSON.parse(stdout) as { sizes: readonly { anonymous: number }[] };
    const [first = Number.NaN, ...later] = sizes.map(({ anonymous }) => anonymous);
    // Megabytes; a leak of ten bytes an event would be 90.
    for (const size of later) expect(size).toBeLessThan(first + 60);
  });
});
