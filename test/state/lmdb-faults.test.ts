import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack } from "../../src/counts/packed.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { rowKey } from "../../src/state/lmdb-keys.ts";
import { tryDisk } from "../../src/state/disk.ts";
import { openRows } from "../../src/state/lmdb-rows.ts";
import { openLmdbStore } from "../../src/state/lmdb.ts";
import { placeOf, seal, writeJson } from "../../src/state/sealed.ts";
import type { Store } from "../../src/state/store.ts";
import { random } from "../engine/fixture.ts";
import { mountSmall } from "../services/small-disk.ts";
import { TASK, bytesOf, commitOf, entries, pane, textOf, textOfCounts } from "./commits.ts";
import { firstSeal } from "./first-seal.ts";

let root: string;
let sound: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "driftd-faults-"));
  sound = join(root, "sound");
  const store = await openLmdbStore({ path: sound, clock: systemClock });
  await store.claim(TASK);
  for (let version = 1; version <= 20; version += 1) {
    const panes = Array.from({ length: 20 }, (_, i) => pane(i, { packed: countsAt(i) }));
    const waiting = entries(
      "waiting",
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [100 * version + i, i])),
    );
    await store.commit(commitOf(version, { panes, entries: [waiting] }));
  }
  await store.close();
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

function countsAt(start: number): Uint8Array {
  return pack(new Float64Array(500 + 100 * start).fill(start + 1));
}

let copies = 0;

/** A copy of the sound state directory, and its file. */
function copySound(): { path: string; file: string } {
  copies += 1;
  const path = join(root, String(copies));
  cpSync(sound, path, { recursive: true });
  return { path, file: join(path, "state.mdb") };
}

function open(path: string): Promise<Store> {
  return openLmdbStore({ path, clock: systemClock });
}

/** "sound" if everything that was committed can be read as it was, "changed" if not as it was, else the code of the error. */
async function readAll(path: string): Promise<unknown> {
  let store: Store | undefined;
  try {
    store = await open(path);
    const { version } = await store.claim(TASK);
    const panes = await store.readPanes({ layout: "l1", from: 0, to: 100 });
    const low = Uint32Array.from({ length: 2100 }, (_, i) => 100 + i);
    const { found } = await store.find(TASK, "waiting", { high: new Uint32Array(2100), low, count: 2100 });
    const isWhole = version === 22 && panes.length === 20 && found.every((there) => there === 1);
    const areSame = panes.every(({ start, packed }) => isDeepStrictEqual(packed, countsAt(start)));
    return isWhole && areSame ? "sound" : "changed";
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  } finally {
    await store?.close();
  }
}

describe("a damaged state file", () => {
  it("is told from a sound one wherever it is cut", async () => {
    const { path, file } = copySound();
    const length = readFileSync(file).length;
    expect(await readAll(path)).toBe("sound");
    const answers = new Set<unknown>();
    for (let cut = 0; cut < length; cut += 4096) {
      const copy = copySound();
      truncateSync(copy.file, cut);
      answers.add(await readAll(copy.path));
    }
    expect([...answers].filter((answer) => answer !== "sound")).toEqual(["STATE_DAMAGED"]);
  });

  it("is told from a sound one whichever page is overwritten", async () => {
    const bytes = readFileSync(join(sound, "state.mdb"));
    for (const fill of [0, 0xff]) {
      for (let page = 0; page < bytes.length / 4096; page += 1) {
        const { path, file } = copySound();
        writeFileSync(file, Buffer.from(bytes).fill(fill, page * 4096, (page + 1) * 4096));
        expect(["sound", "STATE_DAMAGED"]).toContain(await readAll(path));
      }
    }
  });

  it.each([
    ["empty", ""],
    ["something else", "state: none\n".repeat(1000)],
  ])("is refused when it is %s, with the way out", async (_, text) => {
    const { path, file } = copySound();
    writeFileSync(file, text);
    await expect(open(path)).rejects.toMatchObject({
      code: "STATE_DAMAGED",
      message: expect.stringContaining("move the state directory away"),
    });
  });

  it("leaves the directory free for the next try", async () => {
    const { path, file } = copySound();
    writeFileSync(file, "");
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_DAMAGED" });
    cpSync(join(sound, "state.mdb"), file);
    expect(await readAll(path)).toBe("sound");
  });

  it("says so where a value is not what was written", async () => {
    const { path, file } = copySound();
    const rows = openRows(file);
    const key = rowKey("task", 0);
    const [task] = [...rows.scan(rowKey("task"), rowKey("task", 0xffffffff))];
    rows.transact(() => rows.put(task?.key ?? key, bytesOf("not what was written")));
    await rows.close();
    const store = await open(path);
    await expect(store.claim(TASK)).rejects.toMatchObject({ code: "STATE_DAMAGED" });
    await store.close();
  });
});

