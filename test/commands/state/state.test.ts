import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/runtime/clock.ts";
import { endOf, rowKey } from "../../../src/state/lmdb-keys.ts";
import { openRows, type LmdbRows } from "../../../src/state/lmdb-rows.ts";
import { JournalFiles } from "../../../src/state/journal.ts";
import { openLmdbStore } from "../../../src/state/lmdb.ts";
import { placeOf, seal, writeJson } from "../../../src/state/sealed.ts";
import { packTask, unpackTask } from "../../../src/state/task-row.ts";
import { readTaskRecord } from "../../../src/window/task-record.ts";
import { firstSeal } from "../../state/first-seal.ts";
import { runCommand } from "../command-io.ts";
import { EVENTS, ID, linesOf, state, useFilledState } from "./filled-state.ts";

const states = useFilledState();

async function change(file: string, work: (rows: LmdbRows) => void): Promise<void> {
  const rows = openRows(file);
  rows.transact(() => work(rows));
  await rows.close();
}

describe("driftd state", () => {
  it("refuses a directory that a daemon uses, and works on it once that has ended", async () => {
    const { path } = states.copy();
    const store = await openLmdbStore({ path, clock: systemClock });
    onTestFinished(() => store.close());
    for (const command of ["verify", "export", "compact"] as const) {
      const { status, out, err } = await state(command, path);
      expect({ command, status, out }).toEqual({ command, status: 70, out: "" });
      expect(err).toContain("STATE_LOCKED: The state store ");
    }
    await store.close();
    for (const command of ["verify", "export", "compact"] as const)
      expect((await state(command, path)).status).toBe(0);
  });
});

