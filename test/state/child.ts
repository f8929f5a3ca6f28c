import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");

/** Compiles the sources into a directory of their own, for processes that can be killed; gives the directory. */
export function compileSources(): string {
  const directory = mkdtempSync(join(tmpdir(), "driftd-compiled-"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  symlinkSync(join(REPOSITORY, "node_modules"), join(directory, "node_modules"));
  const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
  const config = join(REPOSITORY, "tsconfig.build.json");
  try {
    execFileSync(process.execPath, [compiler, "-p", config, "--outDir", directory], { stdio: "pipe" });
  } catch (error) {
    // Types are `npm run types`' concern; it is enough that the store was written.
    if (!existsSync(join(directory, "state/lmdb.js"))) throw error;
  }
  return directory;
}

export interface Committer {
  readonly process: ChildProcess;
  /** Everything it has printed so far, by line. */
  lines(): string[];
  /** Settles once it has printed this many lines. */
  printed(lines: number): Promise<void>;
  /** Kills it as the kernel would, and waits for its end. */
  kill(): Promise<void>;
}

export function startCommitter(compiled: string, path: string): Committer {
  const script = join(import.meta.dirname, "committer.mjs");
  const child = spawn(process.execPath, [script, compiled, path], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const lines = (): string[] => output.split("\n").slice(0, -1);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  return {
    process: child,
    lines,
    printed: (count) =>
      new Promise((resolve, reject) => {
        child.stdout.on("data", (bytes: Buffer) => {
          output += bytes.toString();
          if (lines().length >= count) resolve();
        });
        child.once("close", () => reject(new Error(`the committer ended: ${errors}`)));
      }),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
