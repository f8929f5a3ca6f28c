import { setImmediate as breathe } from "node:timers/promises";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { collectDamage, damageLines } from "./damage.ts";
import { describeModels } from "./layout-lines.ts";
import { openSource, type StatePlace } from "./source.ts";
import { linesOf } from "./state-lines.ts";

/** Rows between two looks at whether somebody still reads. */
const STEP = 1_000;

/**
 * `driftd state export`: what a state knows, as JSON lines that say of everybody what docs/PRIVACY.md lets driftd show: no ids, no
 * keys, and of columns with personal data hashes at most. Exits 1 where something was damaged, and so left out.
 */
export async function exportState(place: StatePlace, io: CommandIo): Promise<number> {
  const damage = collectDamage();
  const tell = (what: string): void => damage.add(what);
  const source = await openSource(place, { tell, withBlocks: false, io });
  try {
    const { name, format } = source;
    io.stdout.write(jsonLine({ type: "state", state: name, ...(format !== undefined && { format }) }));
    for (const line of await describeModels(place.configFile, io)) io.stdout.write(jsonLine(line));
    let rows = 0;
    for await (const row of source.rows()) {
      for (const line of linesOf(row)) io.stdout.write(jsonLine(line));
      rows += 1;
      if (rows % STEP === 0) await breathe();
      if (io.signal.aborted) return 130;
    }
  } finally {
    await source.close();
  }
  if (damage.count === 0) return 0;
  io.stderr.write(`${["damaged, and left out:", ...damageLines(damage)].join("\n")}\n`);
  return 1;
}