describe("driftd state verify", () => {
  it("says what a sound state holds", async () => {
    const { status, out } = await state("verify", states.sound);
    expect(out).toContain("2 tasks\n");
    expect(out).toMatch(/ panes of m\/[0-9a-f]{16}, 2026-01-05T/);
    expect(out).toMatch(/1,800 entries of m\/predictions/);
    expect(out).toContain("All of it can be read, and its ledgers balance.");
    expect(status).toBe(0);
    const { out: json } = await state("verify", states.sound, "--json");
    expect(JSON.parse(json)).toMatchObject({
      sound: true,
      damaged: 0,
      format: 2,
      tasks: [{ partition: 0 }, { partition: 1 }],
    });
  });

  it("tells of a journal that a crash has left, and finds what is damaged of it", async () => {
    const { path } = states.copy();
    const journal = new JournalFiles(path);
    for (const entry of ["one", "two", "three"]) await journal.append(new TextEncoder().encode(entry));
    const { status, out } = await state("verify", path);
    expect({ status, out }).toMatchObject({
      status: 0,
      out: expect.stringContaining("  a journal of 11 B: "),
    });
    const file = join(path, "journal-1");
    const bytes = readFileSync(file);
    bytes[40] = 0;
    writeFileSync(file, bytes);
    const damaged = await state("verify", path);
    expect(damaged.status).toBe(1);
    expect(damaged.out).toMatch(/Entry 1 of \S+journal-1 is not as it was written.*delete journal-\*/);
    expect((await state("export", path)).status).toBe(1);
  });

  it("changes nothing in the file", async () => {
    const before = readFileSync(join(states.sound, "state.mdb"));
    await state("verify", states.sound);
    await state("export", states.sound);
    expect(readFileSync(join(states.sound, "state.mdb")).equals(before)).toBe(true);
  });

  it("finds every page that is overwritten, or it is a free one; what is left is exported", async () => {
    const bytes = readFileSync(join(states.sound, "state.mdb"));
    const whole = new Set(linesOf(await state("export", states.sound)).map((line) => JSON.stringify(line)));
    const { path, file } = states.copy();
    const statuses = new Set<number>();
    const pages = bytes.length / 4096;
    for (let page = 2; page < pages; page += Math.ceil(pages / 25)) {
      writeFileSync(file, Buffer.from(bytes).fill(0xff, page * 4096, (page + 1) * 4096));
      const { status, out } = await state("verify", path);
      statuses.add(status);
      if (status === 0) continue;
      expect(out).toMatch(/found damaged:\n {2}\S/);
      expect(out).toContain("The way out: put a copy of the state directory back");
      const exported = await state("export", path);
      // The list of free pages holds nothing to export.
      expect([0, 1]).toContain(exported.status);
      const left = linesOf(exported).map((line) => JSON.stringify(line));
      expect(left.filter((line) => !whole.has(line))).toEqual([]);
    }
    expect([...statuses].toSorted()).toEqual([0, 1]);
  });

  it("finds the commit before where the last one is lost", async () => {
    const { path, file } = states.copy();
    const bytes = readFileSync(file);
    const metas = [bytes.subarray(0, 4096), bytes.subarray(4096, 8192)];
    const [last, before] = metas.toSorted((a, b) => Number(b.readBigUInt64LE(152) - a.readBigUInt64LE(152)));
    const [root = 0, other = 0] = [last, before].map((meta) => Number(meta?.readBigUInt64LE(136)));
    expect(root).not.toBe(other);
    writeFileSync(file, bytes.fill(0xff, root * 4096, (root + 1) * 4096));
    const { status, out } = await state("verify", path);
    expect(out).toContain("The last commit cannot be read: what follows is of the one before.");
    expect(status).toBe(1);
    const panes = linesOf(await state("export", path)).filter(({ type }) => type === "pane");
    expect(panes.length).toBeGreaterThan(EVENTS / 10);
    expect((await state("compact", path)).status).toBe(70);
  });

  it("names the row whose value is not what was written, and exports the others", async () => {
    const { path, file } = states.copy();
    await change(file, (rows) => {
      const [first] = rows.keys(rowKey("pane"), endOf("pane"));
      if (first !== undefined) rows.put(first, new Uint8Array(40));
    });
    const { status, out } = await state("verify", path);
    expect(out).toMatch(
      /1 thing found damaged:\n {2}The counts of m\/\S+ v1 \S+ of 2026-01-05T00:\d\d:00.000Z, partition \d are not/,
    );
    expect(status).toBe(1);
    const all = linesOf(await state("export", states.sound));
    const exported = await state("export", path);
    expect(exported.status).toBe(1);
    expect(exported.err).toContain("damaged, and left out:\n  The counts of m/");
    expect(linesOf(exported)).toHaveLength(all.length - 1);
  });

  it("finds a ledger that does not balance, panes of no task, and a run without a block", async () => {
    const { path, file } = states.copy();
    await change(file, (rows) => {
      const [first, second] = [...rows.scan(rowKey("task"), endOf("task"))];
      const { key, value } = first ?? { key: new Uint8Array(), value: new Uint8Array() };
      const row = unpackTask(value, placeOf(key));
      const record = structuredClone(readTaskRecord(row.state ?? new Uint8Array()));
      const ledger = record.streams["s"]?.ledger;
      if (ledger !== undefined) ledger.received += 1;
      rows.put(key, packTask({ ...row, state: writeJson(record) }, placeOf(key)));
      rows.remove(second?.key ?? new Uint8Array());
      const [block] = rows.keys(rowKey("block"), endOf("block"));
      rows.remove(block ?? new Uint8Array());
    });
    const { damage } = JSON.parse((await state("verify", path, "--json")).out) as { damage: string[] };
    expect(damage).toEqual([
      "The ledger of s in partition 0 of s does not balance.",
      expect.stringMatching(/^Run \d+ has \d+ of its \d+ blocks\.$/),
      "There are panes of partition 1 of s, and nothing says how far it was read.",
    ]);
  });

  it("says of a file that is none of driftd's that nothing of it can be read", async () => {
    const { path, file } = states.copy();
    writeFileSync(file, "state: none\n".repeat(1000));
    const { status, out } = await state("verify", path);
    expect(out).toContain("is not a state file.");
    expect(status).toBe(1);
    expect((await state("export", path)).err).toMatch(/^driftd: STATE_DAMAGED: /);
  });
});

