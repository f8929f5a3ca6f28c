import type { SeriesRef } from "../../counts/ref.ts";
import type { Reference } from "../../reference/reference.ts";
import { findSeriesRef } from "../../reference/series.ts";
import { uniqueness } from "../../statistics/measures/uniqueness.ts";
import { benjaminiHochberg, holm } from "../../statistics/multiple.ts";
import type { Score } from "../../statistics/score.ts";
import { cellsOf, changesOf, isBroken } from "./changes.ts";
import type { Cells, Change } from "./changes.ts";
import { addedColumn, goneColumn, hashedColumn, leftOutColumn } from "./column-report.ts";
import type { ColumnReport, Extent } from "./column-report.ts";
import { uniquenessOf } from "./distinct-values.ts";
import { explainColumn } from "./explanation.ts";
import { compareAll } from "./group-report.ts";
import type { FairnessReport } from "./group-report.ts";
import { labelTables } from "./label-tables.ts";
import type { LabelTables } from "./label-tables.ts";
import { scoreOutcomes } from "./outcome.ts";
import { answerQuestions } from "./questions.ts";
import type { Answer } from "./questions.ts";
import type { InferredSource } from "../reference/source.ts";
import type { ReferenceSide } from "./reference-side.ts";
import type { UnseenCategory } from "./unseen.ts";
import type { WindowSide } from "./window-side.ts";

/** What `score --json` prints, and nothing besides. */
export interface ScoreReport {
  readonly columns: Readonly<Record<string, ColumnReport>>;
  /**
   * Of the window's labels, where it has a truth and a prediction; and where the reference has them, what its labels say of
   * the window's scores. `extras.reference` is the reference's own value.
   */
  readonly outcome: LabelTables & { readonly measures: Readonly<Record<string, Score>> };
  /** By the column that --segment names, else by those that the reference is split by; absent without, or where nothing decides. */
  readonly fairness?: Readonly<Record<string, FairnessReport>>;
}

/** A column of both files. */
interface Compared {
  readonly name: string;
  readonly type: string;
  readonly ref: SeriesRef;
  readonly section: Float64Array;
  /** Of a number: the cells of its different values. */
  readonly numberCells: Float64Array | undefined;
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
    if (section === undefined || pii) continue;
    const numberCells = window.numberCells.get(column);
    // A column may be called constructor.
    const unseen = Object.hasOwn(window.unseen, name) ? (window.unseen[name] ?? []) : [];
    compared.push(compareColumn({ reference, column, ref, section, numberCells, name, type, unseen }));
  }
  for (const [name, report] of judgeColumns(compared)) columns.set(name, report);
  for (const { name, type } of window.added) columns.set(name, addedColumn(name, type, known));
  for (const { column, because } of leftOut(known, window)) {
    if (!columns.has(column)) columns.set(column, leftOutColumn(because));
  }
  return {
    columns: Object.fromEntries(columns),
    outcome: {
      measures: scoreOutcomes(reference, window),
      ...labelTables(reference, window.outcomes),
    },
    ...compareAll(window.groups),
  };
}

/** The features of either file that are of no use. */
function leftOut({ source }: ReferenceSide, window: WindowSide): InferredSource["guesses"] {
  return [...(source?.guesses ?? []), ...window.source.guesses].filter(({ isFeature }) => isFeature === true);
}

function compareColumn(options: {
  reference: Reference;
  column: number;
  ref: SeriesRef;
  section: Float64Array;
  numberCells: Float64Array | undefined;
  name: string;
  type: string;
  unseen: readonly UnseenCategory[];
}): Compared {
  const { ref, section, numberCells, name, type, unseen } = options;
  const answers = answerQuestions(options);
  const ps = answers.flatMap(({ significance }) => significance.p ?? []);
  return {
    name,
    type,
    ref,
    section,
    numberCells,
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
    const { ref, section, numberCells } = column;
    const plain = { ...uniquenessOf(ref, section, numberCells), trust: "policy" } as const;
    const scores = [...answers.flatMap((answer) => answer.scores), { measure: uniqueness, score: plain }];
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

function extentOf({ n, missing }: Cells): Extent {
  return { n, missing };
}
