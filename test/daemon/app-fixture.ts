import { onTestFinished } from "vitest";
import { startApp, type App, type AppOptions } from "../../src/daemon/app.ts";
import { publicKeys } from "../../src/event/ids.ts";
import { createSimulatedClock } from "../../src/runtime/clock.ts";
import { HOUR, LIMITS, START, streamsOf } from "../engine/fixture.ts";

/** What the story of a test has to say of its daemon; the rest it may. */
type StoryOptions = Pick<AppOptions, "models" | "openStore" | "sources" | "log"> & Partial<AppOptions>;

export const CONFIG: AppOptions["config"] = {
  publish: { maxAge: 365 * 24 * HOUR },
  http: { host: "127.0.0.1", port: 0, maxBodyBytes: 1_048_576 },
  metrics: { segments: "none", maxLines: 1_000 },
};

/** Starts a daemon of one partition, by a clock that stands still; it ends with the test. */
export async function openApp(options: StoryOptions): Promise<App> {
  const app = await startApp({
    config: CONFIG,
    streams: streamsOf(false),
    keys: publicKeys(),
    maxRecordBytes: LIMITS.maxRecordBytes,
    partitions: 1,
    commitEvery: { rows: 1, interval: Number.POSITIVE_INFINITY },
    clock: createSimulatedClock(START),
    build: { version: "1", node: "20" },
    configHash: "c",
    process: () => ({
      cpuSeconds: 0,
      residentBytes: 0,
      heapUsedBytes: 0,
      externalBytes: 0,
      startedAt: 0,
      loopDelay: 0,
    }),
    ...options,
  });
  onTestFinished(() => app.stop("the test has ended").catch(() => undefined));
  return app;
}
