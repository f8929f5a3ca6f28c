import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { runCommand, type Ended } from "../command-io.ts";

const CONFIG = `version: 1
streams: { scored: { role: inference, file: scored.jsonl } }
rules: [rules/*.yaml]
`;

interface RulesProject {
  readonly directory: string;
  write(file: string, text: string): void;
  read(file: string): string;
  run(...args: string[]): Promise<Ended>;
}

/** A project of these rule files, whose references are nowhere to be found; gone with the test. */
export function rulesProject(rules: Readonly<Record<string, string>>, publish = ""): RulesProject {
  const directory = mkdtempSync(join(tmpdir(), "driftd-rules-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write("driftd.yaml", `${CONFIG}${publish}`);
  for (const [name, text] of Object.entries(rules)) write(`rules/${name}.yaml`, text);
  return {
    directory,
    write,
    read: (file) => readFileSync(join(directory, file), "utf8"),
    run: (...args) => runCommand(args, { cwd: directory }),
  };
}
