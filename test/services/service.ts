import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe } from "vitest";

/**
 * A suite of tests on a real service. Where the service cannot be had (`missing` says why) they are skipped with that
 * reason in the title, or fail where DRIFTD_REQUIRE_SERVICES=1.
 */
export function describeService(title: string, missing: string | undefined, suite: () => void): void {
  const required = process.env["DRIFTD_REQUIRE_SERVICES"] === "1";
  const note = missing === undefined ? "" : ` (${required ? "required" : "skipped"}: ${missing})`;
  describe.skipIf(missing !== undefined && !required)(`${title}${note}`, () => {
    beforeAll(() => {
      if (missing !== undefined) throw new Error(`DRIFTD_REQUIRE_SERVICES=1, but ${missing}`);
    });
    suite();
  });
}

/** The full path of the first of these programs that is on the PATH. */
export function findProgram(...names: readonly string[]): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.flatMap((directory) => names.map((name) => join(directory, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
