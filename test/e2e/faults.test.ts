import { once } from "node:events";
import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { mountSmall } from "../services/small-disk.ts";
import { startDaemon } from "./daemon.ts";
import { scoredEvents } from "./events.ts";
import { sharedReference, writeProject, type ProjectFiles, type ProjectOptions } from "./project.ts";
import { countsInStore, countsOfEvents } from "./recount.ts";

const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const COUNT = 2_000;

function eventsOf(count: number): ReturnType<typeof scoredEvents> {
  return scoredEvents({ count, from: BEGIN, to: BEGIN + 40 * 60_000 });
}

function writeLines(file: string, rows: readonly unknown[]): void {
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/** A project whose stream is a file of COUNT events. */
async function fileProject(options: Partial<ProjectOptions> = {}): Promise<ProjectFiles> {
  const streams = { scored: { role: "inference", file: "events.jsonl" } };
  const project = await writeProject({ ...options, config: { streams, ...options.config } });
  writeLines(join(project.directory, "events.jsonl"), eventsOf(COUNT));
  return project;
}

/** Runs a daemon that cannot start; answers its exit code and what it told people. */
async function failToStart(directory: string): Promise<{ code: number | null; told: string }> {
  const daemon = await startDaemon(directory);
  const { code } = await daemon.exit;
  const told = daemon
    .stderr()
    .split("\n")
    .filter((line) => !line.startsWith("{"));
  return { code, told: told.join("\n") };
}

describe("a daemon that cannot start says why", () => {
  beforeAll(sharedReference);

  test("a port in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    // A TCP server's address is an object.
    const { port } = server.address() as AddressInfo;
    const { directory } = await fileProject({ config: { http: { host: "127.0.0.1", port } } });
    const { code, told } = await failToStart(directory);
    expect(told).toBe(
      `driftd: PORT_IN_USE: Port ${port} on 127.0.0.1 is taken. Set http.port in driftd.yaml to another port, or stop what listens there.\n`,
    );
    expect(code).toBe(70);
  });

  test("a state that another daemon uses, which goes on", async () => {
    const { directory } = await fileProject();
    const owner = await startDaemon(directory);
    await owner.ready();
    const { code, told } = await failToStart(directory);
    expect(told).toContain(
      `driftd: STATE_LOCKED: The state store ${join(directory, "state")} is in use by process ${owner.pid}`,
    );
    expect(code).toBe(70);
    expect(await owner.status("/readyz")).toBe(200);
    expect((await owner.end()).code).toBe(0);
  });

  test.each([
    ["cut off", (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2) - 100)],
    ["overwritten", (file: string) => overwrite(file)],
  ])("a state file that is %s", async (_, damage) => {
    const { directory, state } = await fileProject();
    const first = await startDaemon(directory);
    await first.accounted("scored", ({ rows }) => rows.measured === COUNT);
    expect((await first.end()).code).toBe(0);
    damage(join(state, "state.mdb"));
    const { code, told } = await failToStart(directory);
    expect(told).toMatch(/^driftd: STATE_DAMAGED: .*state/);
    expect(code).toBe(70);
  });

  test("a reference that was cut off, and the reference of another model", async () => {
    const bytes = readFileSync(await sharedReference());
    const project = await fileProject({ rules: { references: { default: { file: "../cut.arrow" } } } });
    writeFileSync(join(project.directory, "cut.arrow"), bytes.subarray(0, bytes.length - 500));
    const cut = await failToStart(project.directory);
    expect(cut.told).toMatch(/^rules\/scoring\.yaml:1:\d+ +error +REFERENCE +"\.\.\/cut\.arrow": /);
    expect(cut.code).toBe(78);

    const { directory } = await fileProject({ rules: { model: "churn" } });
    const other = await failToStart(directory);
    expect(other.told).toMatch(/^rules\/scoring\.yaml:1:\d+ +error +REFERENCE +".*": .*scoring/);
    expect(other.code).toBe(78);
  });

  test("labels from a file for predictions from a topic", async () => {
    const { directory } = await writeProject({
      config: {
        kafka: { brokers: ["127.0.0.1:1"], group: "nobody" },
        streams: {
          scored: { role: "inference", topic: "scored" },
          charged: { role: "labels", of: "scored", file: "labels.jsonl" },
        },
      },
    });
    const { code, told } = await failToStart(directory);
    expect(told).toContain("read both from topics, or both from files");
    expect(code).toBe(78);
  });
});

/** The pages after the two that LMDB keeps for itself. */
function overwrite(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 3 * 4096, bytes.length);
  writeFileSync(file, bytes);
}

