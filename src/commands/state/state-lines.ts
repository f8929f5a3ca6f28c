import { unpackFields } from "../../counts/fields-packed.ts";
import { unpack } from "../../counts/packed.ts";
import { decodeOutbox } from "../../publish/outbox-state.ts";
import type { StateRow } from "../../state/state-rows.ts";
import type { StoredPane, TaskId } from "../../state/store.ts";
import type { Alert } from "../../verdict/alert.ts";
import { readJudgementRecord } from "../../verdict/judgement-record.ts";
import { rangesOf } from "../../verdict/offset-ranges.ts";
import type { Standing } from "../../verdict/standing.ts";
import { gatherReviewed } from "../../window/review-intake.ts";
import { isSampleLayout } from "../../window/learning-plan.ts";
import { readTaskRecord } from "../../window/task-record.ts";

/** What people may read of a row, by type; nothing of those that hold hashed ids and keys. Times are RFC 3339. */
export function linesOf(row: StateRow): readonly object[] {
  switch (row.kind) {
    case "task":
      return row.row.state === undefined ? [] : [taskLine(row.task, row.row.version, row.row.state)];
    case "pane":
      return [paneLine(row.pane)];
    case "versions":
      return [{ type: "versions", model: row.model, versions: row.versions }];
    case "judgement":
      return judgementLines(row.name, row.blob);
    case "run":
      return [
        {
          type: "entries",
          ...row.task,
          index: row.index,
          entries: row.run.count,
          expires: time(row.run.expires),
        },
      ];
    case "block":
      return [];
  }
}

function taskLine(task: TaskId, version: number, state: Uint8Array): object {
  const { streams, early } = readTaskRecord(state);
  const described = Object.entries(streams).map(([name, stream]) => {
    const { next, watermark, recordTime, ended, ledger } = stream;
    return [name, { next, watermark: time(watermark), recordTime: time(recordTime), ended, ledger }];
  });
  const earlyLabels = Object.fromEntries(
    Object.entries(early).map(([model, labels]) => [model, labels.length]),
  );
  return { type: "task", ...task, version, streams: Object.fromEntries(described), earlyLabels };
}

/** Counts as pairs of place and count, without those that are 0: what stands where the line of the layout says. */
function paneLine({ layout, version, segment, start, packed, task }: StoredPane): object {
  const pane = { layout, ...modelOf(layout), ...task, start: time(start) };
  const vector = unpack(packed);
  if (vector !== undefined) {
    const counts = Array.from(vector, (count, place) => [place, count]).filter(([, count]) => count !== 0);
    return { type: "pane", ...pane, version, segment, counts };
  }
  if (layout.endsWith("/reviews")) {
    const events = gatherReviewed([packed], { most: Number.POSITIVE_INFINITY }).length;
    return { type: "reviews", ...pane, rule: segment, events };
  }
  // Values of records, sealed where there is a key: none of them is told.
  if (isSampleLayout(layout)) return { type: "sample", ...pane, bytes: packed.length };
  const summary = unpackFields(packed);
  const { records, sampled, foreign, fields } = summary;
  // Names of fields that few records have may be values of people.
  return {
    type: "fields",
    ...pane,
    records,
    sampled,
    foreign,
    fields: fields.size,
    offsets: rangesOf([summary]),
  };
}

function modelOf(layout: string): { model?: string } {
  const model = LAYOUT.exec(layout)?.groups?.["model"];
  return model === undefined ? {} : { model };
}

/** As paneLayout, rollUpLayout, cohortLayout, fieldLayout, reviewLayout and sampleLayout name them. */
const LAYOUT =
  /^(?<model>.+?)\/(?:outcomes\/[0-9a-f]+\/[0-9a-f]+|fields\/[0-9a-f]*|reviews|sample\/[0-9a-f]{16}|[0-9a-f]{16}(?:@1[hd])?)$/;

function judgementLines(name: string, blob: Uint8Array): object[] {
  if (name === "outbox") {
    return Object.entries(decodeOutbox(blob).sinks).flatMap(([sink, { pending }]) =>
      pending.map(({ alert, at }) => ({ type: "waiting", sink, at: time(at), ...shownAlert(alert) })),
    );
  }
  if (!name.startsWith(MODEL)) return [];
  const { panes, cohorts, clock = [], schema = [], ...record } = readJudgementRecord(blob);
  const { closedThrough, began, reference } = record;
  const model = name.slice(MODEL.length);
  const judged = { type: "judged", model, reference, began: time(began), closedThrough: time(closedThrough) };
  const standings = Object.entries({ panes, cohorts, clock, schema }).flatMap(([of, all]) =>
    all.map(([series, standing]) => ({ type: "alert", model, of, series, ...shownStanding(standing) })),
  );
  return [judged, ...standings];
}

const MODEL = "model/";

function shownStanding({ verdict, alert }: Standing): object {
  const { state, since, calmSince } = verdict;
  const stands = { state, since: time(since), calmSince: time(calmSince) };
  return alert === undefined ? stands : { ...shownAlert(alert), ...stands };
}

/** Without its explanation and what that rests on, which name example ids. */
function shownAlert({
  explanation: _explanation,
  evidence: _evidence,
  annotations: _annotations,
  ...alert
}: Alert): object {
  return alert;
}

/** JSON has no NaN, and brought null in its place. */
function time(milliseconds: number | null): string | null {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return null;
  return new Date(milliseconds).toISOString();
}
