import { dirname, join, parse } from "node:path";
import { CodedError } from "../../config/coded-error.ts";
import { relativePath } from "../../config/path.ts";
import { acceptChange, type AcceptedCounts } from "../../reference/acceptance.ts";
import { readReference, writeReference } from "../../reference/reference-file.ts";
import type { AcceptedChange } from "../../reference/reference.ts";
import type { Model } from "../../rules/model.ts";
import { readBytes, writeAtomically } from "../../runtime/files.ts";
import type { Alert } from "../../verdict/alert.ts";
import type { ShownCounts } from "../../web/api/counts.ts";
import { findDaemon, type DaemonClient, type DaemonOptions } from "../alerts/daemon.ts";
import type { CommandIo } from "../io.ts";
import { jsonLine } from "../json-line.ts";
import { loadProject } from "../load.ts";
import { plural } from "../text.ts";
import { referenceEntry } from "./reference-line.ts";

export interface AcceptOptions extends DaemonOptions {
  /** Id of the alert whose change is accepted; else `column` and `since` say which. */
  readonly alert?: string;
  /** Where the configuration has several. */
  readonly model?: string;
  readonly column?: string;
  readonly version?: string;
  /** ms since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly reason: string;
  readonly by?: string;
}

const ROLE = { what: "reference", code: "REFERENCE_INVALID" } as const;

/**
 * `driftd reference accept`: writes a reference in which what the daemon has counted of a column since a change stands in the place
 * of what the reference had, and says which lines of the rule file bring it about. Nothing else is changed.
 */
export async function acceptReference(options: AcceptOptions, io: CommandIo): Promise<number> {
  const daemon = await findDaemon(options, io);
  const wanted = await findChange(options, daemon);
  const model = await findModel(options, wanted.model, io);
  const name =
    wanted.version !== undefined && wanted.version in model.references ? wanted.version : "default";
  const file = model.references[name]?.file;
  if (file === undefined)
    throw new CodedError("REFERENCE_INVALID", `${model.name} has no default reference to start from.`);
  const before = readReference(await readBytes(file, ROLE), file);
  const counted = await askCounts(daemon, { ...wanted, model: model.name });
  if (counted.reference !== before.id)
    throw new CodedError(
      "REFERENCE_INVALID",
      `The daemon goes by another reference than ${relativePath(io.cwd, file)}. Wait until it has read the files again, or see its log.`,
    );
  const change: Omit<AcceptedChange, "segments"> = {
    column: wanted.column,
    ...(wanted.version !== undefined && { version: wanted.version }),
    since: Date.parse(counted.from),
    until: Date.parse(counted.to),
    ...(options.by !== undefined && { by: options.by }),
    reason: options.reason,
  };
  const reference = acceptChange(before, change, countsBySegment(counted));
  const accepted = reference.accepted?.at(-1);
  const output = join(dirname(file), `${parse(file).name}-${reference.id.slice(0, 8)}.arrow`);
  await writeAtomically(output, writeReference(reference), ROLE);
  const written = { file: output, sha256: reference.id };
  const line = `references: { ${name}: ${referenceEntry(model, name, written)} }`;
  if (options.json) {
    io.stdout.write(jsonLine({ file: output, sha256: reference.id, accepted, line }));
    return 0;
  }
  io.stdout.write(
    `${relativePath(io.cwd, output)}: ${change.column} of ${model.name} as counted from ${counted.from} to ${counted.to}, ` +
      `in ${plural(accepted?.segments.length ?? 0, "segment")}\n` +
      "What it is worth: driftd reference show on it. Until a new reference is built, no alert of this column is promised.\n" +
      `Put this into ${relativePath(io.cwd, model.file)} and commit both files:\n${line}\n` +
      // Records that name no version are of one model, of which nothing can be held apart.
      (wanted.version !== undefined && wanted.version !== "" && name === "default"
        ? `All versions are then held against it. To hold ${wanted.version} alone, leave default as it is, and add ${JSON.stringify(wanted.version)}: ${referenceEntry(model, wanted.version, written)}\n`
        : ""),
  );
  return 0;
}

interface Wanted {
  readonly model?: string | undefined;
  readonly column: string;
  readonly version?: string | undefined;
  readonly since: number;
  readonly until?: number | undefined;
}

/** What the flags say, and where they say nothing the alert. */
async function findChange(options: AcceptOptions, daemon: DaemonClient): Promise<Wanted> {
  const alert = options.alert === undefined ? undefined : await findAlert(daemon, options.alert);
  if (alert?.evidence?.comparison !== undefined && options.column === undefined) {
    const message = `${alert.id} tells two versions apart, which no reference decides. Where the version is right and the reference is not, name what it sees with --column.`;
    throw new CodedError("USAGE", message);
  }
  const { column = alert?.column, version = alert?.version, model = alert?.model, until } = options;
  const { since = alert === undefined ? undefined : Date.parse(alert.startsAt) } = options;
  if (column === undefined || since === undefined) {
    const message =
      alert === undefined
        ? "Name an alert, or a change with --column and --since."
        : `${alert.id} is of no column: there is nothing in the reference to replace. Name a change with --column and --since.`;
    throw new CodedError("USAGE", message);
  }
  return { model, column, version, since, until };
}

async function findAlert(daemon: DaemonClient, id: string): Promise<Alert> {
  // web/api/alerts.ts says what it answers.
  const { alerts, elsewhere } = (await daemon.ask("/api/alerts?state=all")) as {
    readonly alerts: readonly Alert[];
    readonly elsewhere?: string;
  };
  const found = alerts.find((alert) => alert.id === id);
  if (found !== undefined) return found;
  if (elsewhere !== undefined) throw new CodedError("USAGE", elsewhere);
  throw new CodedError("USAGE", `No alert ${id} fires or ended lately. driftd alerts list --all shows them.`);
}

async function findModel(
  { configFile }: AcceptOptions,
  name: string | undefined,
  io: CommandIo,
): Promise<Model> {
  const { models } = await loadProject({ configFile, io });
  const known = models.map((model) => model.name).join(", ");
  const found =
    name === undefined && models.length === 1 ? models[0] : models.find((one) => one.name === name);
  if (found !== undefined) return found;
  const message =
    name === undefined
      ? `Say with --model which: there are ${known === "" ? "none that driftd check finds in order" : known}.`
      : `No rule file of ${configFile} describes ${name}; there are: ${known}.`;
  throw new CodedError("USAGE", message);
}

async function askCounts(
  daemon: DaemonClient,
  wanted: Wanted,
): Promise<ShownCounts & { readonly from: string; readonly to: string }> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, String(value));
  // web/api/counts.ts says what it answers.
  const counted = (await daemon.ask(`/api/counts?${query}`)) as ShownCounts;
  const { from, to } = counted;
  if (from !== undefined && to !== undefined) return { ...counted, from, to };
  throw new CodedError(
    "REFERENCE_INVALID",
    "The daemon has no counts of that time any more, or not yet: panes are kept for two windows, hours for 14 days. Choose another --since.",
  );
}

function countsBySegment({ segments }: ShownCounts): AcceptedCounts {
  return new Map(
    segments.map(({ name, counts, sums }) => [
      name,
      { counts: Float64Array.from(counts), ...(sums && { sums: Float64Array.from(sums) }) },
    ]),
  );
}
