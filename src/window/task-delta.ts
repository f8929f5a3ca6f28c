import { pack } from "../counts/packed.ts";
import type { IndexEntries } from "../join/entries.ts";
import type { CountingPlan } from "./counting-plan.ts";
import type { OpenPanes } from "./open-panes.ts";
import type { PaneValue } from "./pane.ts";
import { markCommitted } from "./stream-progress.ts";
import type { Task } from "./task.ts";
import { writeTaskRecord } from "./task-record.ts";

/** All that a task must commit at once: its record, the absolute values of the panes that changed, new index entries. */
export interface TaskDelta {
  readonly state: Uint8Array;
  readonly panes: readonly PaneValue[];
  readonly entries: readonly IndexEntries[];
}

/** `versionNames` answers the admitted versions of a model; a position beyond them is `other`. */
export function takeDelta(task: Task, versionNames: (model: string) => readonly string[]): TaskDelta {
  const panes: PaneValue[] = [];
  const entries: IndexEntries[] = [];
  for (const { intake, outcomes, fields, join, reviews, sample } of task.models.values()) {
    const { plan } = intake;
    if (join !== undefined) entries.push(...join.halves.exportEntries());
    const names = versionNames(plan.model);
    collect(intake.panes, { plan, layout: paneLayout(plan), names, into: panes });
    fields?.forEachChanged((start, packed) => {
      panes.push({ layout: fieldLayout(plan), version: "", segment: "all", start, packed });
    });
    reviews?.forEachChanged(({ name }, start, packed) => {
      panes.push({ layout: reviewLayout(plan), version: "", segment: name, start, packed });
    });
    sample?.forEachChanged((start, packed) => {
      panes.push({ layout: sampleLayout(plan), version: "", segment: "all", start, packed });
    });
    if (outcomes === undefined || plan.outcomes === undefined) continue;
    collect(outcomes.cohorts, { plan, layout: cohortLayout(plan), names, into: panes });
    const exported = outcomes.exportEntries(predictionIndex(plan));
    if (exported !== undefined) entries.push(exported);
  }
  return { state: writeTaskRecord(task), panes, entries };
}

/** The delta has been committed. */
export function settleTask(task: Task): void {
  for (const { intake, outcomes, fields, join, reviews, sample } of task.models.values()) {
    intake.panes.settle();
    sample?.settle();
    reviews?.settle();
    join?.halves.settle();
    fields?.settle();
    outcomes?.settle();
  }
  for (const progress of task.streams.values()) markCommitted(progress);
  task.changed = false;
}

/** Names under which the store keeps a model's panes, cohorts and predictions: other counts, other name. */
export function paneLayout(plan: CountingPlan): string {
  return `${plan.model}/${plan.layout.id}`;
}

/** The fields of its records, of all versions together: what they are held against decides what is kept of them. */
export function fieldLayout(plan: CountingPlan): string {
  return `${plan.model}/fields/${plan.fields?.id ?? ""}`;
}

/** The events picked for review, by rule in the place of a segment. */
export function reviewLayout(plan: CountingPlan): string {
  return `${plan.model}/reviews`;
}

/** The rows that are kept while a model learns its reference. */
export function sampleLayout(plan: CountingPlan): string {
  return `${plan.model}/sample/${plan.learning?.id ?? ""}`;
}

export function cohortLayout(plan: CountingPlan): string {
  return `${plan.model}/outcomes/${plan.layout.id}/${plan.outcomes?.layout.id ?? ""}`;
}

export function predictionIndex({ model, layout, segments, outcomes }: CountingPlan): string {
  const classes = outcomes?.probabilities.length ?? 0;
  // Entries with the probabilities of all classes are longer, and all say by position which segments they are in.
  const grouped = segments.groupings.length === 0 ? "" : `/${segments.id}`;
  return `${model}/predictions/${layout.id}${classes === 0 ? "" : `/${classes}`}${grouped}`;
}

/** Cannot be a version of the data: those never hold parentheses only by chance, and are shown as they are. */
export const OTHER_VERSION = "(other)";

function collect(
  open: OpenPanes,
  target: { plan: CountingPlan; layout: string; names: readonly string[]; into: PaneValue[] },
): void {
  const { plan, layout, names, into } = target;
  open.forEachChanged((group, segment, offset) => {
    into.push({
      layout,
      version: group.version >= plan.keep ? OTHER_VERSION : names[group.version],
      segment: plan.segments.names[segment],
      start: group.start,
      packed: pack(open.blocks, offset, open.stride),
    });
  });
}
