import { setImmediate as breathe } from "node:timers/promises";
import { CodedError } from "../../config/coded-error.ts";
import { formatSize } from "../../config/quantity.ts";
import { systemClock } from "../../runtime/clock.ts";
import { compactState } from "../../state/compaction.ts";
import { damaged } from "../../state/sealed.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { openProgressLine } from "../demo/progress.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { findDirectory, type StatePlace } from "./source.ts";

/**
 * `driftd state compact`: copies a state directory's file into a smaller one. Refuses where a row cannot be read, for it would be lost;
 * the list of free pages, which the copy does not need, may be damaged.
 */
export async function compactDirectory(
  { json, ...place }: StatePlace & { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const path = await findDirectory(place, io);
  const tell = (damage: string): void => {
    throw damaged(damage);
  };
  const directory = await openStateDirectory({ path, clock: systemClock, pid: io.pid, tell });
  const progress = openProgressLine(io.isTerminal ? io.stderr : undefined, {
    width: io.columns ?? 120,
    color: false,
  });
  const all = formatCount(directory.catalogue.rows);
  try {
    const { before, after } = await compactState(directory, async (rows) => {
      progress.announce(`copying ${formatCount(rows)} of ${all} rows`);
      await breathe();
      if (io.signal.aborted) {
        throw new CodedError("INTERRUPTED", "Told to stop before all was copied. The state is as it was.");
      }
    });
    progress.clear();
    const said = `${path}: ${formatSize(before)} before, ${formatSize(after)} after.\n`;
    io.stdout.write(json ? jsonLine({ directory: path, before, after }) : said);
    return 0;
  } finally {
    progress.clear();
    await directory.close();
  }
}
