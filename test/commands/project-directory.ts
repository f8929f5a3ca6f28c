import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach } from "vitest";

interface ProjectDirectory {
  /** A path in the directory of this test. */
  path(file: string): string;
  write(file: string, content: string | Uint8Array): void;
}

/** A directory for each test of the file, removed after the last. */
export function projectDirectory(): ProjectDirectory {
  const root = mkdtempSync(join(tmpdir(), "driftd-project-"));
  let cwd = root;
  let projects = 0;
  beforeEach(() => {
    projects += 1;
    cwd = join(root, String(projects));
    mkdirSync(cwd);
  });
  afterAll(() => rmSync(root, { recursive: true }));
  const path = (file: string): string => join(cwd, file);
  return {
    path,
    write(file, content) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), content);
    },
  };
}
