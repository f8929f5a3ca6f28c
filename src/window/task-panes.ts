import { unpackInto } from "../counts/packed.ts";
import type { CountingPlan } from "./counting-plan.ts";
import type { OpenPanes } from "./open-panes.ts";
import type { PaneValue } from "./pane.ts";
import {
  cohortLayout,
  fieldLayout,
  OTHER_VERSION,
  paneLayout,
  reviewLayout,
  sampleLayout,
} from "./task-delta.ts";
import type { Task } from "./task.ts";

/** How a task that is taken over finds the panes that it left open. */
export interface PaneReader {
  versions(model: string): readonly string[];
  closedThrough(model: string): number;
  /** The task's own panes of a layout that start at or after `start`. */
  read(layout: string, start: number): Promise<readonly PaneValue[]>;
}

/** Brings back the panes and cohorts of a fresh task that may still grow. */
export async function restorePanes(task: Task, reader: PaneReader): Promise<void> {
  for (const { intake, outcomes, fields, reviews, sample } of task.models.values()) {
    const { plan } = intake;
    const names = reader.versions(plan.model);
    const open = reader.closedThrough(plan.model);
    fill(intake.panes, { plan, names, panes: await reader.read(paneLayout(plan), open) });
    intake.panes.settle();
    if (fields !== undefined) {
      for (const { start, packed } of await reader.read(fieldLayout(plan), open))
        fields.restore(start, packed);
    }
    if (reviews !== undefined) {
      const longest = Math.max(...(plan.reviews ?? []).map(({ per }) => per));
      for (const { segment, start, packed } of await reader.read(reviewLayout(plan), open - longest))
        reviews.restore(segment, start, packed);
      reviews.closeBefore(open);
    }
    if (sample !== undefined) {
      for (const { start, packed } of await reader.read(sampleLayout(plan), open))
        sample.restorePane(start, packed);
    }
    if (outcomes === undefined || plan.outcomes === undefined) continue;
    const oldest = open - plan.outcomes.expireAfter - plan.outcomes.cohort;
    fill(outcomes.cohorts, { plan, names, panes: await reader.read(cohortLayout(plan), oldest) });
    outcomes.cohorts.settle();
  }
}

function fill(
  open: OpenPanes,
  stored: { plan: CountingPlan; names: readonly string[]; panes: readonly PaneValue[] },
): void {
  const { plan, names, panes } = stored;
  for (const pane of panes) {
    const version = pane.version === OTHER_VERSION ? plan.keep : names.indexOf(pane.version);
    const segment = plan.segments.names.indexOf(pane.segment);
    if (version < 0 || segment < 0) continue;
    const offset = open.touch(open.group(pane.start, version), segment);
    unpackInto(pane.packed, open.blocks.subarray(offset, offset + open.stride), 1);
  }
}
