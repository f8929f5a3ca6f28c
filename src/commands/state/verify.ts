import { setImmediate as breathe } from "node:timers/promises";
import { CodedError } from "../../config/coded-error.ts";
import { formatSize } from "../../config/quantity.ts";
import { damageOf } from "../../state/sealed.ts";
import { formatCount } from "../../verdict/quantities.ts";
import { openProgressLine } from "../demo/progress.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { plural } from "../text.ts";
import { collectDamage, damageLines, type Damage } from "./damage.ts";
import { beginInspection, endInspection, inspectRow, type Inspected } from "./inspection.ts";
import { openSource, type StatePlace, type StateSource } from "./source.ts";

/** `driftd state verify`: reads all that a state holds. Exits 0, or 1 where something is damaged. */
export async function verifyState(
  { json, ...place }: StatePlace & { readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const damage = collectDamage();
  const report = await inspect(place, damage, io);
  io.stdout.write(json ? jsonLine(asJson(report, damage)) : asText(report, damage));
  return damage.count === 0 ? 0 : 1;
}

interface Report {
  readonly kind: StateSource["kind"];
  /** Where the state is. */
  readonly state: string;
  readonly format?: number;
  /** Of the file, and of its pages in use; both of the whole server where daemons share it. */
  readonly bytes: number;
  readonly bytesInUse: number;
  readonly rows: number;
  readonly journal?: StateSource["journal"];
  readonly found: Inspected;
}

/** Undefined where nothing could be read at all. */
async function inspect(place: StatePlace, damage: Damage, io: CommandIo): Promise<Report | undefined> {
  try {
    const tell = (what: string): void => damage.add(what);
    const source = await openSource(place, { tell, withBlocks: true, io });
    try {
      return await inspectRows(source, damage, io);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "STATE_DAMAGED") throw error;
    damage.add(damageOf(error));
    return undefined;
  }
}

/** Rows between two words of how far it has come. */
const STEP = 5_000;

async function inspectRows(source: StateSource, damage: Damage, io: CommandIo): Promise<Report> {
  const { kind, name, format, total, journal } = source;
  const width = io.columns ?? 120;
  const progress = openProgressLine(io.isTerminal ? io.stderr : undefined, { width, color: false });
  const inspection = beginInspection((what) => damage.add(what));
  let rows = 0;
  for await (const row of source.rows()) {
    inspectRow(inspection, row);
    rows += 1;
    if (rows % STEP !== 0) continue;
    const of = total === undefined ? "" : ` of ${formatCount(total)}`;
    progress.announce(`reading: ${formatCount(rows)}${of} rows`);
    await breathe();
    if (io.signal.aborted) throw new CodedError("INTERRUPTED", "Told to stop before all was read.");
  }
  const size = await source.size();
  endInspection(inspection, source.runs());
  progress.clear();
  const { found } = inspection;
  const about = { kind, state: name, ...(format !== undefined && { format }), ...(journal && { journal }) };
  return { ...about, ...size, rows: total ?? rows, found };
}

function asJson(report: Report | undefined, damage: Damage): object {
  const sound = { sound: damage.count === 0, damaged: damage.count, damage: damage.shown() };
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

function asText(report: Report | undefined, damage: Damage): string {
  const lines: string[] = [];
  if (report !== undefined) lines.push(...describe(report));
  if (damage.count === 0) lines.push("All of it can be read, and its ledgers balance.");
  else
    lines.push(
      `${plural(damage.count, "thing")} found damaged:`,
      ...damageLines(damage),
      ...WAYS_OUT[report?.kind ?? "directory"],
    );
  return `${lines.join("\n")}\n`;
}

function describe({ kind, state, bytes, bytesInUse, rows, journal, found }: Report): string[] {
  const { tasks, layouts, indexes } = found;
  const size =
    kind === "shared"
      ? `${plural(rows, "row")}, in a server that uses ${formatSize(bytes)} for all that it holds`
      : `${formatSize(bytes)}, of which ${formatSize(bytesInUse)} are in use by ${plural(rows, "row")}`;
  const lines = [state, `  ${size}`, `  ${plural(tasks.length, "task")}`];
  for (const [layout, { panes, from, to }] of layouts) {
    const span = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
    lines.push(`  ${plural(panes, "pane")} of ${layout}, ${span}`);
  }
  for (const [index, { entries, runs }] of indexes)
    lines.push(`  ${formatCount(entries)} entries of ${index} in ${plural(runs, "run")}`);
  if (journal !== undefined && journal.entries > 0)
    lines.push(
      `  a journal of ${formatSize(journal.bytes)}: what was sent last, which the next start counts where it was not yet`,
    );
  return lines;
}

const AGAIN = "with from: earliest all that Kafka still keeps is counted anew.";
const WAYS_OUT = {
  directory: [
    `driftd state export prints what can be read. The way out: put a copy of the state directory back, or move it away and start again: ${AGAIN}`,
    "Where the list of free pages alone is damaged, driftd state compact makes a sound file.",
  ],
  shared: [
    `driftd state export prints what can be read. The way out: stop all daemons, delete what Redis keeps under the prefix and start again: ${AGAIN}`,
  ],
} as const;
