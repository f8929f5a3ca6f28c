import { check } from "../../src/commands/check.ts";
import { projectDirectory } from "./project-directory.ts";

/** A driftd.yaml of one stream, and the rule files beside it. */
export const CONFIG = `version: 1
streams:
  scored: { role: inference, file: scored.jsonl }
rules: [rules/**/*.yaml]
`;

/** What fits the quiet reference. */
export const RULES = `version: 1
model: m
references: { default: { file: ../reference/m.arrow } }
segmentBy: [region]
rules:
  - { alert: Drift, measure: psi, columns: [amount], for: 10m }
  - { alert: Broken, measure: invalid, by: [] }
`;

interface CheckProject {
  /** A path in the directory of this test. */
  path(file: string): string;
  /** Writes a file of the project of this test. */
  write(file: string, content: string | Uint8Array): void;
  /** What check says of it, by lines. */
  run(options?: { json?: boolean; strict?: boolean; explain?: boolean; paths?: string[] }): Promise<{
    readonly exit: number;
    readonly lines: readonly string[];
  }>;
}

/** A directory for each test of the file, removed after the last. */
export function checkProject(): CheckProject {
  const { path, write } = projectDirectory();
  return {
    path,
    write,
    async run(options) {
      let text = "";
      const io = { stdout: { write: (part: string) => void (text += part) }, env: {}, cwd: path("") };
      const asked = {
        configFile: "driftd.yaml",
        paths: [],
        json: false,
        strict: false,
        explain: false,
        ...options,
      };
      const exit = await check(asked, io);
      return { exit, lines: text.trimEnd().split("\n") };
    },
  };
}
