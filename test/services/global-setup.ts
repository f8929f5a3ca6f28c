import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { isAlive, stopProcess } from "./process.ts";
import { readStarted } from "./shared.ts";

const PREFIX = "driftd-services-";

/** Gives every run a place for the services its test files share, and stops them at its end. Costs nothing unused. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(PREFIX) && !isAlive(ownerOf(join(tmpdir(), name)))) await end(join(tmpdir(), name));
  }
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(directory, "owner.pid"), String(process.pid));
  project.provide("servicesDirectory", directory);
  return () => end(directory);
}

/** The run that a directory belongs to; a run that was killed leaves its services behind. */
function ownerOf(directory: string): number {
  const file = join(directory, "owner.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : process.pid;
}

async function end(directory: string): Promise<void> {
  for (const service of readdirSync(directory)) {
    const ready = join(directory, service, "ready.json");
    if (!existsSync(ready)) continue;
    const { pids } = readStarted(ready);
    await Promise.all(pids.filter((pid) => isOurs(pid, directory)).map((pid) => stopProcess(pid, "SIGKILL")));
  }
  rmSync(directory, { recursive: true, force: true });
}

/** A number may by now belong to another program: ours names the directory in its arguments. */
function isOurs(pid: number, directory: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory);
  } catch {
    return isAlive(pid);
  }
}
