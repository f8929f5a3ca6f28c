import { statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { CodedError } from "../../config/coded-error.ts";
import { formatSize } from "../../config/quantity.ts";
import { systemClock } from "../../runtime/clock.ts";
import { damageOf } from "../../state/sealed.ts";
import { openStateDirectory, type StateDirectory } from "../../state/state-directory.ts";
import { readStateRows } from "../../state/state-rows.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { openProgressLine } from "../demo/progress.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { plural } from "../text.ts";
import { collectDamage, damageLines, type Damage } from "./damage.ts";
import { findDirectory, type StatePlace } from "./directory.ts";
import { beginInspection, endInspection, inspectRow, type Inspected } from "./inspection.ts";

/** `driftd state verify`: reads all that a state directory holds. Exits 0, or 1 where something is damaged. */
export async function verifyState(
  { json, ...place }: StatePlace & { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const path = await findDirectory(place, io);
  const damage = collectDamage();
  const report = await inspect(path, damage, io);
  io.stdout.write(json ? jsonLine(asJson(path, report, damage)) : asText(path, report, damage));
  return damage.count === 0 ? 0 : 1;
}

interface Report {
  readonly format: number;
  /** Of the file, and of its pages in use. */
  readonly bytes: number;
  readonly bytesInUse: number;
  readonly rows: number;
  readonly found: Inspected;
}

/** Undefined where nothing could be read at all. */
async function inspect(path: string, damage: Damage, io: CommandIo): Promise<Report | undefined> {
  try {
    const tell = (what: string): void => damage.add(what);
    const directory = await openStateDirectory({ path, clock: systemClock, pid: io.pid, tell });
    try {
      return await inspectRows(directory, damage, io);
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    damage.add(damageOf(error));
    return undefined;
  }
}

/** Rows between two words of how far it has come. */
const STEP = 5_000;

async function inspectRows(
  { file, format, pages, catalogue }: StateDirectory,
  damage: Damage,
  io: CommandIo,
): Promise<Report> {
  const progress = openProgressLine(io.isTerminal ? io.stderr : undefined, {
    width: io.columns ?? 120,
    color: false,
  });
  const tell = (what: string): void => damage.add(what);
  const inspection = beginInspection(tell);
  let rows = 0;
  for (const row of readStateRows(pages, { catalogue, tell, withBlocks: true })) {
    inspectRow(inspection, row);
    rows += 1;
    if (rows % STEP !== 0) continue;
    progress.announce(
      `reading ${formatCount(rows)} of ${formatCount(catalogue.rows)} rows (${Math.floor((100 * rows) / catalogue.rows)}%)`,
    );
    await breathe();
    if (io.signal.aborted) throw new CodedError("INTERRUPTED", "Told to stop before all was read.");
  }
  pages.checkFree();
  endInspection(inspection, catalogue);
  progress.clear();
  const bytesInUse = pages.used() * pages.pageSize;
  return { format, bytes: statSync(file).size, bytesInUse, rows: catalogue.rows, found: inspection.found };
}

function asJson(directory: string, report: Report | undefined, damage: Damage): object {
  const sound = { directory, sound: damage.count === 0, damaged: damage.count, damage: damage.shown() };
  if (report === undefined) return sound;
  const { found, ...numbers } = report;
  return {
    ...sound,
    ...numbers,
    tasks: found.tasks,
    panes: Array.from(found.layouts, ([layout, { panes, bytes, from, to }]) => ({
      layout,
      panes,
      bytes,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    })),
    entries: Array.from(found.indexes, ([index, counts]) => ({ index, ...counts })),
    judgements: found.judgements,
  };
}

function asText(directory: string, report: Report | undefined, damage: Damage): string {
  const lines = [`${directory}`];
  if (report !== undefined) lines.push(...describe(report));
  if (damage.count === 0) lines.push("All of it can be read, and its ledgers balance.");
  else
    lines.push(
      `${plural(damage.count, "thing")} found damaged:`,
      ...damageLines(damage),
      ...wayOut(directory),
    );
  return `${lines.join("\n")}\n`;
}

function describe({ bytes, bytesInUse, rows, found }: Report): string[] {
  const { tasks, layouts, indexes } = found;
  const size = `${formatSize(bytes)}, of which ${formatSize(bytesInUse)} are in use by ${plural(rows, "row")}`;
  const lines = [`  ${size}`, `  ${plural(tasks.length, "task")}`];
  for (const [layout, { panes, from, to }] of layouts) {
    const span = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    lines.push(`  ${plural(panes, "pane")} of ${layout}, ${span}`);
  }
  for (const [index, { entries, runs }] of indexes)
    lines.push(`  ${formatCount(entries)} entries of ${index} in ${plural(runs, "run")}`);
  return lines;
}

function wayOut(directory: string): string[] {
  return [
    `What can be read: driftd state export ${directory}`,
    "The way out: put a copy of the directory back, or move it away and start again: with from: earliest all that Kafka still keeps",
    "is counted anew. Where the list of free pages alone is damaged, driftd state compact makes a sound file.",
  ];
}