describe("a daemon that must end", () => {
  beforeAll(sharedReference);

  test("ends at once when it is told so twice", async () => {
    const { directory } = await fileProject();
    const daemon = await startDaemon(directory);
    await daemon.said("listening");
    daemon.signal("SIGTERM");
    expect(await daemon.end("SIGINT")).toMatchObject({ code: 130, signal: null });
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s: commits what it has, and exits with 0", async (signal) => {
    const { directory, state } = await fileProject();
    const daemon = await startDaemon(directory);
    await daemon.accounted("scored", ({ rows }) => rows.measured === COUNT);
    expect(await daemon.end(signal)).toMatchObject({ code: 0, signal: null });
    expect(daemon.log().at(-1)?.msg).toBe("stopped");
    expect(await countsInStore(directory, state)).toEqual(await countsOfEvents(directory, eventsOf(COUNT)));
  });

  test("told so again and again in the middle of its commits, it loses and repeats nothing", async () => {
    const { directory, state } = await fileProject();
    const events = eventsOf(100_000);
    writeLines(join(directory, "events.jsonl"), events);
    const interrupt = async (): Promise<number> => {
      const reached: number[] = [];
      for (const [wait, signal] of [
        [0, "SIGTERM"],
        [40, "SIGINT"],
        [80, "SIGTERM"],
        [120, "SIGKILL"],
      ] as const) {
        const daemon = await startDaemon(directory);
        await daemon.said("listening");
        await sleep(wait);
        reached.push((await daemon.accounting("scored")).rows.measured);
        expect((await daemon.end(signal)).code).toBe(signal === "SIGKILL" ? null : 0);
      }
      return Math.min(...reached);
    };
    // Where this process was slow and the first one through before it was asked: from the beginning, once more.
    let least = events.length;
    for (let attempt = 1; attempt <= 5 && least === events.length; attempt++) {
      rmSync(state, { recursive: true, force: true });
      least = await interrupt();
    }
    expect(least).toBeLessThan(events.length);
    const daemon = await startDaemon(directory);
    const { rows } = await daemon.accounted("scored", (all) => all.rows.received >= events.length);
    expect(rows).toMatchObject({ received: events.length, measured: events.length, balanced: true });
    expect((await daemon.end()).code).toBe(0);
    expect(await countsInStore(directory, state)).toEqual(await countsOfEvents(directory, events));
  });

  test("a memory store leaves nothing behind", async () => {
    const { directory, state } = await fileProject({ config: { state: { store: "memory" } } });
    const daemon = await startDaemon(directory);
    await daemon.accounted("scored", ({ rows }) => rows.measured === COUNT);
    expect((await daemon.end()).code).toBe(0);
    expect(() => statSync(state)).toThrow("ENOENT");
  });
});

const small = mountSmall("2m");

describe.runIf(small !== undefined)("on a disk of 2 MB", () => {
  const disk = small?.path ?? "";

  beforeAll(sharedReference);
  afterAll(() => small?.unmount());

  test("that can only be read, a daemon that stood still goes on once it can be written", async () => {
    const { directory } = await fileProject({
      config: { state: { store: "lmdb", path: join(disk, "only") } },
    });
    const first = await startDaemon(directory);
    await first.accounted("scored", ({ rows }) => rows.measured === COUNT);
    expect((await first.end()).code).toBe(0);
    small?.remount("ro");
    const { code, told } = await failToStart(directory);
    small?.remount("rw");
    expect(told).toMatch(/^driftd: STATE_FAILED: .*(read-only|EROFS|Read-only)/);
    expect(code).toBe(70);
    const again = await startDaemon(directory);
    expect((await again.accounting("scored")).rows.measured).toBe(COUNT);
    expect((await again.end()).code).toBe(0);
    rmSync(join(disk, "only"), { recursive: true });
  });

  test("a full disk ends the daemon; with more room it goes on where its last commit was", async () => {
    const streams = {
      scored: { role: "inference", file: "events.jsonl" },
      // Predictions that wait for their labels fill the disk.
      charged: { role: "labels", of: "scored", file: "labels.jsonl" },
    };
    const { directory } = await fileProject({ config: { streams, state: { store: "lmdb", path: disk } } });
    const events = eventsOf(60_000);
    writeLines(join(directory, "events.jsonl"), events);
    writeLines(join(directory, "labels.jsonl"), []);
    const { code, told } = await failToStart(directory);
    expect(told).toMatch(/^driftd: STATE_FULL: No space is left for the state store /);
    expect(code).toBe(70);

    small?.remount("size=64m");
    const daemon = await startDaemon(directory);
    const { rows } = await daemon.accounted("scored", (all) => all.rows.received >= events.length);
    expect(rows).toMatchObject({ received: events.length, measured: events.length, dropped: {} });
    expect((await daemon.end()).code).toBe(0);
    expect(await countsInStore(directory, disk)).toEqual(await countsOfEvents(directory, events));
  });
});
