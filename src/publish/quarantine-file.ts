import type { Log } from "../runtime/log.ts";
import { createLineFile } from "./line-file.ts";
import { toLine } from "./quarantine-entry.ts";
import type { QuarantineSink } from "./quarantine-sink.ts";

/** Lines of JSON; the file and its older half together stay below `max` bytes. */
export function createQuarantineFile(options: {
  readonly file: string;
  readonly max: number;
  readonly log: Log;
}): QuarantineSink {
  const { file, max, log } = options;
  const turned = (): void =>
    log.warn({ file, max }, "the quarantine is full: its older half has been dropped");
  const lines = createLineFile({ file, max, turned });
  return {
    name: file,
    open: lines.open,
    write: (entries) => lines.write(entries.map(toLine)),
    close: lines.close,
  };
}
