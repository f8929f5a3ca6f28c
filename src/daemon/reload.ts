import type { Watched } from "./pipeline.ts";
import type { ShownReload } from "../publish/metrics.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

/** The files that the daemon goes by, read and checked as a whole. */
export type ReadFiles =
  | { readonly status: "read"; readonly watched: Watched }
  /** One line for each reason why they cannot be taken over. */
  | { readonly status: "refused"; readonly reasons: readonly string[] };

export interface FileReader {
  /** Another text whenever a file was changed, came, went, or was replaced; without reading any of them. */
  fingerprint(): Promise<string>;
  /** Never rejects for what stands in the files. */
  read(): Promise<ReadFiles>;
}

export interface ReloadOptions {
  readonly reader: FileReader;
  /** What the daemon goes by now. */
  readonly watched: () => Watched;
  /** Replaces it; records wait meanwhile. */
  readonly configure: (next: Watched) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Reads the files again while the daemon runs: when they change, and when it is asked to. */
export interface Reload {
  /** Reads them now. */
  read(): Promise<void>;
  /** Reads them if they have changed and then stayed the same from one call to the next: editors write in several steps. */
  look(): Promise<void>;
  shown(): ShownReload;
}

/**
 * All that may fail comes before anything that runs is touched: what is not in order as a whole changes nothing, and is told
 * once for every change of the files.
 */
export async function createReload(options: ReloadOptions): Promise<Reload> {
  const { reader, watched, configure, clock, log } = options;
  let settled = await reader.fingerprint();
  let seen = settled;
  let shown: ShownReload = { isSuccessful: true, succeededAt: clock.tick().now };
  let reading: Promise<void> = Promise.resolve();

  async function readOnce(isAsked: boolean): Promise<void> {
    const files = await reader.read();
    if (files.status === "refused") {
      shown = { ...shown, isSuccessful: false };
      log.error({ reasons: files.reasons }, REFUSED);
      return;
    }
    const { configHash, models } = files.watched;
    const isOther = configHash !== watched().configHash;
    const began = clock.tick().now;
    if (isOther) await configure(files.watched);
    const { now } = clock.tick();
    shown = { isSuccessful: true, succeededAt: now };
    const names = models.map(({ model }) => model.name);
    if (isOther) log.info({ models: names, configHash, milliseconds: now - began }, TAKEN_OVER);
    // Another set of files is looked at once more: nobody asked for that.
    else log[isAsked ? "info" : "debug"]({ configHash }, UNCHANGED);
  }

  const read = (isAsked: boolean): Promise<void> => {
    // One after the other: the later one may see more.
    reading = reading.catch(() => undefined).then(() => readOnce(isAsked));
    return reading;
  };

  return {
    async read() {
      seen = await reader.fingerprint();
      settled = seen;
      await read(true);
    },
    async look() {
      const now = await reader.fingerprint();
      const isSteady = now === seen;
      seen = now;
      if (!isSteady || now === settled) return;
      settled = now;
      await read(false);
    },
    shown: () => shown,
  };
}

const TAKEN_OVER = "rule files and references were read again, and are what counts from now on";
const UNCHANGED = "rule files and references were read again: they say what they said before";
const REFUSED =
  "rule files and references were read again and cannot be taken over as they are: what was in force before stays so";
