import { setImmediate as breathe } from "node:timers/promises";
import { systemClock } from "../../runtime/clock.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { readStateRows } from "../../state/state-rows.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { collectDamage, damageLines } from "./damage.ts";
import { findDirectory, type StatePlace } from "./directory.ts";
import { describeLayouts } from "./layout-lines.ts";
import { linesOf } from "./state-lines.ts";

/** Rows between two looks at whether somebody still reads. */
const STEP = 1_000;

/**
 * `driftd state export`: what a state directory knows, as JSON lines that say of everybody what docs/PRIVACY.md lets driftd show:
 * no ids, no keys, and of columns with personal data hashes at most. Exits 1 where something was damaged, and so left out.
 */
export async function exportState(place: StatePlace, io: CommandIo): Promise<number> {
  const path = await findDirectory(place, io);
  const damage = collectDamage();
  const tell = (what: string): void => damage.add(what);
  const directory = await openStateDirectory({ path, clock: systemClock, pid: io.pid, tell });
  try {
    const { pages, catalogue, format } = directory;
    io.stdout.write(jsonLine({ type: "state", directory: path, format }));
    for (const layout of await describeLayouts(place.configFile, io)) io.stdout.write(jsonLine(layout));
    let rows = 0;
    for (const row of readStateRows(pages, { catalogue, tell })) {
      for (const line of linesOf(row)) io.stdout.write(jsonLine(line));
      rows += 1;
      if (rows % STEP === 0) await breathe();
      if (io.signal.aborted) return 130;
    }
  } finally {
    await directory.close();
  }
  if (damage.count === 0) return 0;
  io.stderr.write(`${["damaged, and left out:", ...damageLines(damage)].join("\n")}\n`);
  return 1;
}
