import { cpSync, existsSync, readFileSync, readdirSync, statSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import { openLmdbStore } from "../../../src/state/lmdb.ts";
import { MINUTE, START } from "../../engine/fixture.ts";
import { mountSmall } from "../../services/small-disk.ts";
import { runCommand } from "../command-io.ts";
import { linesOf, state, useFilledState } from "./filled-state.ts";

const states = useFilledState();

/** The newest of the two meta pages of a state file. */
function newestMeta(bytes: Buffer): Buffer {
  const metas = [bytes.subarray(0, 4096), bytes.subarray(4096, 8192)];
  const [newest] = metas.toSorted((a, b) => Number(b.readBigUInt64LE(152) - a.readBigUInt64LE(152)));
  return newest;
}

describe("driftd state compact", () => {
  /** Deletes most of what there is, as time does. */
  async function prune(path: string): Promise<void> {
    const store = await openLmdbStore({ path, clock: systemClock });
    const layouts = await store.readLayouts();
    const panes = layouts.map((layout) => ({ layout, before: START + 80 * MINUTE }));
    await store.prune({ panes, expiredBefore: Number.POSITIVE_INFINITY });
    await store.close();
  }

  it("makes the file smaller, and loses nothing that stands in it", async () => {
    const { path, file } = states.copy();
    await prune(path);
    const before = linesOf(await state("export", path));
    const size = statSync(file).size;
    writeFileSync(`${file}.new`, "left behind by a process that was killed");
    const { status, out } = await state("compact", path, "--json");
    expect(status).toBe(0);
    const said = JSON.parse(out) as { before: number; after: number };
    expect(said.before).toBe(size);
    expect(said.after).toBe(statSync(file).size);
    expect(said.after).toBeLessThan(size / 2);
    expect(linesOf(await state("export", path))).toEqual(before);
    expect((await state("verify", path)).status).toBe(0);
    expect(existsSync(`${file}.new`) || existsSync(`${file}.new-lock`)).toBe(false);
    // A daemon goes on with it.
    const store = await openLmdbStore({ path, clock: systemClock });
    const { version, state: record } = await store.claim({ group: "s", partition: 0 });
    expect(version).toBeGreaterThan(1);
    expect(record).toBeDefined();
    await store.close();
    expect((await state("compact", path)).out).toMatch(/: [\d.]+ KiB before, [\d.]+ KiB after\.\n$/);
  });

  it("leaves what verify says is in use: free pages are not", async () => {
    const { path, file } = states.copy();
    await prune(path);
    const sizes = async (): Promise<{ bytes: number; bytesInUse: number }> =>
      JSON.parse((await state("verify", path, "--json")).out) as { bytes: number; bytesInUse: number };
    const { bytes, bytesInUse } = await sizes();
    expect(bytes).toBe(statSync(file).size);
    expect(bytesInUse).toBeLessThan(bytes / 2);
    await state("compact", path);
    const after = await sizes();
    // Beside its rows a file has two pages that say where they are.
    expect(after.bytes - after.bytesInUse).toBeLessThanOrEqual(2 * 4096);
    expect(after.bytes).toBeLessThanOrEqual(bytesInUse + 2 * 4096);
  });

  it("mends a state whose list of free pages alone is damaged", async () => {
    const { path, file } = states.copy();
    await prune(path);
    const bytes = readFileSync(file);
    const list = Number(newestMeta(bytes).readBigUInt64LE(88));
    writeFileSync(file, bytes.fill(0xff, list * 4096, (list + 1) * 4096));
    await expect(openLmdbStore({ path, clock: systemClock })).rejects.toMatchObject({
      code: "STATE_DAMAGED",
    });
    expect((await state("verify", path)).status).toBe(1);
    expect((await state("compact", path)).status).toBe(0);
    expect((await state("verify", path)).status).toBe(0);
  });

  it("refuses to lose rows, and leaves the file as it is", async () => {
    const { path, file } = states.copy();
    const bytes = readFileSync(file);
    const rows = Number(newestMeta(bytes).readBigUInt64LE(136));
    writeFileSync(file, bytes.fill(0xff, rows * 4096, (rows + 1) * 4096));
    const { status, err } = await state("compact", path);
    expect(err).toMatch(/^driftd: STATE_DAMAGED: .*`driftd state export`/);
    expect(status).toBe(70);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it("leaves the file as it is where it is told to stop", async () => {
    const { path, file } = states.copy();
    const bytes = readFileSync(file);
    const controller = new AbortController();
    controller.abort();
    const { status } = await runCommand(["state", "compact", path], { signal: controller.signal });
    expect(status).toBe(130);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});

const small = mountSmall("8m");

describe.runIf(small !== undefined)("on a small disk", () => {
  afterAll(() => small?.unmount());

  it("compact says that there is no room for a copy; on one that can only be read the others work", async () => {
    const disk = small?.path ?? "";
    const path = join(disk, "state");
    cpSync(states.sound, path, { recursive: true });
    const file = join(path, "state.mdb");
    const bytes = readFileSync(file);
    // With less room than it takes to begin a file, LMDB would end the process.
    for (const left of [300_000, 20_000, 8_192, 4_096, 0]) {
      const { bavail, bsize } = statfsSync(disk);
      const ballast = Math.floor((bavail * bsize - left) / bsize) * bsize;
      writeFileSync(join(disk, "ballast"), new Uint8Array(ballast), { flag: "a" });
      const full = await state("compact", path);
      expect(full.err).toMatch(/^driftd: STATE_FULL: /);
      expect(full.status).toBe(70);
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(readdirSync(path)).not.toContain("state.mdb.new.room");
    }
    small?.remount("ro");
    expect((await state("verify", path)).status).toBe(0);
    expect((await state("export", path)).status).toBe(0);
    expect(await state("compact", path)).toMatchObject({
      status: 70,
      err: expect.stringMatching(/^driftd: STATE_FAILED: /),
    });
    small?.remount("rw");
  });
});
