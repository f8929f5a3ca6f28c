import { classesLength } from "../../counts/classes.ts";
import { rulerLength } from "../../counts/outcome-ruler.ts";
import type { SeriesRef } from "../../counts/ref.ts";
import type { Reference } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import { confusionMatrix } from "../../statistics/class-shares.ts";
import type { ConfusionMatrix } from "../../statistics/class-shares.ts";
import { benjaminiHochberg, holm } from "../../statistics/multiple.ts";
import { reliabilityTable } from "../../statistics/reliability.ts";
import type { ReliabilityRow } from "../../statistics/reliability.ts";
import type { Score, ScoreStatus } from "../../statistics/score.ts";
import { cellsOf, changesOf, isBroken } from "./changes.ts";
import type { Cells, Change } from "./changes.ts";
import { explainColumn } from "./explanation.ts";
import { compareAll } from "./group-report.ts";
import type { FairnessReport } from "./group-report.ts";
import { scoreOutcomes } from "./outcome.ts";
import { answerQuestions, plainScores } from "./questions.ts";
import type { Answer } from "./questions.ts";
import type { ReferenceSide } from "./reference-side.ts";
import type { UnseenCategory } from "./unseen.ts";
import type { WindowLabels, WindowSide } from "./window-side.ts";

/** What `score --json` prints, and nothing besides. */
export interface ScoreReport {
  readonly columns: Readonly<Record<string, ColumnReport>>;
  /**
   * Of the window's labels, where it has a truth and a prediction; and where the reference has them, what its labels say of
   * the window's scores. `extras.reference` is the reference's own value.
   */
  readonly outcome: {
    readonly measures: Readonly<Record<string, Score>>;
    /** Of the window's labels by groups of the score; absent where none has both. */
    readonly reliability?: readonly ReliabilityRow[];
    /** Of a model that decides between many classes. */
    readonly confusion?: ConfusionMatrix;
  };
  /** By the column that --segment names, else by those that the reference is split by; absent without, or where nothing decides. */
  readonly fairness?: Readonly<Record<string, FairnessReport>>;
}

export interface ColumnReport {
  readonly type: string;
  readonly reference: Extent;
  readonly window: Extent;
  readonly measures: Readonly<Record<string, Score>>;
  /** The most frequent of the categories that the reference never had; absent where there are none. */
  readonly unseen?: readonly UnseenCategory[];
  /**
   * Of the column as a whole: `p` is the least of its questions' times their number. `extras.holm` is the probability of as
   * much by chance in any of the columns, `extras.q` the false discovery rate, `extras.drifted` 1 where it counts as drift.
   */
  readonly significance: Score;
  /** Whether the column's distribution could be judged. */
  readonly status: ScoreStatus;
  /** Plain sentences. */
  readonly explanation: string;
}

/** The reason of a column that stands in one of the files only. */
export const NO_COLUMN = "no such column";

/** Values, and cells without one. */
interface Extent {
  readonly n: number;
  readonly missing: number;
}

/** A column of both files. */
interface Compared {
  readonly name: string;
  readonly type: string;
  readonly ref: SeriesRef;
  readonly section: Float64Array;
  readonly answers: readonly Answer[];
  readonly reference: Cells;
  readonly window: Cells;
  readonly unseen: readonly UnseenCategory[];
  /** Undefined where no question has a p. */
  readonly p: number | undefined;
}

/** Holds every column of the window against the reference: first those of the reference in its order, then the others. */
export function scoreWindow(known: ReferenceSide, window: WindowSide): ScoreReport {
  const { reference } = known;
  const columns = new Map<string, ColumnReport>();
  const compared: Compared[] = [];
  for (const [column, { name, type, pii }] of reference.columns.entries()) {
    const ref = findSeriesRef(reference, "all", column);
    if (ref === undefined) continue;
    const section = window.sections[column];
    const cells = cellsOf(ref, ref.counts);
    // Keeps its place among the others.
    columns.set(name, section !== undefined && pii ? hashedColumn(type, cells) : goneColumn(type, cells));
    if (section !== undefined && !pii)
      compared.push(
        compareColumn({ reference, column, ref, section, name, type, unseen: window.unseen[name] ?? [] }),
      );
  }
  for (const [name, report] of judgeColumns(compared)) columns.set(name, report);
  for (const { name, type } of window.added) columns.set(name, addedColumn(name, type, known));
  const reliability = window.outcomes === undefined ? [] : reliabilityOfLabels(window.outcomes);
  return {
    columns: Object.fromEntries(columns),
    outcome: {
      measures: scoreOutcomes(reference, window),
      ...(reliability.length === 0 ? {} : { reliability }),
      ...confusionOfLabels(window.outcomes),
    },
    ...compareAll(window.groups),
  };
}

/** Of probabilities; numbers have no such table. */
function reliabilityOfLabels({ ruler, counts }: WindowLabels): ReliabilityRow[] {
  return ruler.kind === "values" ? [] : reliabilityTable(counts);
}

