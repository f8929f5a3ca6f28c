import type { FittedModel } from "../rules/fitted-model.ts";
import type { Alert, Transition } from "./alert.ts";
import { AlertHistory } from "./alert-history.ts";
import { ClockJudge } from "./clock-judge.ts";
import { CohortJudge } from "./cohort-judge.ts";
import { Judge } from "./judge.ts";
import { exportLearnt, type LearntRecord, restoreLearnt } from "./learnt-fields.ts";
import { SchemaJudge } from "./schema-judge.ts";
import type { Standing } from "./standing.ts";
import { resolveAlert } from "./transition.ts";

/** The judges of one model. */
export interface Judges {
  readonly panes: Judge;
  readonly cohorts: CohortJudge;
  readonly clock: ClockJudge;
  readonly schema: SchemaJudge;
  /** What became of all their alerts. */
  readonly history: AlertHistory;
}

/** Judges that have seen nothing. */
export function createJudges(fitted: FittedModel): Judges {
  return {
    panes: new Judge(fitted),
    cohorts: new CohortJudge(fitted),
    clock: new ClockJudge(fitted),
    schema: new SchemaJudge(fitted),
    history: new AlertHistory(),
  };
}

/** The alerts that fire now, with what people said of them. */
export function firingAlerts({ panes, cohorts, clock, schema, history }: Judges): Alert[] {
  return [panes, cohorts, clock, schema].flatMap(({ standings }) =>
    [...standings.values()].flatMap(({ verdict, alert }) =>
      verdict.state === "firing" && alert !== undefined ? [history.withJudgements(alert)] : [],
    ),
  );
}

/** What must be remembered of a model's verdicts; series that are inactive need no memory. */
export interface JudgementRecord {
  readonly format: 1;
  readonly closedThrough: number | null;
  readonly began: number | null;
  /** The layout that the panes so far stand on. */
  readonly layout: string;
  /** Id of the reference that they were held against; absent where an older driftd wrote. */
  readonly reference?: string;
  /** The layout and the reference of which people were told already that they are others than these. */
  readonly told?: string;
  readonly cohortsThrough: number | null;
  readonly openAfter: number | null;
  readonly panes: readonly [string, Standing][];
  readonly cohorts: readonly [string, Standing][];
  readonly clock?: readonly [string, Standing][];
  readonly schema?: readonly [string, Standing][];
  /** When each change of a field was first seen. */
  readonly changedSince?: readonly [string, number][];
  /** What was learnt of records that the reference says nothing of. */
  readonly learnt?: LearntRecord;
  /** When each version was last seen in a pane, and in a cohort. */
  readonly seen: readonly [string, number][];
  readonly seenInCohorts: readonly [string, number][];
}

export function writeJudgement({ panes, cohorts, clock, schema }: Judges): Uint8Array {
  const record: JudgementRecord = {
    format: 1,
    closedThrough: finite(panes.closedThrough),
    began: finite(panes.began),
    layout: panes.fitted.counting.layout.id,
    reference: panes.fitted.reference.id,
    cohortsThrough: finite(cohorts.judgedThrough),
    openAfter: finite(cohorts.openAfter),
    panes: [...panes.standings],
    cohorts: [...cohorts.standings],
    clock: [...clock.standings],
    schema: [...schema.standings],
    changedSince: [...schema.since],
    learnt: exportLearnt(schema.kinds.learnt),
    seen: panes.seen.export(),
    seenInCohorts: cohorts.seen.export(),
  };
  return new TextEncoder().encode(JSON.stringify(record));
}

/** What is no longer as it was when the record was written. */
export interface JudgementChanges {
  /** What is counted, and into which bins: earlier counts are of no use. */
  readonly layout: boolean;
  readonly reference: boolean;
  /** People were told of it. */
  readonly isTold: boolean;
}

/** Brings fresh judges to where the record says they were. */
export function restoreJudgement(judges: Judges, bytes: Uint8Array): JudgementChanges {
  const record = readJudgementRecord(bytes);
  judges.panes.closedThrough = record.closedThrough ?? Number.NEGATIVE_INFINITY;
  // Counts of another layout are not in the windows, which have to fill first.
  const { counting, reference } = judges.panes.fitted;
  const isSame = record.layout === counting.layout.id;
  judges.panes.began = (isSame ? record.began : record.closedThrough) ?? Number.NaN;
  judges.panes.seen.restore(record.seen);
  judges.cohorts.seen.restore(record.seenInCohorts);
  judges.cohorts.judgedThrough = record.cohortsThrough ?? Number.NEGATIVE_INFINITY;
  judges.cohorts.openAfter = record.openAfter ?? Number.NEGATIVE_INFINITY;
  for (const [key, standing] of record.panes) judges.panes.standings.set(key, revive(standing));
  for (const [key, standing] of record.cohorts) judges.cohorts.standings.set(key, revive(standing));
  for (const [key, standing] of record.clock ?? []) judges.clock.standings.set(key, revive(standing));
  for (const [key, standing] of record.schema ?? []) judges.schema.standings.set(key, revive(standing));
  for (const [key, since] of record.changedSince ?? []) judges.schema.since.set(key, since);
  const isOther = record.reference !== undefined && record.reference !== reference.id;
  // Who brings another reference says that what is usual is no longer as it was.
  if (!isOther) restoreLearnt(judges.schema.kinds.learnt, record.learnt ?? []);
  return { layout: !isSame, reference: isOther, isTold: record.told === nameOf(judges) };
}

/** The record once people were told of the changes: all else stays, so that whoever takes a change back has lost nothing. */
export function noteTold(judges: Judges, bytes: Uint8Array): Uint8Array {
  const record: JudgementRecord = { ...readJudgementRecord(bytes), told: nameOf(judges) };
  return new TextEncoder().encode(JSON.stringify(record));
}

/** Of what is counted and what it is held against. */
function nameOf({ panes: { fitted } }: Judges): string {
  return `${fitted.counting.layout.id} ${fitted.reference.id}`;
}

/**
 * Ends all that stands of a model that nobody watches any more: what is to be told of it at `now`, ms, and the record that is
 * left. Undefined where nothing stands.
 */
export function endJudgement(
  bytes: Uint8Array,
  now: number,
): { readonly transitions: readonly Transition[]; readonly record: Uint8Array } | undefined {
  const record = readJudgementRecord(bytes);
  const { panes, cohorts, clock = [], schema = [] } = record;
  const standings = [...panes, ...cohorts, ...clock, ...schema];
  if (standings.length === 0) return undefined;
  const left: JudgementRecord = { ...record, panes: [], cohorts: [], clock: [], schema: [] };
  return {
    transitions: standings.flatMap(([, { alert }]) =>
      alert === undefined ? [] : [{ alert: resolveAlert(alert, "model gone", now), at: now }],
    ),
    record: new TextEncoder().encode(JSON.stringify(left)),
  };
}

/** NaN has come back as null. */
export function readJudgementRecord(bytes: Uint8Array): JudgementRecord {
  // Written by writeJudgement and guarded by the store's checksum.
  return JSON.parse(new TextDecoder().decode(bytes)) as JudgementRecord;
}

/** JSON has no NaN: it came back as null. */
function revive(standing: Standing): Standing {
  const { verdict } = standing;
  return {
    ...standing,
    verdict: {
      ...verdict,
      since: verdict.since ?? Number.NaN,
      calmSince: verdict.calmSince ?? Number.NaN,
    },
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