describe("a byte that is not what was written", () => {
  it("is found when what it stands in is read, or changes nothing", async () => {
    const bytes = readFileSync(join(sound, "state.mdb"));
    const next = random(17);
    const answers = new Set<unknown>();
    for (let i = 0; i < 150; i += 1) {
      const { path, file } = copySound();
      const flipped = Buffer.from(bytes);
      flipped[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
      writeFileSync(file, flipped);
      answers.add(await readAll(path));
      rmSync(path, { recursive: true });
    }
    expect([...answers].toSorted()).toEqual(["STATE_DAMAGED", "sound"]);
  });

  it("is found in the list of free pages before the next write takes a page that is in use", async () => {
    const bytes = readFileSync(join(sound, "state.mdb"));
    const metas = [bytes.subarray(0, 4096), bytes.subarray(4096, 8192)];
    const [newest] = metas.toSorted((a, b) => Number(b.readBigUInt64LE(152) - a.readBigUInt64LE(152)));
    const begin = Number(newest.readBigUInt64LE(88)) * 4096;
    const answers = new Set<unknown>();
    for (let at = begin + 24 + bytes.readUInt16LE(begin + 22); at < begin + 4096; at += 4) {
      const { path, file } = copySound();
      const flipped = Buffer.from(bytes);
      flipped[at] ^= 8;
      writeFileSync(file, flipped);
      answers.add(await readAll(path));
      rmSync(path, { recursive: true });
    }
    expect([...answers].toSorted()).toEqual(["STATE_DAMAGED", "sound"]);
  });
});

describe("a state directory", () => {
  it("of a later driftd is refused", async () => {
    const { path, file } = copySound();
    const rows = openRows(file);
    rows.transact(() =>
      rows.put(rowKey("format"), seal(writeJson({ format: 3 }), placeOf(rowKey("format")))),
    );
    await rows.close();
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_NEWER", exit: 78 });
  });

  it("of an earlier driftd is refused, with the ways to go on", async () => {
    const { path, file } = copySound();
    const rows = openRows(file);
    rows.transact(() => rows.put(rowKey("format"), firstSeal(writeJson({ format: 1 }))));
    await rows.close();
    await expect(open(path)).rejects.toMatchObject({
      code: "STATE_OLDER",
      exit: 78,
      message: expect.stringMatching(/earlier driftd .* Run that version, or move the state directory away/),
    });
  });

  it("that is a file is refused", async () => {
    const path = join(root, "file");
    writeFileSync(path, "");
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_FAILED" });
    await expect(open(join(path, "below"))).rejects.toMatchObject({ code: "STATE_FAILED" });
  });

  it("that cannot be made is refused, and is made with all above it where it can", async () => {
    await expect(open("/proc/driftd/state")).rejects.toMatchObject({ code: "STATE_FAILED" });
    const store = await open(join(root, "above", "it", "state"));
    expect(await store.claim(TASK)).toMatchObject({ version: 1 });
    await store.close();
  });

  it("that was half made when its process died is made again", async () => {
    const { path, file } = copySound();
    rmSync(file);
    writeFileSync(`${file}.new`, "half");
    const store = await open(path);
    expect(await store.claim(TASK)).toMatchObject({ version: 1 });
    await store.close();
  });
});

describe("an error of the disk", () => {
  it.each([
    ["ENOSPC", "STATE_FULL"],
    [28, "STATE_FULL"],
    [122, "STATE_FULL"],
    [30, "STATE_FAILED"],
    [5, "STATE_FAILED"],
    [-30795, "STATE_FAILED"],
    [-30796, "STATE_DAMAGED"],
  ])("with code %s is told as %s", (code, told) => {
    const fail = (): never => {
      throw Object.assign(new Error("as the system says"), { code });
    };
    expect(() => tryDisk(root, fail)).toThrow(
      expect.objectContaining({ code: told, message: expect.stringContaining("as the system says") }),
    );
  });

  it("is not made of a fault of the program", () => {
    const fail = (): never => {
      throw new RangeError("a bug");
    };
    expect(() => tryDisk(root, fail)).toThrow(RangeError);
  });
});

const small = mountSmall("2m");

describe.runIf(small !== undefined)("on a disk of 2 MB", () => {
  const path = small?.path ?? "";

  afterAll(() => small?.unmount());

  it("a commit that finds no room changes nothing, and the next one that fits is taken", async () => {
    const store = await open(path);
    await store.claim(TASK);
    await store.commit(commitOf(1, { panes: [pane(0)], entries: [entries("waiting", { 1: 10 })] }));
    const large = Array.from({ length: 300 }, (_, i) =>
      pane(i, { packed: pack(new Float64Array(10_000).fill(1)) }),
    );
    const commit = commitOf(2, {
      panes: large,
      entries: [entries("waiting", { 1: 11 }), entries("new", { 1: 12 })],
    });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store.commit(commit)).rejects.toMatchObject({ code: "STATE_FULL" });
    }
    const read = await store.readPanes({ layout: "l1", from: 0, to: 1000 });
    expect(read.map((found) => textOfCounts(found.packed))).toEqual(["pane 0"]);
    const ids = { high: new Uint32Array(1), low: new Uint32Array([1]), count: 1 };
    expect((await store.find(TASK, "waiting", ids)).fields).toEqual(new Float64Array([10]));
    expect((await store.find(TASK, "new", ids)).found).toEqual(new Uint8Array(1));
    expect(await store.commit(commitOf(2, { panes: [pane(60_000)] }))).toEqual({
      status: "committed",
      version: 3,
    });
    await store.close();
    const again = await open(path);
    expect(textOf((await again.claim(TASK)).state)).toBe("state 2");
    expect(await again.readPanes({ layout: "l1", from: 0, to: 100_000 })).toHaveLength(2);
    await again.close();
  });

  it("that can only be read, opening says so", async () => {
    small?.remount("ro");
    await expect(open(path)).rejects.toMatchObject({ code: "STATE_FAILED" });
    small?.remount("rw");
    const store = await open(path);
    expect(textOf((await store.claim(TASK)).state)).toBe("state 2");
    await store.close();
  });
});
