import { basename } from "node:path";
import type { MappedField } from "../../config/config.ts";
import { resolvePath } from "../../config/path.ts";
import { formatDuration } from "../../config/quantity.ts";
import { schemaHash } from "../../rules/lineage.ts";
import { plural, wrap } from "../text.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { lostRows } from "../reference/lost-rows.ts";
import { reportCompat } from "./compat.ts";
import type { CompatReport, CompatTool } from "./compat.ts";
import { renderCompat } from "./compat-text.ts";
import { isIndependent } from "./questions.ts";
import { openReference } from "./reference-side.ts";
import type { ReferenceSide } from "./reference-side.ts";
import { scoreWindow } from "./report.ts";
import { countDrifted, renderReport } from "./table.ts";
import { countWindow } from "./window-side.ts";
import type { WindowSide } from "./window-side.ts";

export interface ScoreOptions {
  readonly reference: string;
  readonly window: string;
  readonly fields: Readonly<Partial<Record<MappedField, string>>>;
  /** The column whose groups are compared. */
  readonly segment?: string;
  /** The tool whose report is wanted besides. */
  readonly compat?: CompatTool;
  readonly json: boolean;
  readonly failOnDrift: boolean;
}

/** Says how a file of rows differs from a reference. Exits 0, or 1 on findings where that is asked for. */
export async function compareFiles(options: ScoreOptions, io: CommandIo): Promise<number> {
  const { fields, segment } = options;
  const asked = { fields, ...(segment === undefined ? {} : { segment }) };
  const known = await openReference({ file: resolvePath(io.cwd, options.reference), ...asked }, io);
  const inChunks = options.compat === "nannyml";
  // The window is one, however long, and its truth may not be known yet; in rows the reference had it, or said so.
  const optional = known.source === undefined ? (["time"] as const) : (["time", "truth"] as const);
  const file = resolvePath(io.cwd, options.window);
  const window = await countWindow(known.reference, { file, ...asked, optional, inChunks }, io);
  const compat = await compatOf(options, { known, window }, io);
  const report = {
    ...scoreWindow(known, window),
    ...(compat === undefined ? {} : { compat }),
  };
  const { id, rows } = known.reference;
  const lineage = {
    reference: id,
    schema: schemaHash(known.reference),
    rows: { reference: rows, window: window.ledger.sound },
  };
  if (options.json) io.stdout.write(jsonLine({ ...report, lineage }));
  else {
    const width = io.columns ?? Number.POSITIVE_INFINITY;
    const style = { width, color: io.isTerminal, bars: io.isTerminal };
    const head = headOf(options, known, window).map((line) => wrap(line, "", width));
    io.stdout.write(`${head.join("\n")}\n\n${renderReport(report, style)}\n`);
    if (compat !== undefined) io.stdout.write(`${renderCompat(compat, style)}\n`);
  }
  return options.failOnDrift && countDrifted(report) > 0 ? 1 : 0;
}

/** NannyML compares with chunks of the reference's own rows, which are read once more. */
async function compatOf(
  { compat, fields, reference: file }: ScoreOptions,
  { known, window }: { readonly known: ReferenceSide; readonly window: WindowSide },
  io: CommandIo,
): Promise<CompatReport | undefined> {
  if (compat === undefined) return undefined;
  const { reference, source } = known;
  const options = { file: resolvePath(io.cwd, file), fields, optional: ["time"] as const, inChunks: true };
  const own =
    compat === "nannyml" && source !== undefined ? await countWindow(reference, options, io) : undefined;
  const { sections, chunks } = window;
  return reportCompat(compat, { reference, sections, referenceChunks: own?.chunks, windowChunks: chunks });
}

/** Which rows were compared, and on what terms. */
function headOf(options: ScoreOptions, known: ReferenceSide, window: WindowSide): string[] {
  const { reference, source } = known;
  const { ledger } = window;
  const lost = lostRows(ledger).map((reason) => `, ${reason}`);
  const guesses = source?.guesses ?? window.source.guesses;
  const roles = guesses
    .filter(({ as }) => ["time", "score", "decision", "value", "truth", "id", "version"].includes(as))
    .map(({ column, as }) => `${column} as the ${as}`);
  const left = guesses
    .filter(({ as }) => as === "left out")
    .map(({ column, because }) => `${column} (${because})`);
  return [
    `reference ${basename(options.reference)}: ${plural(reference.rows, "row")}`,
    `window ${basename(options.window)}: ${plural(ledger.sound, "row")}${lost.join("")}`,
    ...(roles.length === 0 ? [] : [`Taken: ${roles.join(", ")}.`]),
    ...(left.length === 0 ? [] : [`Left out: ${left.join(", ")}.`]),
    isIndependent(reference)
      ? "Rows are taken as independent of each other. Where they come in order of time, name it with --time: chance does more then."
      : `Chance is what the reference's own windows of ${alternatives(reference.windowSizes.map(formatDuration))} show.`,
  ];
}

/** "1h, 1d or 7d". */
function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
