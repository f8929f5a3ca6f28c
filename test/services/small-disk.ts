import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in memory. */
export interface SmallDisk {
  readonly path: string;
  /** With other options, such as `ro` or `size=64m`. */
  remount(options: string): void;
  unmount(): void;
}

/** A disk of so much room (`2m`), where the system lets us have one. */
export function mountSmall(size: string): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "driftd-small-"));
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path);
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    remount: (options) => run("mount", "-o", `remount,${options}`, path),
    unmount() {
      run("umount", path);
      rmSync(path, { recursive: true });
    },
  };
}

function run(program: string, ...parameters: readonly string[]): void {
  execFileSync(program, parameters, { stdio: "ignore" });
}
