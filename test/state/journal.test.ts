import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CodedError } from "../../src/config/coded-error.ts";
import { inspectJournal, JournalFiles, type Journal } from "../../src/state/journal.ts";
import { ENTRY_HEAD, SEGMENT_HEAD } from "../../src/state/journal-segment.ts";
import { createMemoryJournal } from "../../src/state/memory-journal.ts";
import { sealJournal } from "../../src/state/sealed-journal.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "driftd-journal-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const MEGABYTE = 1_048_576;

function textsIn(journal: Pick<Journal, "entries">): string[] {
  return Array.from(journal.entries(), ({ bytes }) => new TextDecoder().decode(bytes));
}

async function append(journal: Pick<Journal, "append">, ...texts: string[]): Promise<number> {
  let last = 0;
  for (const text of texts) last = await journal.append(new TextEncoder().encode(text));
  return last;
}

function files(): string[] {
  return readdirSync(directory).toSorted();
}

function pathOf(name: string): string {
  return join(directory, name);
}

describe("the journal", () => {
  it("has after a crash what was appended, in order, and goes on", async () => {
    expect(files()).toEqual([]);
    await append(new JournalFiles(directory), "a", "", "c");
    const second = new JournalFiles(directory);
    expect(textsIn(second)).toEqual(["a", "", "c"]);
    await append(second, "d");
    expect(textsIn(second)).toEqual(["a", "", "c", "d"]);
    const third = new JournalFiles(directory);
    expect(textsIn(third)).toEqual(["a", "", "c", "d"]);
    expect(Array.from(third.entries(), ({ position }) => position)).toEqual([1, 2, 3, 4]);
  });

  it("forgets what is released, and leaves no file where nothing is left", async () => {
    const journal = new JournalFiles(directory);
    const second = (await append(journal, "a", "b", "c")) - 1;
    journal.release(second);
    expect(textsIn(journal)).toEqual(["c"]);
    journal.close();
    expect(files()).toEqual(["journal-1"]);
    const again = new JournalFiles(directory);
    for (const { position } of again.entries()) again.release(position);
    again.close();
    again.close();
    expect(files()).toEqual([]);
  });

  it("writes its files again and again, whatever passes through it", async () => {
    const journal = new JournalFiles(directory);
    const large = "x".repeat(MEGABYTE);
    for (let round = 0; round < 40; round++) journal.release(await append(journal, large));
    const kept = await append(journal, "kept");
    expect(files()).toEqual(["journal-1", "journal-2"]);
    expect(journal.size()).toBeLessThan(17 * MEGABYTE);
    journal.release(kept - 1);
    expect(textsIn(journal)).toEqual(["kept"]);
    // What is released is not known after a crash, of the last two files at most.
    const again = textsIn(new JournalFiles(directory));
    expect(again.at(-1)).toBe("kept");
    expect(again.length).toBeLessThan(17);
  });

  it("grows where nothing is released, and shrinks again", async () => {
    const journal = new JournalFiles(directory);
    const large = "x".repeat(3 * MEGABYTE);
    let last = 0;
    for (let round = 0; round < 9; round++) last = await append(journal, large);
    expect(files()).toHaveLength(5);
    journal.release(last);
    expect(files()).toHaveLength(2);
    expect(textsIn(journal)).toEqual([]);
  });

  it("takes an entry that is larger than a file is to be", async () => {
    const journal = new JournalFiles(directory);
    await append(journal, "small", "y".repeat(9 * MEGABYTE), "small again");
    expect(textsIn(new JournalFiles(directory)).map(({ length }) => length)).toEqual([5, 9 * MEGABYTE, 11]);
  });

  it("keeps what it acknowledges where a further file cannot be begun", async () => {
    const journal = new JournalFiles(directory);
    await append(journal, "a".repeat(7 * MEGABYTE));
    // Nobody can write a file there.
    mkdirSync(pathOf("journal-2"));
    await expect(append(journal, "b".repeat(2 * MEGABYTE))).rejects.toMatchObject({ code: "STATE_FAILED" });
    await append(journal, "small");
    rmdirSync(pathOf("journal-2"));
    await append(journal, "c".repeat(2 * MEGABYTE));
    const lengths = textsIn(new JournalFiles(directory)).map(({ length }) => length);
    expect(lengths).toEqual([7 * MEGABYTE, 5, 2 * MEGABYTE]);
  });

  it("ends before what a crash cut short, at whatever byte", async () => {
    const journal = new JournalFiles(directory);
    await append(journal, "first", "second");
    const path = pathOf("journal-1");
    const whole = statSync(path).size;
    const last = SEGMENT_HEAD + ENTRY_HEAD + "first".length;
    for (let length = whole - 1; length >= last; length--) {
      truncateSync(path, length);
      expect(textsIn(new JournalFiles(directory))).toEqual(["first"]);
    }
    truncateSync(path, SEGMENT_HEAD - 1);
    const empty = new JournalFiles(directory);
    expect(textsIn(empty)).toEqual([]);
    await append(empty, "new");
    expect(textsIn(new JournalFiles(directory))).toEqual(["new"]);
    writeFileSync(path, new Uint8Array(SEGMENT_HEAD));
    expect(textsIn(new JournalFiles(directory))).toEqual([]);
  });

  it("does not take what an older segment left in the file for its own", async () => {
    const journal = new JournalFiles(directory);
    const entries = 6 * 8;
    for (let i = 0; i < entries; i++) journal.release(await append(journal, `${i}`.repeat(MEGABYTE / 2)));
    const seen = textsIn(new JournalFiles(directory));
    const numbers = seen.map((text) => Number(text.slice(0, text.length / (MEGABYTE / 2))));
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => entries - numbers.length + i));
  });

  it("is refused as damaged, wherever one bit of what was acknowledged turns, but for the last entry", async () => {
    await append(new JournalFiles(directory), "first", "second", "third");
    const path = pathOf("journal-1");
    const sound = readFileSync(path);
    const last = sound.length - ENTRY_HEAD - "third".length;
    const read = (): string => {
      try {
        return textsIn(new JournalFiles(directory)).join(" ");
      } catch (error) {
        return error instanceof CodedError ? error.code : String(error);
      }
    };
    for (let at = 0; at < sound.length; at++) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ 4;
      writeFileSync(path, bytes);
      const isPadding = at >= 20 && at < SEGMENT_HEAD;
      // The last entry then looks like what a crash cut short.
      const otherwise = at < last ? "STATE_DAMAGED" : "first second";
      expect([at, read()]).toEqual([at, isPadding ? "first second third" : otherwise]);
    }
  });

  it("is refused as damaged where a file that others follow is too short", async () => {
    const journal = new JournalFiles(directory);
    for (let i = 0; i < 9; i++) await append(journal, "z".repeat(MEGABYTE));
    const path = pathOf("journal-1");
    truncateSync(path, statSync(path).size - 1);
    expect(() => new JournalFiles(directory)).toThrow("journal-1 ends before the last of its entries");
  });

  it("is refused where a later driftd wrote it", async () => {
    await append(new JournalFiles(directory), "a");
    const path = pathOf("journal-1");
    const bytes = readFileSync(path);
    bytes[7] = 9;
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
    writeFileSync(path, bytes);
    expect(() => new JournalFiles(directory)).toThrow(expect.objectContaining({ code: "STATE_NEWER" }));
  });

  it("tells what it holds", async () => {
    expect(inspectJournal(directory)).toEqual({ entries: 0, bytes: 0 });
    await append(new JournalFiles(directory), "ab", "cde");
    expect(inspectJournal(directory)).toEqual({ entries: 2, bytes: 5 });
  });
});

describe("the journal in memory", () => {
  it("answers as the one on the disk does", async () => {
    const journal = createMemoryJournal();
    const last = await append(journal, "a", "b", "c");
    journal.release(last - 1);
    expect(textsIn(journal)).toEqual(["c"]);
    expect(journal.size()).toBe(1);
  });
});

describe("a sealed journal", () => {
  const key = new Uint8Array(32).fill(7);

  it("has nothing in the clear, and opens after a crash", async () => {
    const secret = "a secret that is long enough to be found";
    await append(sealJournal(new JournalFiles(directory), key), secret, "b");
    expect(readFileSync(pathOf("journal-1")).includes(secret.slice(0, 12))).toBe(false);
    const again = sealJournal(new JournalFiles(directory), key);
    await append(again, "c");
    expect(textsIn(again)).toEqual([secret, "b", "c"]);
  });

  it("is refused under another key", async () => {
    await append(sealJournal(new JournalFiles(directory), key), "a");
    const other = sealJournal(new JournalFiles(directory), new Uint8Array(32).fill(8));
    expect(() => textsIn(other)).toThrow(expect.objectContaining({ code: "STATE_UNFIT" }));
  });
});
