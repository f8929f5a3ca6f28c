import { CodedError } from "../../config/coded-error.ts";
import type { Config, StreamConfig } from "../../config/config.ts";
import type { EventPlan } from "../../event/batch.ts";
import { relativePath } from "../../config/path.ts";
import { LabelJoin } from "../../reference/label-join.ts";
import type { LabelLedger } from "../../reference/label-join.ts";
import { REFERENCE_DEFAULTS } from "../../reference/options.ts";
import type { LabelMaturity } from "../../reference/options.ts";
import type { Model } from "../../rules/model.ts";
import type { CommandIo } from "../io.ts";
import { sourceFile } from "./build-inputs.ts";
import { describeColumns, openLabels } from "./labels.ts";
import type { LabelColumns, LabelSource } from "./labels.ts";
import { showProgress, sourceReader } from "./source.ts";
import type { ReadSource, SourceLedger, SourceReading } from "./source.ts";
import { fieldsOf, labelStream } from "./stream-map.ts";

/** Predictions, and the truth of a file of labels beside them. */
export interface LabelledSource {
  readonly plan: EventPlan;
  readonly read: ReadSource;
  readonly report: LabelReport;
}

/** What came of the labels. */
export interface LabelReport {
  /** As seen from the working directory. */
  readonly file: string;
  readonly source: SourceLedger;
  readonly ledger: LabelLedger;
  readonly maturity: LabelMaturity;
  /** Predictions are forgotten this long after their time, ms. */
  readonly expireAfter: number;
}

export interface LabelledOptions {
  /** The file of labels, as it was named. */
  readonly source: string;
  /** Its columns that were named on the command line. */
  readonly fields: LabelColumns;
  readonly config: Config | undefined;
  readonly predictions: SourceReading;
  /** The stream of driftd.yaml that the predictions are of. */
  readonly stream: StreamConfig | undefined;
  /** What the rule file says of labels; without one every label counts, and days are cohorts. */
  readonly times: LabelTimes | undefined;
  /** Whether which columns were taken for what is to be said. */
  readonly isTold: boolean;
}

type LabelTimes = Pick<Model["labels"], "matureAfter" | "expireAfter" | "cohort">;
const UNDECLARED: LabelTimes = { expireAfter: Number.POSITIVE_INFINITY, cohort: REFERENCE_DEFAULTS.cohort };

/**
 * Joins a file of labels with the predictions of another.
 * @throws CodedError USAGE where it is not clear how labels name their predictions, SOURCE_INVALID where none meets one
 */
export async function readLabelled(options: LabelledOptions, io: CommandIo): Promise<LabelledSource> {
  const { source, fields, config, predictions, stream, times = UNDECLARED, isTold } = options;
  const { id: predictionId } = fieldsOf(predictions.map);
  if (predictionId === undefined) throw namelessPredictions(predictions.file);
  const file = sourceFile(source, io.cwd);
  const { key, plan } = predictions;
  const labelsStream = labelStream(config, { of: stream, file });
  const labels = await openLabels(
    { file, model: plan.model, fields, stream: labelsStream, predictionId, key },
    io,
  );
  const name = relativePath(io.cwd, file);
  if (isTold) io.stdout.write(describeColumns(name, labels.columns));
  return join({ predictions, labels, name, times }, io);
}

/** Reads the ids of the predictions and then the labels, twice: how late labels come says which of them count. */
async function join(
  sources: { predictions: SourceReading; labels: LabelSource; name: string; times: LabelTimes },
  io: CommandIo,
): Promise<LabelledSource> {
  const { predictions, labels, name, times } = sources;
  const { columns } = predictions.plan;
  const plan = { ...predictions.plan, needsId: true, columns: [...columns, labels.truth] };
  const labelJoin = new LabelJoin({ plan, ...times });
  // The fields of the records are looked at where all columns are read.
  const { fields: _fields, ...unobserved } = predictions;
  const ids = sourceReader({ ...unobserved, plan: { ...plan, columns: [] } });
  await ids((batch, rows) => {
    labelJoin.addPredictions(batch);
    showProgress(io, `reading the ids of ${rows} predictions`);
  });
  await labels.read((batch, rows) => {
    labelJoin.timeLabels(batch);
    showProgress(io, `reading ${rows} labels`);
  });
  const maturity = labelJoin.settle();
  const source = await labels.read((batch, rows) => {
    labelJoin.addLabels(batch);
    showProgress(io, `joining ${rows} labels`);
  });
  showProgress(io, "");
  const report = { file: name, source, ledger: labelJoin.ledger, maturity, expireAfter: times.expireAfter };
  requireMatches(labels, report);
  const rows = sourceReader({ ...predictions, plan: { ...plan, columns } });
  return { plan, read: readJoined(rows, labelJoin), report };
}

/** Rows of an id that came before are told with those that other reasons drop. */
function readJoined(read: ReadSource, join: LabelJoin): ReadSource {
  return async (take) => {
    const joinTruth = join.joinTruth();
    const ledger = await read((batch, rows) => take(joinTruth(batch), rows));
    const { repeated } = join.ledger;
    if (repeated === 0) return ledger;
    const duplicate = (ledger.dropped["duplicate"] ?? 0) + repeated;
    return { ...ledger, sound: ledger.sound - repeated, dropped: { ...ledger.dropped, duplicate } };
  };
}

function namelessPredictions(file: string): CodedError {
  const message = `${file}: it is not clear which column holds the id by which labels name a prediction. Name it with --id.`;
  return new CodedError("USAGE", message);
}

/** Predictions that cannot be read at all are told of where they are counted. */
function requireMatches({ columns }: LabelSource, { file, source, ledger }: LabelReport): void {
  if (ledger.predictions === 0) return;
  if (ledger.immature === ledger.predictions) {
    const message = `${file} ends before the labels of any prediction can all have come (labels.matureAfter, else the time within which 99% came). Take labels up to a later time.`;
    throw new CodedError("SOURCE_INVALID", message);
  }
  if (ledger.matched > 0) return;
  const left = {
    ...source.dropped,
    undecodable: source.undecodable,
    "of unknown predictions": ledger.orphan,
    late: ledger.late,
    "without a truth": ledger.empty,
  };
  const told = Object.entries(left).flatMap(([reason, count]) => (count > 0 ? [`${count} ${reason}`] : []));
  const message = `${file}: no label met a prediction (${told.join(", ")}). Check that both files are of the same predictions, and that ${columns.id ?? "the id"} is what they call themselves: --id, --label-id.`;
  throw new CodedError("SOURCE_INVALID", message);
}
