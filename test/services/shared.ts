import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where test files of this run find the services that they share. */
    readonly servicesDirectory: string;
  }
}

export interface StartedService {
  /** Processes that the end of the run will stop. */
  readonly pids: readonly number[];
  /** How the service is reached. */
  readonly address: string;
}

/**
 * Starts a service once for the whole run: the first test file to ask starts it, the others wait for its address. Runs
 * that need no service start none. global-setup.ts stops it.
 */
export async function shareService(
  name: string,
  start: (directory: string) => Promise<StartedService>,
): Promise<string> {
  const directory = join(inject("servicesDirectory"), name);
  const ready = join(directory, "ready.json");
  const failed = join(directory, "failed.txt");
  if (isFirst(directory)) {
    try {
      const started = await start(directory);
      writeFileSync(`${ready}.new`, JSON.stringify(started));
      renameSync(`${ready}.new`, ready);
    } catch (error) {
      writeFileSync(failed, String(error));
      throw error;
    }
  }
  for (let patience = Date.now() + 230_000; !existsSync(ready); await sleep(50)) {
    if (existsSync(failed)) throw new Error(`${name} could not be started: ${readFileSync(failed, "utf8")}`);
    if (Date.now() > patience) throw new Error(`${name} did not become ready; see ${directory}`);
  }
  return readStarted(ready).address;
}

/** Creating a directory is the lock: only one process can. */
function isFirst(directory: string): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch {
    return false;
  }
}

export function readStarted(file: string): StartedService {
  // Written by shareService above.
  return JSON.parse(readFileSync(file, "utf8")) as StartedService;
}