function confusionOfLabels(labels: WindowLabels | undefined): { confusion?: ConfusionMatrix } {
  if (labels?.ruler.kind !== "classes") return {};
  const { ruler, counts } = labels;
  const { classes } = ruler;
  return {
    confusion: confusionMatrix(counts.subarray(rulerLength(ruler) - classesLength(classes.length)), classes),
  };
}

function compareColumn(options: {
  reference: Reference;
  column: number;
  ref: SeriesRef;
  section: Float64Array;
  name: string;
  type: string;
  unseen: readonly UnseenCategory[];
}): Compared {
  const { ref, section, name, type, unseen } = options;
  const answers = answerQuestions(options);
  const ps = answers.flatMap(({ significance }) => significance.p ?? []);
  return {
    name,
    type,
    ref,
    section,
    answers,
    reference: cellsOf(ref, ref.counts),
    window: cellsOf(ref, section),
    unseen,
    p: ps.length === 0 ? undefined : Math.min(1, ps.length * Math.min(...ps)),
  };
}

/** What the columns say together: which changes remain when so many were looked for. */
function judgeColumns(compared: readonly Compared[]): [string, ColumnReport][] {
  const asked = compared.flatMap(({ answers }) =>
    answers.filter(({ significance }) => significance.p !== undefined),
  );
  const adjusted = holm(asked.map(({ significance }) => significance.p ?? 1));
  const holmOf = new Map(asked.map((answer, position) => [answer, adjusted[position]]));
  const judged = compared.filter(({ p }) => p !== undefined);
  const qs = benjaminiHochberg(judged.map(({ p }) => p ?? 1));
  return compared.map((column) => {
    const { name, type, answers, reference, window, unseen } = column;
    const changes = changesOf(answers, holmOf);
    const q = qs[judged.indexOf(column)];
    const { ref, section } = column;
    const scores = [...answers.flatMap((answer) => answer.scores), ...plainScores(ref, section)];
    const [{ significance }] = answers;
    const report: ColumnReport = {
      type,
      reference: extentOf(reference),
      window: extentOf(window),
      measures: Object.fromEntries(scores.map(({ measure, score }) => [measure.name, score])),
      ...(unseen.length === 0 ? {} : { unseen }),
      significance: significanceOf({ column, changes, q, holmOf }),
      status: reference.n === 0 ? "no-reference" : significance.status,
      explanation: explainColumn({ ...column, changes, columns: judged.length }),
    };
    return [name, report];
  });
}

function significanceOf(judged: {
  column: Compared;
  changes: readonly Change[];
  q: number | undefined;
  holmOf: ReadonlyMap<Answer, number>;
}): Score {
  const { column, changes, q, holmOf } = judged;
  const { answers, p } = column;
  const drifted = isBroken(column.reference, column.window) || changes.some(({ size }) => size === "drift");
  // The question that is least likely by chance speaks for the column; without any p, its distribution does.
  const [speaker] = answers.toSorted((a, b) => (a.significance.p ?? 2) - (b.significance.p ?? 2));
  const { status, reason, n, trust, largest } = speaker.significance;
  const any = Math.min(...answers.map((answer) => holmOf.get(answer) ?? 1));
  return {
    status,
    n,
    trust,
    ...(reason === undefined ? {} : { reason }),
    ...(p === undefined ? {} : { p }),
    ...(largest === undefined ? {} : { neff: largest.neff }),
    extras: {
      ...(p === undefined || q === undefined ? {} : { holm: any, q }),
      ...(largest === undefined ? {} : { r: largest.r, nu: largest.nu, deff: largest.deff }),
      drifted: Number(drifted),
    },
  };
}

/** A column that disappeared is a finding, whatever chance says. */
function goneColumn(type: string, reference: Cells): ColumnReport {
  const explanation = "Only the reference has this column.";
  return incomparable({ type, reference, reason: NO_COLUMN, explanation, isGone: true });
}

/** Categories that are hashed under a key are all new without it. */
function hashedColumn(type: string, reference: Cells): ColumnReport {
  const explanation = "Not compared: the reference holds its values hashed under a key.";
  return incomparable({ type, reference, reason: "hashed under a key", explanation, isGone: false });
}

function addedColumn(name: string, type: string, { source }: ReferenceSide): ColumnReport {
  const guess = source?.guesses.find(({ column }) => column === name);
  const isThere = guess !== undefined || source?.names.has(name) === true;
  const explanation = isThere
    ? `The reference has this column, but it could not be used there: ${guess?.because ?? "it has no values"}.`
    : "Only the window has this column.";
  const reference = { n: 0, missing: 0 };
  return incomparable({ type, reference, reason: NO_COLUMN, explanation, isGone: false });
}

function incomparable(column: {
  type: string;
  reference: Extent;
  reason: string;
  explanation: string;
  isGone: boolean;
}): ColumnReport {
  const { type, reference, reason, explanation, isGone } = column;
  const status = isGone ? "no-data" : "no-reference";
  return {
    type,
    reference: { n: reference.n, missing: reference.missing },
    window: { n: 0, missing: 0 },
    measures: {},
    significance: { status, reason, n: 0, extras: { drifted: Number(isGone) } },
    status,
    explanation,
  };
}

function extentOf({ n, missing }: Cells): Extent {
  return { n, missing };
}