describe("driftd state export", () => {
  it("has every count: those who add them up come to what was measured", async () => {
    const lines = linesOf(await state("export", states.sound));
    const tasks = lines.filter(({ type }) => type === "task");
    expect(tasks).toMatchObject([
      {
        group: "s",
        partition: 0,
        streams: { s: { next: EVENTS, ledger: { measured: EVENTS } } },
        earlyLabels: { m: expect.any(Number) },
      },
      { group: "s", partition: 1, streams: { l: { next: EVENTS } } },
    ]);
    const panes = lines.filter(
      ({ type, layout, segment }) =>
        type === "pane" && /^m\/[0-9a-f]{16}$/.test(String(layout)) && segment === "all",
    );
    // Place 0 is what was measured.
    const measured = panes.map(({ counts }) => new Map(counts as [number, number][]).get(0) ?? 0);
    expect(measured.reduce((sum, count) => sum + count, 0)).toBe(2 * EVENTS);
    expect(lines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["entries", "judged", "alert", "pane", "reviews", "task", "versions"]),
    );
    expect(lines.find(({ type }) => type === "alert")).toMatchObject({
      alert: "Drift",
      model: "m",
      state: "firing",
      startsAt: expect.any(String),
    });
  });

  it("has no ids, which stand in the state itself", async () => {
    const { out } = await state("export", states.sound);
    expect(out).not.toContain(ID);
    expect(out).not.toMatch(/"(?:explanation|evidence|high|low|id_?hash)"/);
  });
});

describe("a state that cannot be looked into", () => {
  const COMMANDS = ["verify", "export", "compact"] as const;

  it.each(COMMANDS)("%s: since a daemon uses it", async (command) => {
    const { path } = states.copy();
    const store = await openLmdbStore({ path, clock: systemClock, pid: process.pid });
    onTestFinished(() => store.close());
    const { status, err } = await state(command, path);
    expect(err).toMatch(new RegExp(`^driftd: STATE_LOCKED: .* is in use by process ${process.pid}`));
    expect(status).toBe(70);
  });

  it.each(COMMANDS)("%s: since a daemon on another host uses it", async (command) => {
    const { path, file } = states.copy();
    const owner = { token: "t", pid: 7, host: "elsewhere", seen: Date.now() };
    await change(file, (rows) => rows.put(rowKey("owner"), seal(writeJson(owner), placeOf(rowKey("owner")))));
    expect(await state(command, path)).toMatchObject({
      status: 70,
      err: expect.stringContaining("process 7 on elsewhere"),
    });
  });

  it.each(COMMANDS)("%s: since a later driftd wrote it", async (command) => {
    const { path, file } = states.copy();
    await change(file, (rows) =>
      rows.put(rowKey("format"), seal(writeJson({ format: 3 }), placeOf(rowKey("format")))),
    );
    expect(await state(command, path)).toMatchObject({
      status: 78,
      err: expect.stringMatching(/^driftd: STATE_NEWER/),
    });
  });

  it.each(COMMANDS)("%s: since an earlier driftd wrote it", async (command) => {
    const { path, file } = states.copy();
    await change(file, (rows) => rows.put(rowKey("format"), firstSeal(writeJson({ format: 1 }))));
    expect(await state(command, path)).toMatchObject({
      status: 78,
      out: "",
      err: expect.stringMatching(
        /^driftd: STATE_OLDER: .* Run that version, or move the state directory away/,
      ),
    });
  });

  it.each(COMMANDS)("%s: since there is none", async (command) => {
    const path = join(states.root, "nowhere");
    expect(await state(command, path)).toMatchObject({
      status: 2,
      err: expect.stringContaining(`There is no state.mdb in ${path}.`),
    });
    expect(existsSync(path)).toBe(false);
  });

  it.each(COMMANDS)("%s: since the configuration keeps it elsewhere", async (command) => {
    const file = join(states.root, "driftd.yaml");
    writeFileSync(
      file,
      "version: 1\nstreams: { s: { role: inference, file: s.jsonl } }\nrules: [r.yaml]\nstate: { store: memory }\n",
    );
    const { status, err } = await runCommand(["state", command, "--config", file]);
    expect(err).toMatch(
      /^driftd: USAGE: This is about the files of an lmdb store, and .* keeps its state in memory/,
    );
    expect(status).toBe(2);
  });
});
