import type { StreamConfig } from "../config/config.ts";
import type { TaskGroup } from "./tasks.ts";
import type { EventPlan } from "../event/batch.ts";
import { halfPlan, SIDES, type Side } from "../join/half-plans.ts";
import type { FittedModel } from "../rules/fitted-model.ts";
import type { TaskStream } from "../window/stream-progress.ts";

/**
 * An inference stream, or inputs and their outputs, make one group with the label streams that belong to them: their partition
 * k is one task. The first stream gives the group its name.
 */
export function groupStreams(streams: readonly StreamConfig[], models: readonly string[]): TaskGroup[] {
  return streams
    .filter(({ role }) => role === "inference" || role === "inputs")
    .map((first) => {
      const carried = modelsOf(first, models);
      const others = streams.filter(({ of }) => of === first.name);
      const toTask = ({ name, file, role }: StreamConfig): TaskStream => ({
        name,
        role,
        models: carried,
        bounded: file !== undefined,
      });
      return {
        name: first.name,
        streams: [toTask(first), ...others.map(toTask)],
        ...(first.joinWithin === undefined ? {} : { within: first.joinWithin }),
      };
    });
}

/** Whether truth arrives for a model in some label stream. */
export function hasLabels(model: string, streams: readonly StreamConfig[]): boolean {
  return groupStreams(streams, [model]).some(
    ({ streams: [first, ...others] }) =>
      first.models.includes(model) && others.some(({ role }) => role === "labels"),
  );
}

/** What a stream's decoder looks for: one plan per model that the stream may carry, or two of halves where it brings both. */
export function plansOf(
  stream: string,
  groups: readonly TaskGroup[],
  models: readonly FittedModel[],
): EventPlan[] {
  const group = groups.find(({ streams }) => streams.some(({ name }) => name === stream));
  const described = group?.streams.find(({ name }) => name === stream);
  if (group === undefined || described === undefined) return [];
  const isJoined = group.within !== undefined;
  return described.models.flatMap((name) => {
    const fitted = models.find(({ model }) => model.name === name);
    if (fitted === undefined) return [];
    const { labels, counting } = fitted;
    if (described.role === "labels") return labels === undefined ? [] : [{ ...labels, rowIds: isJoined }];
    if (!isJoined) return [counting.plan];
    return SIDES_OF[described.role].map((side) => ({ ...halfPlan(counting.plan, side), rowIds: true }));
  });
}

const SIDES_OF: Readonly<Record<Exclude<TaskStream["role"], "labels">, readonly Side[]>> = {
  inference: SIDES,
  inputs: ["input"],
  outputs: ["output"],
};

/** A stream of one fixed model carries that one; any other may carry all of them. */
function modelsOf(stream: StreamConfig, models: readonly string[]): string[] {
  const source = stream.map.model;
  return models.filter((name) => source === undefined || !("value" in source) || source.value === name);
}
